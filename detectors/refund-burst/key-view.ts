// The four keys under which refunds are judged, and how each differs from the others.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Provenance } from '../../schemas/events/event-kind.ts'
import type { Keyspace } from '../../schemas/findings.ts'

export interface KeyView {
  /** Stage id. */
  readonly id: string
  readonly keyspace: Keyspace
  keyOf(event: SecurityEvent): string
  from(event: SecurityEvent): Provenance
  /** The beneficiary itself; the others fire only over several beneficiaries, whose own alerts do not say it already. */
  readonly isBeneficiary: boolean
  /** Agents have their own limit, and a batch is one operation. */
  readonly isActor: boolean
  /** After a duration: `3 refunds in 6 seconds …`. */
  readonly phrase: string
}

export const keyViews: readonly KeyView[] = [
  {
    id: 'by-beneficiary',
    keyspace: 'subject',
    keyOf: ({ subject }) => subject,
    from: ({ subjectFrom }) => provenance(subjectFrom),
    isBeneficiary: true,
    isActor: false,
    phrase: 'by the same user',
  },
  {
    id: 'by-actor',
    keyspace: 'actor',
    keyOf: ({ actor }) => actor,
    from: ({ actorFrom }) => provenance(actorFrom),
    isBeneficiary: false,
    isActor: true,
    phrase: 'by the same actor',
  },
  {
    id: 'by-instrument',
    keyspace: 'instrument',
    keyOf: ({ instrument }) => instrument,
    from: () => 'field',
    isBeneficiary: false,
    isActor: false,
    phrase: 'to the same instrument',
  },
  {
    id: 'by-device',
    keyspace: 'device',
    keyOf: ({ device }) => device,
    from: () => 'field',
    isBeneficiary: false,
    isActor: false,
    phrase: 'from the same device',
  },
]

function provenance(text: string): Provenance {
  return text as Provenance // decoders write no other word into a provenance column
}
