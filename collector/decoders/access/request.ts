// What was asked for, when and how long it took: the plain facts of a request or connection.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { NumberColumn } from '../../../schemas/events/number-column.ts'
import { codedText } from '../coded-text.ts'
import type { DecodeContext, Refusal } from '../decoder.ts'
import { quoted } from '../hidden-characters.ts'
import { parseInstant } from '../instant.ts'
import { openTimeZone, timeZoneNameOf } from '../time-zone.ts'
import type { AccessEntry } from './entry.ts'
import { field } from './fields.ts'
import { InstantReader, readWhole } from './numbers.ts'
import { RouteTemplate } from './route-template.ts'
import { TextMemo } from './text-memo.ts'

const maxAttempt = 1_000_000_000

export class RequestWriter {
  private readonly instants = new InstantReader()
  private readonly template = new RouteTemplate()
  private readonly routes = new TextMemo(codedText, { texts: 4096, textBytes: 96 })
  private readonly routeView = new DataView(this.template.bytes.buffer)

  writeTime(entry: AccessEntry, row: EventBatch, context: DecodeContext): Refusal | undefined {
    if (!entry.has(field.start_time)) return undefined
    const start = entry.starts[field.start_time] as number // field numbers are in range
    const end = entry.ends[field.start_time] as number // as above
    let at = this.instants.read(entry.bytes, entry.view, start, end)
    if (at < 0) {
      const text = entry.text(field.start_time)
      const zone = openTimeZone(timeZoneNameOf(context.source, context.settings.timeZones))
      at = zone === undefined ? Number.NaN : parseInstant(text, zone)
      if (!(at >= 0)) return { reason: 'invalid-time', detail: `"start_time" is ${quoted(text)}, which is no instant` }
    }
    row.columns.eventAt.set(row.row, at)
    return undefined
  }

  write(entry: AccessEntry, row: EventBatch): void {
    const { columns } = row
    const at = row.row
    if (entry.has(field.path)) this.writePath(entry, row)
    if (entry.has(field.request_id))
      columns.requestId.setFrom(
        at,
        entry.view,
        entry.starts[field.request_id] as number,
        entry.ends[field.request_id] as number,
      ) // field numbers are in range
    this.writeNumber(entry, columns.durationMs, at, field.duration, Number.MAX_SAFE_INTEGER)
    this.writeNumber(entry, columns.bytesReceived, at, field.bytes_received, Number.MAX_SAFE_INTEGER)
    this.writeNumber(entry, columns.bytesSent, at, field.bytes_sent, Number.MAX_SAFE_INTEGER)
    this.writeNumber(entry, columns.attempt, at, field.attempt, maxAttempt)
  }

  private writePath(entry: AccessEntry, row: EventBatch): void {
    const start = entry.starts[field.path] as number // field numbers are in range
    const end = entry.ends[field.path] as number // as above
    row.columns.path.setFrom(row.row, entry.view, start, end)
    const { template } = this
    template.make(entry.bytes, start, end)
    this.routes.of(this.routeView, 0, template.length).put(row.columns.route, row.row)
  }

  /** A number that is none, or out of range, is kept as it was written. */
  private writeNumber(entry: AccessEntry, column: NumberColumn, at: number, number: number, most: number): void {
    if (!entry.has(number)) return
    const value = readWhole(entry.bytes, entry.starts[number] as number, entry.ends[number] as number) // field numbers are in range
    if (value >= 0 && value <= most) column.set(at, value)
    else entry.keep(number)
  }
}
