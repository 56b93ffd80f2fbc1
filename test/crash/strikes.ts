// Counts what struck a fleet, by stage, until it is enough; and what ended though nothing had struck it.

export class Strikes {
  readonly counts = new Map<string, number>()
  /** Of processes that ended by themselves: their last words. */
  readonly failures: string[] = []
  /** Starts that found no broker that answered: whoever runs processes starts them again. */
  startsInVain = 0
  private readonly enough: number

  constructor(enough: number) {
    this.enough = enough
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0)
  }

  count(stage: string): void {
    this.counts.set(stage, (this.counts.get(stage) ?? 0) + 1)
  }

  /** As many as were asked for have struck, or the rest would say nothing any more. */
  isOver(): boolean {
    return this.total >= this.enough || this.failures.length > 0
  }
}
