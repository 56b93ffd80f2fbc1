// What the collector notes in its log of a stretch of records that nobody can read any more: one line, judged like everything else.

import {
  decisionFormat,
  decisionLine,
  decisionReceiver,
  decisionSchemaName,
  recordsLost,
} from '../../../schemas/decision.ts'
import type { DamagedRange, NewRecord } from '../../log/log.ts'

/** Who says so. */
const author = 'eastwest'

/** Details may name files of this machine, and stay in quarantine. */
const reasonTexts = {
  missing: 'they are not there any more',
  'checksum-mismatch': 'their bytes are damaged',
  'torn-tail': 'they were not written to their end',
  'unreadable-header': 'what stands before them cannot be read',
} as const satisfies Record<DamagedRange['reason'], string>

/**
 * @param tenant whose records they were; undefined: that of the settings
 * @param now epoch ms
 */
export function lossNote(range: DamagedRange, tenant: string | undefined, now: number): NewRecord {
  const { topic, partition, fromOffset, toOffset, reason } = range
  const line = decisionLine({
    schema: decisionSchemaName,
    decision: recordsLost,
    at: new Date(now).toISOString(),
    by: author,
    note: reasonTexts[reason],
    topic,
    partition,
    from: fromOffset,
    to: toOffset,
  })
  const scope = tenant === undefined ? {} : { tenant }
  return {
    value: new TextEncoder().encode(line),
    headers: { format: decisionFormat, source: author, receiver: decisionReceiver, ...scope },
  }
}
