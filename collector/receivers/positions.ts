// Remembers how far each source was read, so that a restart neither loses nor doubles a record.

import type { Log, RecordHeaders } from '../log/log.ts'

/**
 * Every record that came from a source that is read on says in its headers up to where of which source it reaches, so that
 * a record and the position it stands for are durable together. Cursors are a summary of that: only records behind the
 * summary are looked at after a restart.
 */
export class Positions {
  private readonly log: Log
  private readonly receiver: string
  private readonly behindSummary = new Map<string, number>()
  private readonly changed = new Map<string, number>()
  private lastOffset = -1
  private saving: Promise<void> = Promise.resolve()

  private constructor(log: Log, receiver: string) {
    this.log = log
    this.receiver = receiver
  }

  /** @param receiver whose sources these are, as the headers of its records have it */
  static async open(log: Log, receiver: string): Promise<Positions> {
    const positions = new Positions(log, receiver)
    const from = Math.max(log.cursor(positions.scannedCursor) ?? 0, log.bounds('ingest').firstOffset)
    for await (const { records } of log.scan('ingest', from)) {
      for (const { headers, coordinate } of records) positions.note(headers, coordinate.offset)
    }
    return positions
  }

  /** Headers of a record that reaches up to `position` of the source of that name. */
  headersOf(name: string, position: number): RecordHeaders {
    return { receiver: this.receiver, [nameHeader]: name, [positionHeader]: String(position) }
  }

  /** Where to read on, or undefined for a source that was never read. */
  of(name: string): number | undefined {
    return this.behindSummary.get(name) ?? this.log.cursor(name)
  }

  /** Called once the record that reaches up to `position` is durable at `offset`. */
  advanced(name: string, position: number, offset: number): void {
    this.changed.set(name, position)
    this.behindSummary.set(name, position)
    this.lastOffset = Math.max(this.lastOffset, offset)
  }

  /** Writes the summary; the number of records to look at after a restart falls to what comes after. */
  save(): Promise<void> {
    // One after the other: the mark of what was looked at may not overtake a position before it.
    const saved = this.saving.then(() => this.write())
    this.saving = saved.catch(() => undefined)
    return saved
  }

  private async write(): Promise<void> {
    const changed = [...this.changed]
    if (changed.length === 0) return
    const scanned = this.lastOffset + 1
    for (const [name, position] of changed) await this.log.setCursor(name, position)
    await this.log.setCursor(this.scannedCursor, scanned)
    for (const [name, position] of changed) if (this.changed.get(name) === position) this.changed.delete(name)
  }

  private get scannedCursor(): string {
    return `${this.receiver}s/scanned`
  }

  private note(headers: RecordHeaders, offset: number): void {
    const { [nameHeader]: name, [positionHeader]: position } = headers
    if (headers.receiver === this.receiver && name !== undefined && position !== undefined)
      this.advanced(name, Number(position), offset)
    else this.lastOffset = offset
  }
}

const nameHeader = 'origin'
const positionHeader = 'to'
