// Puts into words that a workload presents the tokens of people without any way to have them from.

import type { SlotVerdict } from '../../schemas/findings.ts'
import { counted, shortName } from '../calls/names.ts'
import type { Sighting } from './thefts.ts'
import { verdictOf, withdrawnOf } from './verdict.ts'

/** Of one presenter in one hour; `sightings` in order, at least one. */
export function theftVerdict(
  presenter: string,
  sightings: readonly Sighting[],
  slot: string,
  asOf: string,
): SlotVerdict {
  const severity = 'high'
  const tokens = new Set(sightings.map(({ token }) => token)).size
  const subjects = [...new Set(sightings.map(({ subject }) => subject))].filter((subject) => subject !== '')
  const destinations = [...new Set(sightings.map(({ destination }) => shortName(destination)))]
  const name = shortName(presenter)
  const [first] = sightings
  const whose =
    subjects.length === 1 ? `the token of ${subjects[0]}` : counted(tokens, 'token') + ofWhom(subjects.length)
  return verdictOf({
    rule: 'in-mesh-theft',
    keyspace: 'caller',
    key: presenter,
    name,
    from: 'mtls',
    slot,
    findings: sightings.slice(0, 1_000).map(({ id, at }) => ({ eventId: id, at, rung: 'no-path', severity })),
    severity,
    confidence: 'medium',
    title: `${name} presents ${whose} to ${destinations.slice(0, 3).join(', ')}, and no request from outside reaches it`,
    count: tokens,
    evidence: sightings.map(({ id, at, destination, operation, subject }) => ({
      eventId: id,
      at,
      summary: `presented${subject === '' ? '' : ` the token of ${subject}`} to ${shortName(destination)}${operation === '' ? '' : ` for ${operation}`}`,
    })),
    explanation: {
      why: [
        `The token entered at an ingress, and ${name} presented it inside the mesh.`,
        `No path that was declared, or learned before ${asOf}, leads from any ingress to ${name}; everybody on the way back was known for long enough.`,
        'That no trace links the calls is not used as evidence.',
      ],
      windowFrom: first?.at ?? 0,
      windowTo: sightings.at(-1)?.at ?? 0,
      margins: [{ name: 'paths from an ingress to the presenter', value: 0, limit: 1, unit: 'paths' }],
      wouldNotFireIf: [
        `would not fire if any path from an ingress to ${name} were declared (a queue, a batch import) or learned`,
        'would not fire if the token had never been seen where requests enter',
      ],
    },
    labels: { presenter, destinations: destinations.join(', '), subjects: subjects.slice(0, 5).join(', ') },
    baseline: `paths as of ${asOf}`,
  })
}

export function withdrawnTheft(presenter: string, slot: string, at: number): SlotVerdict {
  return withdrawnOf(
    { rule: 'in-mesh-theft', keyspace: 'caller', key: presenter, name: shortName(presenter), slot },
    at,
  )
}

function ofWhom(subjects: number): string {
  return subjects === 0 ? '' : ` of ${counted(subjects, 'user')}`
}
