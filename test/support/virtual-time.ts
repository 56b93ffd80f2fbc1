// A clock that stands still until a test moves it, with the timers that hang on it.

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export class VirtualTime {
  #elapsed = 0
  /** What the wall clock says beyond the time that went by. */
  #wall: number
  #order = 0
  #timers: Timer[] = []

  constructor(startAt: number) {
    this.#wall = startAt
  }

  /** The wall clock. */
  readonly now = (): number => this.#wall + this.#elapsed

  /** The monotonic clock: begins near 0, and follows no `stepWall`. */
  readonly clock = (): number => this.#elapsed

  /** Somebody sets the wall clock; no time goes by. */
  stepWall(ms: number): void {
    this.#wall += ms
  }

  readonly schedule = (delayMs: number, run: () => void): (() => void) => {
    const timer = { at: this.#elapsed + delayMs, order: this.#order++, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  get waiting(): number {
    return this.#timers.length
  }

  /** Moves on to the next timer, if there is one, and runs it. */
  advanceToNext(): void {
    const next = Math.min(...this.#timers.map(({ at }) => at))
    if (Number.isFinite(next)) this.advance(Math.max(0, next - this.#elapsed))
  }

  /** Moves on, running each timer at its own time; timers that those set within the stretch run too. */
  advance(ms: number): void {
    const end = this.#elapsed + ms
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (next === undefined) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#elapsed = Math.max(this.#elapsed, next.at)
      next.run()
    }
    this.#elapsed = end
  }
}

/** The real timers in the same form. */
export const realSchedule = (delayMs: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}
