// The verdict on a slot in which nothing stands any more: the same for every detector, but for its names and reasons.

import type { SlotVerdict } from '../../schemas/findings.ts'

export interface Withdrawal extends Pick<SlotVerdict, 'rule' | 'entity' | 'slot' | 'title'> {
  /** Sentences on what took the findings away. */
  readonly why: readonly string[]
  /** Epoch ms, event time: what was judged. */
  readonly from: number
  readonly to: number
}

/** Seen first and last at `from`, without findings and of no severity, so that the alert is withdrawn. */
export function withdrawnSlot({ rule, entity, slot, title, why, from, to }: Withdrawal): SlotVerdict {
  return {
    rule,
    entity,
    slot,
    findings: [],
    severity: 'info',
    confidence: 'low',
    title,
    firstSeenAt: from,
    lastSeenAt: from,
    count: 0,
    evidence: [],
    explanation: { why, windowFrom: from, windowTo: to, margins: [], wouldNotFireIf: [] },
    labels: {},
    continues: '',
    baseline: '',
    suppressed: 0,
  }
}
