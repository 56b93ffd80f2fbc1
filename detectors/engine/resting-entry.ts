// One key at rest as bytes: a head of numbers, the key, and its state as text; and such an entry read without waking it.

import type { Json } from './detector.ts'
import type { KeyState } from './key-state.ts'

// Flags, hash; then counts, of a byte for each seven bits; then key and state.
const hashAt = 1
const countsAt = 5

const isGone = 1
const hasWideKey = 2
const hasWideState = 4
/** The state is a text and stands as it is: as JSON every quote in it would take two bytes, and a parse when it wakes. */
const isText = 8
/** It is never spent. */
const isLasting = 16

/** One byte a unit where that can hold the text, else two, as a string in memory: every text comes back as it was. */
const wide = /[\u0100-\uffff]/

/** What is to be written of a key, and how many bytes it takes. */
export interface MeasuredEntry {
  readonly flags: number
  readonly text: string
  /** As it reads when it is read again: whole ms from 0 on, or infinity. */
  readonly spentAfter: number
  readonly keyBytes: number
  readonly stateBytes: number
  readonly length: number
}

export function measured(entry: KeyState, spentAfterMs: number): MeasuredEntry {
  const { key, state, weight, evictions, touchedOffset, touchedIndex } = entry
  const text = typeof state === 'string' ? state : JSON.stringify(state)
  const widens = wide.test(key)
  const widensState = wide.test(text)
  const keyBytes = widens ? 2 * key.length : key.length
  const stateBytes = widensState ? 2 * text.length : text.length
  const spentAfter = Math.max(0, Math.ceil(spentAfterMs)) || 0
  const lasts = spentAfter === Number.POSITIVE_INFINITY
  const flags =
    (widens ? hasWideKey : 0) |
    (widensState ? hasWideState : 0) |
    (typeof state === 'string' ? isText : 0) |
    (lasts ? isLasting : 0)
  let length = countsAt + keyBytes + stateBytes
  for (const count of [
    lasts ? 0 : spentAfter,
    touchedOffset + 1,
    touchedIndex + 1,
    weight,
    evictions,
    keyBytes,
    stateBytes,
  ])
    length += lengthOf(count)
  return { flags, text, spentAfter, keyBytes, stateBytes, length }
}

export function writeEntry(bytes: Buffer, at: number, entry: KeyState, measures: MeasuredEntry): void {
  const { flags, text, spentAfter, keyBytes, stateBytes } = measures
  bytes[at] = flags
  bytes.writeInt32LE(entry.hash, at + hashAt)
  let to = writeCount(bytes, at + countsAt, (flags & isLasting) === 0 ? spentAfter : 0)
  to = writeCount(bytes, to, entry.touchedOffset + 1) // −1: before everything
  to = writeCount(bytes, to, entry.touchedIndex + 1)
  to = writeCount(bytes, to, entry.weight)
  to = writeCount(bytes, to, entry.evictions)
  to = writeCount(bytes, to, keyBytes)
  to = writeCount(bytes, to, stateBytes)
  writeKey(bytes, to, entry.key, (flags & hasWideKey) !== 0)
  bytes.write(text, to + keyBytes, (flags & hasWideState) === 0 ? 'latin1' : 'utf16le')
}

/** The entry's bytes stay until they are compacted away. */
export function markGone(bytes: Buffer, at: number): void {
  bytes[at] = (bytes[at] as number) | isGone // an entry stands there
}

/** What the bytes say of one key: good until they change. May be read into again. */
export class RestingEntry {
  hash = 0
  spentAfter = 0
  touchedOffset = 0
  touchedIndex = 0
  weight = 0
  evictions = 0
  /** Where it stands, and where the next one does. */
  at = 0
  end = 0
  private bytes: Buffer
  private flags = 0
  private keyFrom = 0
  private stateFrom = 0
  private reads = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  read(bytes: Buffer, at: number): this {
    this.bytes = bytes
    this.at = at
    this.flags = bytes[at] as number // an entry stands there
    this.hash = bytes.readInt32LE(at + hashAt)
    this.reads = at + countsAt
    const spentAfter = this.readCount()
    this.spentAfter = (this.flags & isLasting) === 0 ? spentAfter : Number.POSITIVE_INFINITY
    this.touchedOffset = this.readCount() - 1
    this.touchedIndex = this.readCount() - 1
    this.weight = this.readCount()
    this.evictions = this.readCount()
    const keyBytes = this.readCount()
    const stateBytes = this.readCount()
    this.keyFrom = this.reads
    this.stateFrom = this.keyFrom + keyBytes
    this.end = this.stateFrom + stateBytes
    return this
  }

  get gone(): boolean {
    return (this.flags & isGone) !== 0
  }

  get key(): string {
    return this.bytes.toString((this.flags & hasWideKey) === 0 ? 'latin1' : 'utf16le', this.keyFrom, this.stateFrom)
  }

  /** The state as JSON text. */
  get json(): string {
    return (this.flags & isText) === 0 ? this.text : JSON.stringify(this.text)
  }

  /** A state of its own each time. */
  get state(): Json {
    return (this.flags & isText) === 0 ? JSON.parse(this.text) : this.text // JSON of what was a state
  }

  private get text(): string {
    return this.bytes.toString((this.flags & hasWideState) === 0 ? 'latin1' : 'utf16le', this.stateFrom, this.end)
  }

  /** Compares without making a string. */
  isOf(key: string): boolean {
    const { bytes, keyFrom } = this
    const isWide = (this.flags & hasWideKey) !== 0
    if (this.stateFrom - keyFrom !== (isWide ? 2 * key.length : key.length)) return false
    for (let unit = 0; unit < key.length; unit++) {
      const held = isWide ? bytes.readUInt16LE(keyFrom + 2 * unit) : bytes[keyFrom + unit]
      if (held !== key.charCodeAt(unit)) return false
    }
    return true
  }

  /** The key awake again. */
  woken(key = this.key): KeyState {
    const { hash, state, weight, evictions, touchedOffset, touchedIndex } = this
    return { key, hash, state, weight, evictions, touchedOffset, touchedIndex }
  }

  private readCount(): number {
    let count = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.reads++] as number // within the entry
      count += (byte & 127) * scale
      if (byte < 128) return count
    }
  }
}

/** Keys are short: a call of `write` costs more than all their units. */
function writeKey(bytes: Buffer, at: number, key: string, isWide: boolean): void {
  for (let unit = 0; unit < key.length; unit++) {
    if (isWide) bytes.writeUInt16LE(key.charCodeAt(unit), at + 2 * unit)
    else bytes[at + unit] = key.charCodeAt(unit)
  }
}

/** Seven bits a byte, lowest first; the highest bit says that more follow. */
function writeCount(bytes: Buffer, at: number, count: number): number {
  let to = at
  let rest = count
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[to++] = (rest % 128) | 128
  bytes[to++] = rest
  return to
}

function lengthOf(count: number): number {
  let length = 1
  for (let rest = count; rest >= 128; rest = Math.floor(rest / 128)) length += 1
  return length
}
