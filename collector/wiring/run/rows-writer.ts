// Keeps the small tables up to date: the newest state of each row waits until the store takes it.

import type { Row } from '../../store/insert-rows.ts'
import { isOutage } from './until-done.ts'
import { within } from './within.ts'

export interface RowsWriterOptions {
  readonly insert: (rows: readonly Row[]) => Promise<void>
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onFailure: (error: unknown) => void
  readonly maxRows?: number
}

const retryMs = { first: 100, longest: 5_000 }
/** From one insert to the next: each costs the store about the same, however few its rows are. */
const restMs = 250

/** One writer for each table. A row replaces a waiting one of the same key. */
export class RowsWriter {
  private readonly options: RowsWriterOptions
  private waiting = new Map<string, Row>()
  private working: Promise<void> | undefined
  private readonly stopping = new AbortController()
  private hurried = false

  constructor(options: RowsWriterOptions) {
    this.options = options
  }

  get depth(): number {
    return this.waiting.size
  }

  put(key: string, row: Row): void {
    this.waiting.delete(key)
    this.waiting.set(key, row)
    this.working ??= this.work()
  }

  async drained(): Promise<void> {
    this.hurried = true
    while (this.working !== undefined) await this.working
    this.hurried = false
  }

  /** Stores what waits, for `graceMs` at most; what was not stored is found missing at the next start. */
  async close(graceMs: number): Promise<void> {
    await within(graceMs, this.drained())
    this.stopping.abort()
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping
    // Rows put in the same turn go together.
    await Promise.resolve()
    try {
      for (let waitMs = retryMs.first; this.waiting.size > 0 && !signal.aborted; ) {
        const rows = [...this.waiting].slice(0, this.options.maxRows ?? 1000)
        try {
          await this.options.insert(rows.map(([, row]) => row))
          for (const [key, row] of rows) if (this.waiting.get(key) === row) this.waiting.delete(key)
          waitMs = retryMs.first
          // Also when nothing waits: what comes within the rest goes together.
          if (!this.hurried) await this.options.wait(restMs, signal)
        } catch (cause) {
          if (!isOutage(cause)) throw cause
          await this.options.wait(waitMs, signal)
          waitMs = Math.min(waitMs * 2, retryMs.longest)
        }
      }
    } catch (cause) {
      this.options.onFailure(cause)
    } finally {
      this.working = undefined
    }
  }
}
