// The finding on a new identity as a whole, and what becomes of its edges' own verdicts.

import type { Provenance } from '../../schemas/events/event-kind.ts'
import type { SlotVerdict } from '../../schemas/findings.ts'
import { counted, shortName } from '../calls/names.ts'
import { slotName } from '../engine/slot.ts'
import { withdrawnSlot } from '../engine/withdrawn.ts'
import { identityConfidence, strongerProvenance } from './identity.ts'
import type { YoungEdge } from './new-edges.ts'

const maxShown = 10

export function identitySlot(born: number): string {
  return `new-identity:${slotName(born)}`
}

/** The edge's verdict, told as info: the new identity accounts for it. */
export function explainedEdge(verdict: SlotVerdict, born: number, predecessor: string): SlotVerdict {
  const why =
    predecessor === ''
      ? `The caller is a new identity, first seen at ${slotName(born)}: its edges are told once, as a whole.`
      : `The caller is a new identity, first seen at ${slotName(born)}, and has the owner of ${shortName(predecessor)}: it takes over that edge for now.`
  return {
    ...verdict,
    severity: 'info',
    findings: verdict.findings.map((finding) => ({ ...finding, severity: 'info' })),
    explanation: { ...verdict.explanation, why: [why, ...verdict.explanation.why] },
  }
}

/** `edges` in order, at least one. */
export function identityVerdict(caller: string, born: number, edges: readonly YoungEdge[]): SlotVerdict {
  const first = edges[0]?.acceptedAt ?? born
  const last = edges.at(-1)?.acceptedAt ?? first
  const destinations = new Set(edges.map(({ destination }) => destination))
  const predecessors = [...new Set(edges.map(({ predecessor }) => predecessor).filter((name) => name !== ''))].sort()
  const from = edges.reduce<Provenance>((best, edge) => strongerProvenance(best, edge.from), '')
  return {
    rule: 'new-identity',
    entity: { keyspace: 'caller', key: caller, name: shortName(caller), from },
    slot: identitySlot(born),
    findings: edges.map(({ acceptedId, acceptedAt }) => ({
      eventId: acceptedId,
      at: acceptedAt,
      rung: 'new-identity',
      severity: 'info',
    })),
    severity: 'info',
    confidence: identityConfidence(from),
    title: `${shortName(caller)} is a new identity: it called ${counted(destinations.size, 'service')} for the first time`,
    firstSeenAt: first,
    lastSeenAt: last,
    count: destinations.size,
    evidence: edges.slice(0, maxShown).map(({ acceptedId, acceptedAt, destination }) => ({
      eventId: acceptedId,
      at: acceptedAt,
      summary: `first call accepted by ${shortName(destination)}`,
    })),
    explanation: {
      why: [
        `The identity was first seen anywhere at ${slotName(born)}.`,
        predecessors.length === 0
          ? 'No source tells whether it replaces another: whoever deployed it can say.'
          : `It has the owner of ${predecessors.map(shortName).join(', ')}.`,
      ],
      windowFrom: born,
      windowTo: last,
      margins: [],
      wouldNotFireIf: ['the identity had been active before'],
    },
    labels: {},
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}

/** The verdict on an identity that turned out not to be new, or to have too few edges. */
export function noIdentity(caller: string, slot: string): SlotVerdict {
  const at = Date.parse(slot.slice('new-identity:'.length))
  return withdrawnSlot({
    rule: 'new-identity',
    entity: { keyspace: 'caller', key: caller, name: shortName(caller), from: '' },
    slot,
    title: `${shortName(caller)}: no new identity after all`,
    why: [],
    from: at,
    to: at,
  })
}
