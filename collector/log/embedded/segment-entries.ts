// How records are keyed inside a segment file, and the index of where each key's bytes lie.

/** Key 0 describes the segment; the record n after the first has its head at 2 + 2n and its value beside it. */
export const aboutKey = 0
export const firstHeadKey = 2

/** Bounds the index in memory, and by how far offsets jump where a file can no longer say how many it gave out. */
export const mostRecordsPerSegment = 1_000_000

/** Key → (position, length), in flat arrays: a segment of tiny records has a few hundred thousand. */
export class EntryIndex {
  #keys = new Float64Array(256)
  #positions = new Float64Array(256)
  #lengths = new Float64Array(256)
  #count = 0
  #isSorted = true

  add(key: number, position: number, bytes: number): void {
    if (this.#count === this.#keys.length) this.#grow()
    if (this.#count > 0 && key <= (this.#keys[this.#count - 1] ?? 0)) this.#isSorted = false
    this.#keys[this.#count] = key
    this.#positions[this.#count] = position
    this.#lengths[this.#count] = bytes
    this.#count += 1
  }

  /** Call after the last `add`. Of two entries with one key the one added first stays. */
  finish(): void {
    if (this.#isSorted) return
    const order = Array.from({ length: this.#count }, (_, slot) => slot)
    order.sort((left, right) => this.#key(left) - this.#key(right) || left - right)
    const kept = order.filter((slot, index) => index === 0 || this.#key(slot) !== this.#key(order[index - 1] ?? 0))
    const pick = (from: Float64Array) => Float64Array.from(kept, (slot) => from[slot] ?? 0)
    this.#keys = pick(this.#keys)
    this.#positions = pick(this.#positions)
    this.#lengths = pick(this.#lengths)
    this.#count = kept.length
    this.#isSorted = true
  }

  /** The slot of exactly this key. */
  find(key: number): number | undefined {
    const slot = this.#slotAtOrAfter(key)
    return slot < this.#count && this.#key(slot) === key ? slot : undefined
  }

  keyAtOrAfter(key: number): number | undefined {
    const slot = this.#slotAtOrAfter(key)
    return slot < this.#count ? this.#key(slot) : undefined
  }

  lastKey(): number | undefined {
    return this.#count === 0 ? undefined : this.#key(this.#count - 1)
  }

  position(slot: number): number {
    return this.#positions[slot] ?? 0
  }

  bytes(slot: number): number {
    return this.#lengths[slot] ?? 0
  }

  #key(slot: number): number {
    return this.#keys[slot] ?? 0
  }

  #slotAtOrAfter(key: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#key(middle) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  #grow(): void {
    const double = (from: Float64Array) => {
      const target = new Float64Array(from.length * 2)
      target.set(from)
      return target
    }
    this.#keys = double(this.#keys)
    this.#positions = double(this.#positions)
    this.#lengths = double(this.#lengths)
  }
}
