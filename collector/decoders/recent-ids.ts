// Which events were seen shortly before: a bounded window of ids, so that copies can be told.

/** Two words of the id and one of where it stood. */
const stride = 3

/**
 * Two generations of open addressing; when the newer is two thirds full it becomes the older, and the older is forgotten.
 * So the last `slots · 2/3` ids are always known, and at most twice as many.
 */
export class RecentIds {
  private readonly slots: number
  private readonly limit: number
  private newer: Int32Array
  private older: Int32Array
  private used = 0

  /** `slots`: a power of two. */
  constructor(slots = 1 << 19) {
    this.slots = slots
    this.limit = Math.floor((slots * 2) / 3)
    this.newer = new Int32Array(slots * stride)
    this.older = new Int32Array(slots * stride)
  }

  /**
   * Remembers an id that stands at `place`; true where it was seen at another place. The same place again is the same row
   * read again, and no copy. Both words 0 stand for an empty slot, so that one id is never known.
   */
  seenElsewhere(high: number, low: number, place: number): boolean {
    const before = this.find(this.older, high, low)
    const at = this.find(this.newer, high, low)
    if (this.newer[at] === high && this.newer[at + 1] === low) return this.newer[at + 2] !== place
    const known = this.older[before] === high && this.older[before + 1] === low
    const first = known ? (this.older[before + 2] as number) : place // `find` stays within the table
    this.newer[at] = high
    this.newer[at + 1] = low
    this.newer[at + 2] = first
    this.used += 1
    if (this.used >= this.limit) this.turn()
    return known && first !== place
  }

  /** Where an id is, or the empty slot where it would be. */
  private find(table: Int32Array, high: number, low: number): number {
    const mask = this.slots - 1
    let slot = (high ^ Math.imul(low, 0x9e3779b1)) & mask
    for (;;) {
      const at = slot * stride
      const first = table[at] as number // slots are within the mask
      const second = table[at + 1] as number // as above
      if ((first === high && second === low) || (first === 0 && second === 0)) return at
      slot = (slot + 1) & mask
    }
  }

  private turn(): void {
    const emptied = this.older
    this.older = this.newer
    this.newer = emptied.fill(0)
    this.used = 0
  }
}
