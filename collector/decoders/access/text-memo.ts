// Remembers what was worked out about texts that come again and again, found by their bytes without building a string.

import type { AccessEntry } from './entry.ts'

/** How many texts, a power of two, and how long each may be; longer ones are worked out each time. */
export interface MemoSize {
  readonly texts: number
  readonly textBytes: number
}

const usual: MemoSize = { texts: 1024, textBytes: 64 }
/** A text may stand in any of so many places next to each other. */
const ways = 4

/** A bounded memory: where all places of a text are taken, the new one replaces one of them in turn. */
export class TextMemo<Facts> {
  private readonly derive: (text: string) => Facts
  private readonly stride: number
  private readonly mask: number
  private readonly store: DataView<ArrayBuffer>
  /** Hash of the text in each place; 0: nothing there. */
  private readonly hashes: Int32Array
  private readonly lengths: Int32Array
  private readonly facts: (Facts | undefined)[]
  private turn = 0

  /** `derive` must be a function of the text alone. */
  constructor(derive: (text: string) => Facts, { texts, textBytes }: MemoSize = usual) {
    this.derive = derive
    this.stride = textBytes
    this.mask = texts - ways
    this.store = new DataView(new ArrayBuffer(texts * textBytes))
    this.hashes = new Int32Array(texts)
    this.lengths = new Int32Array(texts)
    this.facts = new Array<Facts | undefined>(texts).fill(undefined)
  }

  /** What is known of the text whose valid UTF-8 bytes are `[start, end)` of `view`. */
  of(view: DataView, start: number, end: number): Facts {
    const hash = hashOf(view, start, end)
    const first = (hash >>> 3) & this.mask
    for (let place = first; place < first + ways; place++)
      if (this.hashes[place] === hash && this.holds(place, view, start, end)) return this.facts[place] as Facts // what is held has facts
    return this.add(first, hash, view, start, end)
  }

  private holds(place: number, view: DataView, start: number, end: number): boolean {
    const length = end - start
    if (this.lengths[place] !== length) return false
    const { store } = this
    const from = place * this.stride
    if (length < 4) {
      for (let at = 0; at < length; at++) if (store.getInt8(from + at) !== view.getInt8(start + at)) return false
      return true
    }
    const last = length - 4 // the last comparison overlaps the one before it
    for (let at = 0; at < last; at += 4)
      if (store.getInt32(from + at, true) !== view.getInt32(start + at, true)) return false
    return store.getInt32(from + last, true) === view.getInt32(start + last, true)
  }

  private add(first: number, hash: number, view: DataView, start: number, end: number): Facts {
    const facts = this.derive(Buffer.from(view.buffer, view.byteOffset + start, end - start).toString('utf8'))
    const length = end - start
    if (length > this.stride) return facts
    let place = first
    while (place < first + ways && this.hashes[place] !== 0) place++
    if (place === first + ways) place = first + (this.turn++ & (ways - 1))
    for (let at = 0; at < length; at++) this.store.setInt8(place * this.stride + at, view.getInt8(start + at))
    this.hashes[place] = hash
    this.lengths[place] = length
    this.facts[place] = facts
    return facts
  }
}

/** What is known of a field's value, which must not be missing. */
export function lookUp<Facts>(memo: TextMemo<Facts>, entry: AccessEntry, field: number): Facts {
  return memo.of(entry.view, entry.starts[field] as number, entry.ends[field] as number) // field numbers are in range
}

/** Every byte takes part: what differs between addresses or names may stand anywhere. Never 0. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = end - start
  if (hash >= 4) {
    const last = end - 4 // the last word overlaps the one before it
    for (let at = start; at < last; at += 4)
      hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1) ^ (hash >>> 15)
    hash = Math.imul(hash ^ view.getInt32(last, true), 0x85ebca6b)
  } else for (let at = start; at < end; at++) hash = Math.imul(hash ^ view.getInt8(at), 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35)
  return (hash ^ (hash >>> 15)) | 1
}
