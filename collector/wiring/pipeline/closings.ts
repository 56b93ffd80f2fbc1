// Puts decisions to close alerts among the verdicts, each where it stood in the log.

import { z } from 'zod'
import { closedAs, decisionFormat, noteSchema } from '../../../schemas/decision.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { ClosingRecord, FoldPosition, JudgedRecord, VerdictRecord } from '../../../schemas/findings.ts'

/** As the decoder of decisions writes them. */
const attributes = z.object({ as: z.enum(closedAs), note: noteSchema })

/** `verdicts` in order of position, of the rows `[from, to)` of one record. */
export function withClosings(
  verdicts: readonly VerdictRecord[],
  batch: EventBatch,
  from: number,
  to: number,
): readonly JudgedRecord[] {
  const { format, action } = batch.columns
  const closings: ClosingRecord[] = []
  for (let row = from; row < to; row++)
    if (format.text(row) === decisionFormat && action.text(row) === 'alert.close') closings.push(closingOf(batch, row))
  return closings.length === 0 ? verdicts : [...verdicts, ...closings].sort((a, b) => compare(a.position, b.position))
}

function closingOf({ columns }: EventBatch, row: number): ClosingRecord {
  const { as, note } = attributes.parse(JSON.parse(columns.attributes.text(row)))
  return {
    tenant: columns.tenant.text(row),
    realm: columns.realm.text(row),
    alertId: columns.resource.text(row),
    as,
    note,
    by: columns.actor.text(row),
    decidedAt: columns.eventAt.value(row),
    causedBy: columns.eventId.text(row),
    position: { offset: columns.offset.value(row), index: columns.index.value(row) },
    appendedAt: columns.appendedAt.value(row),
  }
}

function compare(a: FoldPosition, b: FoldPosition): number {
  return a.offset - b.offset || a.index - b.index
}
