// Rows whose bytes stay where they are until their log record is at its end, and that get their names only then.

import type { IdColumn } from '../../schemas/events/id-column.ts'
import type { InnerRecord } from './envelopes/envelope.ts'
import type { EventNamer } from './event-id.ts'

/**
 * Reading a line and hashing it each want the processor's caches for themselves: made row after row, names cost less than
 * between one line and the next.
 */
export class AwaitedNames {
  private readonly namer: EventNamer
  private readonly rows: number[] = []
  private readonly formats: string[] = []
  private readonly parts: number[] = []
  private readonly added: string[] = []
  private readonly starts: number[] = []
  private readonly ends: number[] = []
  private count = 0

  constructor(namer: EventNamer) {
    this.namer = namer
  }

  /** As the namer is told of an event, for the row that holds it; rows ascend. */
  note(row: number, format: string, part: number, added: string, { start, end }: InnerRecord): void {
    const at = this.count
    this.rows[at] = row
    this.formats[at] = format
    this.parts[at] = part
    this.added[at] = added
    this.starts[at] = start
    this.ends[at] = end
    this.count = at + 1
  }

  /** Forgets rows at and above `rows`. */
  truncate(rows: number): void {
    while (this.count > 0 && (this.rows[this.count - 1] as number) >= rows) this.count -= 1 // a row for each
  }

  /** Names all rows by their ranges of `bytes`. */
  settle(column: IdColumn, tenant: string, bytes: Uint8Array): void {
    for (let at = 0; at < this.count; at++) {
      const [start, end] = [this.starts[at] as number, this.ends[at] as number] // one of each for each row, here and below
      const [format, added] = [this.formats[at] as string, this.added[at] as string]
      const digest = this.namer.name(tenant, format, this.parts[at] as number, added, bytes, start, end)
      column.setDigest(this.rows[at] as number, digest)
    }
    this.count = 0
  }
}
