// Turns an event as it is stored back into what detectors read: every column, plain values, absent ones filled in.

import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { absentNumber } from '../../../schemas/events/column.ts'
import {
  type EventColumnName,
  eventColumnNames,
  eventColumns,
  type SecurityEvent,
} from '../../../schemas/events/columns.ts'
import { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { NumberColumn } from '../../../schemas/events/number-column.ts'
import { TextColumn } from '../../../schemas/events/text-column.ts'

export function storedEvent(plain: PlainEvent): SecurityEvent {
  return Object.fromEntries(eventColumnNames.map((name) => [name, columnValue(plain, name)])) as SecurityEvent // every declared name, a value of its type
}

function columnValue(plain: PlainEvent, name: EventColumnName): string | number {
  const value = plain[name]
  const column = eventColumns[name]
  switch (column.type) {
    case 'dictionary':
    case 'text':
    case 'id':
      if (value === undefined) return ''
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
    case 'instant':
      return typeof value === 'string' ? Date.parse(value) : 0
    default:
      return typeof value === 'number' ? value : absentNumber(column)
  }
}

/** Appends it as a row that is as good as the decoder's own. */
export function appendStored(batch: EventBatch, event: SecurityEvent): void {
  for (const name of eventColumnNames) {
    const column = batch.columns[name]
    const value = event[name]
    if (column instanceof NumberColumn) column.set(batch.row, Number(value))
    else if (column instanceof DictionaryColumn || column instanceof TextColumn)
      column.setText(batch.row, String(value))
    else column.setDigest(batch.row, Buffer.from(String(value).replaceAll('-', ''), 'hex').toString('latin1'))
  }
  batch.commit()
}
