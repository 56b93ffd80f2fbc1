// Finds where things stand by the hash of their key: open addressing in typed arrays, about six bytes for each.

/** So full, and no fuller: a miss then looks at some twenty tags that stand side by side. */
const fullest = 0.85

const isFree = 0
const isRemoved = 1

export class PlacesByHash {
  /** `isFree`, `isRemoved`, or eight bits of the hash: most other keys are told apart without looking at their place. */
  private tags: Uint8Array
  private places: Uint32Array
  private filled = 0

  /** `expected`: how many can be added before it is full. */
  constructor(expected: number) {
    const slots = Math.ceil(expected / fullest) + 1 // one is always free: it ends the search
    this.tags = new Uint8Array(slots)
    this.places = new Uint32Array(slots)
  }

  /** Those removed take room until it is made anew. */
  get full(): boolean {
    return this.filled + 1 > this.tags.length * fullest
  }

  add(hash: number, place: number): void {
    let slot = this.startOf(hash)
    while (this.tags[slot] !== isFree) slot = this.after(slot)
    this.tags[slot] = tagOf(hash)
    this.places[slot] = place
    this.filled += 1
  }

  /** Slot of a key that may be of this hash, −1 where there is none; `from`: the slot that was not it. */
  find(hash: number, from = -1): number {
    const tag = tagOf(hash)
    for (let slot = from < 0 ? this.startOf(hash) : this.after(from); ; slot = this.after(slot)) {
      const held = this.tags[slot]
      if (held === tag) return slot
      if (held === isFree) return -1
    }
  }

  placeAt(slot: number): number {
    return this.places[slot] as number // a slot that `find` gave
  }

  remove(slot: number): void {
    this.tags[slot] = isRemoved
  }

  // The lowest bits are the same in a whole group: slots go by the highest, tags by those between.
  private startOf(hash: number): number {
    return Math.floor(((hash >>> 0) * this.tags.length) / 2 ** 32)
  }

  private after(slot: number): number {
    return slot + 1 === this.tags.length ? 0 : slot + 1
  }
}

function tagOf(hash: number): number {
  return Math.max(isRemoved + 1, (hash >>> 8) & 0xff)
}
