// How long any partition to which records come has gone without one more being stored.

export class StoodStill {
  longestMs = 0
  private readonly seen = new Map<number, { offset: string; at: number }>()

  /** @param now monotonic ms */
  note(rows: readonly { readonly partition: number; readonly offset: string }[], now: number): void {
    for (const { partition, offset } of rows) {
      const before = this.seen.get(partition)
      if (before?.offset === offset) this.longestMs = Math.max(this.longestMs, now - before.at)
      else this.seen.set(partition, { offset, at: now })
    }
  }
}
