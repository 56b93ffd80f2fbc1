// Puts the replay of a one-time artefact into words.

import type { SlotVerdict } from '../../schemas/findings.ts'
import type { ArtefactKind, ArtefactState } from './by-artefact.ts'
import { distinctRequests } from './kept-event.ts'
import { durationText, verdictOf, whoseOf } from './verdict.ts'

export const artefactNames: Readonly<Record<ArtefactKind, string>> = {
  'dpop-proof': 'DPoP proof',
  'client-assertion': 'client assertion',
  'authorization-code': 'authorization code',
  'magic-link': 'sign-in link',
}

/** Undefined while one request alone presented it. */
export function artefactVerdict({ name, kind, requests }: ArtefactState): SlotVerdict | undefined {
  const distinct = distinctRequests(requests)
  const refused = requests.filter(({ rung }) => rung === 'reused-by-issuer')
  const again = distinct.length >= 2 ? distinct.slice(1) : refused
  const first = distinct[0]
  const last = again.at(-1)
  if (first === undefined || last === undefined) return undefined
  const subject = distinct.find((each) => each.subject !== '')?.subject ?? ''
  const client = distinct.find((each) => each.client !== '')?.client ?? ''
  const presenters = [...new Set(distinct.map(({ presenter }) => presenter))].filter((each) => each !== '')
  const severity = 'high'
  const count = Math.max(2, distinct.length)
  const from = presenters.length === 0 ? '' : `, from ${presenters.slice(0, 3).join(' and ')}`
  return verdictOf({
    rule: 'replayed-artefact',
    keyspace: 'token',
    key: name,
    name,
    slot: kind,
    findings: again.map(({ id, at, rung }) => ({
      eventId: id,
      at,
      rung: rung === 'presented' ? 'second-request' : rung,
      severity,
    })),
    severity,
    confidence: distinct.length >= 2 ? 'high' : 'medium',
    title: `${whoseOf(subject, client)}: one ${artefactNames[kind]} presented in ${count} requests${from}`,
    count,
    evidence: distinct.map(({ id, at, presenter, refused: isRefused }) => ({
      eventId: id,
      at,
      summary: `${artefactNames[kind]} presented${presenter === '' ? '' : ` from ${presenter}`}${isRefused ? ', and refused' : ''}`,
    })),
    explanation: {
      why: [
        distinct.length >= 2
          ? `A ${artefactNames[kind]} is good for one request; ${distinct.length} distinct ones presented it within ${durationText(last.at - first.at)}.`
          : `The issuer refused the ${artefactNames[kind]} as used before; the first use was not seen.`,
      ],
      windowFrom: first.at,
      windowTo: last.at,
      margins: [{ name: 'distinct requests', value: count, limit: 2, unit: 'requests' }],
      wouldNotFireIf: ['would not fire if these were attempts of one request, under one request id'],
    },
    labels: { kind, subject, client, presenters: presenters.join(', ') },
  })
}
