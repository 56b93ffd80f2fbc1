// Which events were seen shortly before: a bounded window of ids, so that copies can be told.

/** Two words of the id and one of where it stood. */
const stride = 3

/**
 * Two generations of open addressing; when the newer is two thirds full it becomes the older, and the older is forgotten.
 * So the last `slots · 2/3` ids are always known, and at most twice as many.
 *
 * Ids fall anywhere in tables larger than any cache. A byte of each id, those of both generations side by side, tells
 * nearly always that it is new, so that what is far away is written and seldom read.
 */
export class RecentIds {
  private readonly mask: number
  private readonly limit: number
  /** Of each slot: the tags of both generations, 0 where it is empty. */
  private readonly tags: Uint8Array
  private readonly generations: readonly [Int32Array, Int32Array]
  /** Which generation is the newer. */
  private newer: 0 | 1 = 0
  private used = 0

  /** `slots`: a power of two. */
  constructor(slots = 1 << 19) {
    this.mask = slots - 1
    this.limit = Math.floor((slots * 2) / 3)
    this.tags = new Uint8Array(slots * 2)
    this.generations = [new Int32Array(slots * stride), new Int32Array(slots * stride)]
  }

  /**
   * Remembers an id that stands at `place`; true where it was seen at another place. The same place again is the same row
   * read again, and no copy.
   */
  seenElsewhere(high: number, low: number, place: number): boolean {
    const { tags, newer } = this
    const newest = this.generations[newer]
    const slot = this.find(newer, high, low)
    if (tags[slot * 2 + newer] !== 0) return newest[slot * stride + 2] !== place
    const first = this.firstPlace(newer === 0 ? 1 : 0, high, low) ?? place
    tags[slot * 2 + newer] = tagOf(low)
    newest[slot * stride] = high
    newest[slot * stride + 1] = low
    newest[slot * stride + 2] = first
    this.used += 1
    if (this.used >= this.limit) this.turn()
    return first !== place
  }

  private firstPlace(generation: 0 | 1, high: number, low: number): number | undefined {
    const slot = this.find(generation, high, low)
    return this.tags[slot * 2 + generation] === 0 ? undefined : this.generations[generation][slot * stride + 2]
  }

  /** Where an id is, or the empty slot where it would be. */
  private find(generation: 0 | 1, high: number, low: number): number {
    const { tags, mask } = this
    const ids = this.generations[generation]
    const wanted = tagOf(low)
    let slot = (high ^ Math.imul(low, 0x9e3779b1)) & mask
    for (;;) {
      const tag = tags[slot * 2 + generation]
      if (tag === 0) return slot
      if (tag === wanted && ids[slot * stride] === high && ids[slot * stride + 1] === low) return slot
      slot = (slot + 1) & mask
    }
  }

  private turn(): void {
    this.newer = this.newer === 0 ? 1 : 0
    for (let at = this.newer; at < this.tags.length; at += 2) this.tags[at] = 0
    this.used = 0
  }
}

/** Never 0. */
function tagOf(low: number): number {
  return (low >>> 24) | 1
}
