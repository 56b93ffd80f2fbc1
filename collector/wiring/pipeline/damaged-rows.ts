// Quarantine rows for a stretch of the log whose bytes were damaged: one for each offset, up to a bound.

import type { QuarantineRow } from '../../../schemas/quarantine.ts'
import type { DamagedRange } from '../../log/log.ts'

/** Past this many offsets one row stands for the rest. */
const maxRows = 10_000

/** @param appendedAt epoch ms of a record near by: its own is damaged with it, and rows expire by it */
export function damagedRows(range: DamagedRange, tenant: string, appendedAt: number): readonly QuarantineRow[] {
  const count = range.toOffset - range.fromOffset + 1
  return Array.from({ length: Math.min(count, maxRows) }, (_, at) => ({
    tenant,
    realm: 'live',
    topic: range.topic,
    incarnation: range.incarnation,
    partition: range.partition,
    offset: range.fromOffset + at,
    index: 0,
    parts: 1,
    appendedAt,
    source: 'log',
    format: '',
    reason: 'damaged-log' as const,
    detail:
      at === maxRows - 1 && count > maxRows
        ? `${range.reason}: this and the ${count - maxRows} offsets after it`
        : `${range.reason}: ${range.detail}`.slice(0, 500),
    head: '',
    bytes: 0,
    sha256: '',
  }))
}
