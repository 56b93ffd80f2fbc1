// What the collector notes in its log of records that nobody can read any more: one line, judged like everything else.

import { shownText } from '../../../detectors/engine/bounded-text.ts'
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
const noteChars = 500

/**
 * @param ranges of one partition, ascending; at least one
 * @param tenant whose records they were; undefined: that of the settings
 * @param now epoch ms
 */
export function lossNote(ranges: readonly DamagedRange[], tenant: string | undefined, now: number): NewRecord {
  const [first] = ranges
  const last = ranges.at(-1)
  if (first === undefined || last === undefined) throw new RangeError('nothing was lost')
  const { topic, partition, fromOffset, reason, detail } = first
  const others = ranges.length === 1 ? '' : `${ranges.length} stretches, the first: `
  const line = decisionLine({
    schema: decisionSchemaName,
    decision: recordsLost,
    at: new Date(now).toISOString(),
    by: author,
    note: shownText(`${others}${reason}: ${detail}`, noteChars),
    topic,
    partition,
    from: fromOffset,
    to: last.toOffset,
    records: ranges.reduce((sum, { fromOffset: from, toOffset: to }) => sum + to - from + 1, 0),
  })
  const scope = tenant === undefined ? {} : { tenant }
  return {
    value: new TextEncoder().encode(line),
    headers: { format: decisionFormat, source: author, receiver: decisionReceiver, ...scope },
  }
}
