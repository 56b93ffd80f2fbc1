// The keys of one group that nobody touches, packed into bytes: a million of them are a few thousand objects to the collector.

import type { KeyState } from './key-state.ts'
import { PlacesByHash } from './places-by-hash.ts'
import { markGone, measured, RestingEntry, writeEntry } from './resting-entry.ts'

/** Share of the bytes that may be unused once a sweep is over, and as much again that may be of keys that are gone. */
const slack = 1 / 32
/** By which it grows while a sweep puts keys to rest. */
const growth = 3 / 2

export class RestingKeys {
  private bytes: Buffer = Buffer.alloc(0)
  private used = 0
  private goneBytes = 0
  private count = 0
  private index = new PlacesByHash(0)
  /** No key is spent before: those that left may have been the soonest. */
  private soonest = Number.POSITIVE_INFINITY
  /** Read into over and over. */
  private entry = new RestingEntry(this.bytes)

  get size(): number {
    return this.count
  }

  /** Bytes of memory that it takes, the index left out. */
  get byteLength(): number {
    return this.bytes.length
  }

  /** Puts a key to rest that is not there. */
  put(entry: KeyState, spentAfter: number): void {
    const measures = measured(entry, spentAfter)
    this.makeRoom(measures.length)
    const at = this.used
    writeEntry(this.bytes, at, entry, measures)
    this.used += measures.length
    this.count += 1
    this.soonest = Math.min(this.soonest, measures.spentAfter)
    if (this.index.full) this.reindex()
    else this.index.add(entry.hash, at)
  }

  /** Wakes a key: it is not here any more. */
  take(key: string, hash: number): KeyState | undefined {
    const slot = this.slotOf(key, hash)
    if (slot < 0) return undefined
    const woken = this.entry.woken(key)
    this.removeSlot(slot)
    return woken
  }

  /** A copy of what would wake. */
  look(key: string, hash: number): KeyState | undefined {
    return this.slotOf(key, hash) < 0 ? undefined : this.entry.woken(key)
  }

  /** In the order in which they were put to rest. Each is good until keys are put to rest or `tidy` is called. */
  *entries(): Iterable<RestingEntry> {
    for (let at = 0; at < this.used; ) {
      const entry = new RestingEntry(this.bytes).read(this.bytes, at)
      at = entry.end
      if (!entry.gone) yield entry
    }
  }

  /** Removes one that `entries` gave. */
  remove({ hash, at }: RestingEntry): void {
    let slot = this.index.find(hash)
    while (slot >= 0 && this.index.placeAt(slot) !== at) slot = this.index.find(hash, slot)
    if (slot < 0) return
    this.entry.read(this.bytes, at)
    this.removeSlot(slot)
  }

  /** Forgets the keys whose instant lies before the watermark, by the head alone; what they weighed together. */
  forgetSpent(watermarkAt: number): number {
    if (!(watermarkAt > this.soonest)) return 0
    const { entry } = this
    let weight = 0
    let soonest = Number.POSITIVE_INFINITY
    for (let at = 0; at < this.used; at = entry.end) {
      entry.read(this.bytes, at)
      if (entry.gone) continue
      if (watermarkAt > entry.spentAfter) {
        weight += entry.weight
        this.remove(entry)
      } else soonest = Math.min(soonest, entry.spentAfter)
    }
    this.soonest = soonest
    return weight
  }

  /** To be called after keys were put to rest or removed: gives back what is not needed. */
  tidy(): void {
    if (this.goneBytes > this.used * slack) this.compact()
    if (this.bytes.length > this.used * (1 + 2 * slack)) this.resize(Math.ceil(this.used * (1 + slack)))
  }

  /** Leaves the entry that it found in `this.entry`. */
  private slotOf(key: string, hash: number): number {
    const { entry, index } = this
    let slot = index.find(hash)
    while (slot >= 0) {
      entry.read(this.bytes, index.placeAt(slot))
      if (entry.hash === hash && entry.isOf(key)) return slot
      slot = index.find(hash, slot)
    }
    return -1
  }

  /** Of the entry that `this.entry` has read. */
  private removeSlot(slot: number): void {
    const { at, end } = this.entry
    this.index.remove(slot)
    markGone(this.bytes, at)
    this.goneBytes += end - at
    this.count -= 1
  }

  private makeRoom(length: number): void {
    if (this.used + length > this.bytes.length && this.goneBytes > this.used * slack) this.compact()
    if (this.used + length > this.bytes.length) this.resize(Math.ceil((this.used + length) * growth))
  }

  private resize(length: number): void {
    const bytes = Buffer.allocUnsafeSlow(length)
    this.bytes.copy(bytes, 0, 0, this.used)
    this.bytes = bytes
    this.entry = new RestingEntry(bytes) // the other one would keep the old bytes alive
  }

  /** Moves what is there together, in the same bytes. */
  private compact(): void {
    const { entry, bytes } = this
    let to = 0
    for (let at = 0; at < this.used; at = entry.end) {
      entry.read(bytes, at)
      if (entry.gone) continue
      if (to < at) bytes.copyWithin(to, at, entry.end)
      to += entry.end - at
    }
    this.used = to
    this.goneBytes = 0
    this.reindex()
  }

  private reindex(): void {
    const { entry } = this
    this.index = new PlacesByHash(Math.ceil(this.count * (1 + 2 * slack)))
    for (let at = 0; at < this.used; at = entry.end) {
      entry.read(this.bytes, at)
      if (!entry.gone) this.index.add(entry.hash, at)
    }
  }
}
