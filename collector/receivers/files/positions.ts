// Remembers how far each file was read, so that a restart neither loses nor doubles a line.

import type { Log } from '../../log/log.ts'
import type { TrackedFile } from './tracked-file.ts'

/**
 * Every record that came from a file says in its headers up to where of which file it reaches, so that a record and the
 * position it stands for are durable together. The cursors are a summary of that: only records behind the summary are
 * looked at after a restart.
 */
const scannedCursor = 'files/scanned'
const scanBytes = 4 * 1024 * 1024

export class Positions {
  private readonly log: Log
  private readonly behindSummary = new Map<string, number>()
  private readonly changed = new Map<string, number>()
  private lastOffset = -1

  constructor(log: Log) {
    this.log = log
    const { firstOffset, nextOffset } = log.bounds('ingest')
    for (let offset = Math.max(log.cursor(scannedCursor) ?? firstOffset, firstOffset); offset < nextOffset; ) {
      const result = log.read('ingest', offset, { maxBytes: scanBytes })
      for (const { headers, coordinate } of result.records) {
        if (headers.file !== undefined && headers.to !== undefined)
          this.behindSummary.set(headers.file, Number(headers.to))
        this.lastOffset = coordinate.offset
      }
      if (result.nextOffset === offset) break
      offset = result.nextOffset
    }
    for (const [file, position] of this.behindSummary) this.changed.set(file, position)
  }

  /** Where to read on, or undefined for a file that was never read. */
  positionOf(file: TrackedFile): number | undefined {
    return this.behindSummary.get(file.cursorName) ?? this.log.cursor(file.cursorName)
  }

  /** Called once the record that reaches up to `file.position` is durable at `offset`. */
  advanced(file: TrackedFile, offset: number): void {
    this.changed.set(file.cursorName, file.position)
    this.behindSummary.set(file.cursorName, file.position)
    this.lastOffset = Math.max(this.lastOffset, offset)
  }

  /** Writes the summary; the number of records to look at after a restart falls to what comes after. */
  async save(): Promise<void> {
    if (this.changed.size === 0) return
    const changed = [...this.changed]
    const scanned = this.lastOffset + 1
    this.changed.clear()
    for (const [name, position] of changed) await this.log.setCursor(name, position)
    await this.log.setCursor(scannedCursor, scanned)
  }
}
