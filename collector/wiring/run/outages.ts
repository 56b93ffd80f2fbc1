// Which parts are out just now, since when and why: what `/readyz` says, told to the log once at each change.

import type { Logger } from 'pino'
import type { Clocks } from '../../alerts/clocks.ts'
import type { Check } from '../../api/ports.ts'

interface Outage {
  readonly since: number
  /** The same by the monotonic clock. */
  readonly sinceClock: number
  readonly detail: string
}

export class Outages {
  private readonly current = new Map<string, Outage>()
  private readonly logger: Logger
  private readonly clocks: Clocks

  constructor(logger: Logger, clocks: Clocks) {
    this.logger = logger
    this.clocks = clocks
  }

  /** `cause` undefined: it works again. */
  set(part: string, cause: unknown): void {
    const before = this.current.get(part)
    if (cause === undefined) {
      if (before === undefined) return
      this.current.delete(part)
      this.logger.info({ part, outageMs: Math.round(this.clocks.clock() - before.sinceClock) }, 'works again')
      return
    }
    const detail = cause instanceof Error ? cause.message : String(cause)
    const { since = this.clocks.now(), sinceClock = this.clocks.clock() } = before ?? {}
    this.current.set(part, { since, sinceClock, detail })
    if (before === undefined) this.logger.error({ part, detail }, 'does not work: what arrives waits in the log')
  }

  /** Of the parts that are out. */
  names(): readonly string[] {
    return [...this.current.keys()]
  }

  has(part: string): boolean {
    return this.current.has(part)
  }

  check(part: string, fine: string): Check {
    const outage = this.current.get(part)
    if (outage === undefined) return { name: part, ready: true, detail: fine }
    return { name: part, ready: false, detail: `since ${new Date(outage.since).toISOString()}: ${outage.detail}` }
  }
}
