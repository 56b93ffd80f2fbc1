// Keys of one stage that asked to be judged once the watermark passes an instant, by that instant.

import type { KeyState } from './key-state.ts'
import type { RealmStates } from './realms.ts'

export interface Wake {
  readonly states: RealmStates
  readonly entry: KeyState
}

/** What stands in the heap; a key whose instant moved to later keeps its place until that comes up. */
interface Placed extends Wake {
  readonly at: number
}

interface Asked {
  /** +∞: not any more. */
  at: number
  /** Where the key stands in the heap, at or before `at`. */
  placedAt: number
}

/** Below this many it does not pay to look for keys that are gone. */
const fewest = 1_024

export class Wakes {
  private readonly isHeld: (wake: Wake) => boolean
  private readonly asked = new Map<KeyState, Asked>()
  private heap: Placed[] = []
  private mostPlaced = fewest

  /** `isHeld`: the key was neither put out nor forgotten. */
  constructor(isHeld: (wake: Wake) => boolean) {
    this.isHeld = isHeld
  }

  /** Instants remembered, those of keys that are gone included. */
  get size(): number {
    return this.heap.length
  }

  /** Instant for which the key asked, or null. */
  askedAt(entry: KeyState): number | null {
    const at = this.asked.get(entry)?.at ?? Number.POSITIVE_INFINITY
    return Number.isFinite(at) ? at : null
  }

  ask(states: RealmStates, entry: KeyState, at: number): void {
    const asked = this.asked.get(entry)
    if (asked === undefined) this.asked.set(entry, { at, placedAt: at })
    else {
      asked.at = at
      if (at >= asked.placedAt) return
      asked.placedAt = at
    }
    this.place({ states, entry, at })
    if (this.heap.length > this.mostPlaced) this.dropGone()
  }

  cancel(entry: KeyState): void {
    const asked = this.asked.get(entry)
    if (asked !== undefined) asked.at = Number.POSITIVE_INFINITY
  }

  /** Takes out the keys whose instant lies before the watermark, in order of their instants. */
  takeDue(watermarkAt: number): readonly Wake[] {
    const due: Wake[] = []
    for (let first = this.heap[0]; first !== undefined && first.at < watermarkAt; first = this.heap[0]) {
      this.removeFirst()
      const { states, entry } = first
      const asked = this.asked.get(entry)
      if (asked?.placedAt !== first.at) continue // an instant that was moved to earlier, and has been taken out
      this.asked.delete(entry)
      if (!this.isHeld(first)) continue
      if (asked.at < watermarkAt) due.push({ states, entry })
      else if (Number.isFinite(asked.at)) this.ask(states, entry, asked.at)
    }
    return due
  }

  /** A flood of keys that are put out again leaves no more here than twice what is held. */
  private dropGone(): void {
    const kept = this.heap.filter(
      (placed) => this.isHeld(placed) && this.asked.get(placed.entry)?.placedAt === placed.at,
    )
    const keys = new Set(kept.map(({ entry }) => entry))
    for (const entry of this.asked.keys()) if (!keys.has(entry)) this.asked.delete(entry)
    this.heap = []
    for (const placed of kept) this.place(placed)
    this.mostPlaced = Math.max(fewest, 2 * kept.length)
  }

  private place(placed: Placed): void {
    const { heap } = this
    let index = heap.push(placed) - 1
    while (index > 0) {
      const parent = (index - 1) >>> 1
      const above = heap[parent] as Placed // parent < index
      if (above.at <= placed.at) break
      heap[index] = above
      index = parent
    }
    heap[index] = placed
  }

  private removeFirst(): void {
    const { heap } = this
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && (heap[child + 1] as Placed).at < (heap[child] as Placed).at) child += 1 // both < length
      const below = heap[child] as Placed // child < length
      if (below.at >= last.at) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }
}
