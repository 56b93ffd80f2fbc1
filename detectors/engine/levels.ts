// How far append time has come on every way into a share: of the sources, and of what the shares hand over.

/** JSON-safe: by the number of hand-overs on the way, by name of who was heard, epoch ms of append time. */
export type LevelsState = readonly Readonly<Record<string, number>>[]

/** All in epoch ms of append time; −Infinity: somebody was never heard. None runs backwards. */
export class Levels {
  private readonly expected: readonly number[]
  private readonly heardOf: readonly Map<string, number>[]
  private readonly known: number[]

  /** @param expected how many there are to be heard, by the number of hand-overs on their way: the sources first */
  constructor(expected: readonly number[], state: LevelsState = []) {
    this.expected = expected
    this.heardOf = expected.map(() => new Map())
    this.known = expected.map(() => Number.NEGATIVE_INFINITY)
    this.restore(state)
  }

  /** What was heard by then counts as heard. */
  restore(state: LevelsState): void {
    for (const [hops, heard] of state.entries())
      for (const [name, through] of Object.entries(heard)) this.heardOf[hops]?.set(name, through)
    this.count()
  }

  /** Everything that this one has to say over that many hand-overs has come up to then. */
  heard(hops: number, name: string, through: number): void {
    const before = this.heardOf[hops]?.get(name) ?? Number.NEGATIVE_INFINITY
    if (!(through > before)) return
    this.heardOf[hops]?.set(name, through)
    this.count()
  }

  /** Everything has come that was appended up to then, over up to that many hand-overs. */
  at(hops: number): number {
    return this.known[hops] ?? Number.NEGATIVE_INFINITY
  }

  state(): LevelsState {
    return this.heardOf.map((heard) => Object.fromEntries(heard))
  }

  private count(): void {
    let through = Number.POSITIVE_INFINITY
    for (const [hops, heard] of this.heardOf.entries()) {
      const isWhole = heard.size >= (this.expected[hops] ?? 0)
      through = isWhole ? Math.min(through, ...heard.values()) : Number.NEGATIVE_INFINITY
      this.known[hops] = through
    }
  }
}
