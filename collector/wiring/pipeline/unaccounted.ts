// Counts the offsets of a stretch of the log that left no row: a record that vanished without a trace.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../../schemas/quarantine.ts'

export interface Stretch {
  readonly events: Pick<EventBatch, 'length' | 'columns'>
  readonly quarantine: readonly Pick<QuarantineRow, 'offset' | 'reason'>[]
  readonly range: { readonly fromOffset: number; readonly toOffset: number }
}

/** Must be 0 always. The last row of a damaged stretch stands for the offsets after it, up to the next row. */
export function unaccountedOffsets({ events, quarantine, range }: Stretch): number {
  const seen = new Set<number>()
  let before = -1
  for (let row = 0; row < events.length; row++) {
    const offset = events.columns.offset.value(row)
    // Rows of one record stand together.
    if (offset !== before) seen.add(offset)
    before = offset
  }
  const damaged = new Set<number>()
  for (const { offset, reason } of quarantine) {
    seen.add(offset)
    if (reason === 'damaged-log') damaged.add(offset)
  }
  if (seen.size === range.toOffset - range.fromOffset + 1) return 0
  let missing = 0
  let isStoodFor = false
  for (let offset = range.fromOffset; offset <= range.toOffset; offset++) {
    if (seen.has(offset)) isStoodFor = damaged.has(offset)
    else if (!isStoodFor) missing += 1
  }
  return missing
}
