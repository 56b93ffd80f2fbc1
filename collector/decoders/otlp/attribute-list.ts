// The attributes of one span, log record or resource as places in its bytes, found by key without building a string.

import { isUtf8 } from 'node:buffer'
import { anyValueFields, keyValueFields, listFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import { isMissingAt } from '../access/entry.ts'
import { readWhole } from '../access/numbers.ts'
import { TextMemo } from '../access/text-memo.ts'
import type { Refusal } from '../decoder.ts'
import { refusalOf } from './containers.ts'
import { hasNoHighBit, wireTypeOf } from './wire.ts'

/** What an attribute's value is: the field numbers of `AnyValue`; 0 for an empty one. */
export const kind = { empty: 0, ...anyValueFields } as const

/** A key that was met, with the slot that it fills. */
export interface KnownKey {
  readonly slot: number
  /** As a member of JSON begins: `"key":`. */
  readonly spelled: Uint8Array
  readonly mayBeBroken: boolean
  /** Its bytes, for a look at whether it is the one that comes next. */
  readonly bytes: Uint8Array
  /** The key that came after it last: most likely it comes again. */
  next: KnownKey | undefined
  /** The list's generation in which it was met last, and where. */
  generation: number
  place: number
}

/** The slot of a key that is not looked up. */
export const noSlot = -1

const maxKeyChars = 128
const maxRememberedBytes = 64
const firstPlaces = 128

/** Reused for one list after the other; its ranges point into the bytes given to `begin`. */
export class AttributeList {
  bytes: Uint8Array = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  count = 0
  /** The first thing found wrong. */
  refusal: Refusal | undefined
  readonly keys: KnownKey[] = []
  kinds = new Uint8Array(firstPlaces)
  starts = new Int32Array(firstPlaces)
  ends = new Int32Array(firstPlaces)
  /** Of numbers and of `bool`, 0 or 1. */
  numbers = new Float64Array(firstPlaces)
  /** 1: a column says it, or it says nothing. */
  said = new Uint8Array(firstPlaces)
  /** Where the value of a slot stands; −1 where it has none. */
  private readonly places: Int16Array
  private readonly slots: TextMemo<KnownKey>
  private readonly maxCount: number
  private readonly reader = new ProtobufReader()
  private readonly inner = new ProtobufReader()
  private generation = 0
  /** Before the first key stands one of no name. */
  private readonly head = knownKey('', new Map())
  private last = this.head

  /** `slots`: number of each key that is looked up, from 0 and fewer than `slotCount`. */
  constructor(slots: ReadonlyMap<string, number>, slotCount: number, maxCount: number) {
    this.places = new Int16Array(slotCount)
    this.slots = new TextMemo((text) => knownKey(text, slots), { texts: 2048, textBytes: maxRememberedBytes })
    this.maxCount = Math.min(maxCount, 0x7fff)
  }

  begin(bytes: Uint8Array, view: DataView): void {
    this.bytes = bytes
    this.view = view
    this.count = 0
    this.refusal = undefined
    this.generation += 1
    this.last = this.head
    this.places.fill(-1)
  }

  /** Takes the `KeyValue` message `[start, end)`. Of a key that comes again the last value counts. */
  add(start: number, end: number): void {
    const { bytes } = this
    const keyEnd = start + 2 + (bytes[start + 1] as number) // what is beyond the end makes no ordinary one
    let valueStart = keyEnd + 2
    let length = bytes[keyEnd + 1] as number // as above
    if (length >= 0x80) length = (length & 0x7f) | ((bytes[valueStart++] as number) << 7) // as above
    const isOrdinary =
      bytes[start] === 0x0a &&
      (bytes[start + 1] as number) < 0x80 &&
      bytes[keyEnd] === 0x12 &&
      valueStart + length === end &&
      length < 0x4000
    if (isOrdinary) this.take(start + 2, keyEnd, valueStart, end)
    else this.addUnusual(start, end)
  }

  place(slot: number): number {
    return this.places[slot] as number // slots are below their number
  }

  has(slot: number): boolean {
    return this.places[slot] !== -1
  }

  say(slot: number): void {
    this.said[this.places[slot] as number] = 1 // a slot that has a value
  }

  /** The place of text that a slot holds; −1 where it holds none. A list of one text, as of headers, is that text. */
  textPlace(slot: number): number {
    const place = this.places[slot] as number // as above
    if (place === -1 || this.kinds[place] === kind.string) return place
    return this.kinds[place] === kind.array && this.openSingle(place) ? place : -1
  }

  text(slot: number): string {
    const place = this.textPlace(slot)
    return place === -1 ? '' : this.textAt(place)
  }

  textAt(place: number): string {
    const start = this.starts[place] as number // places are below the count
    return Buffer.from(
      this.bytes.buffer,
      this.bytes.byteOffset + start,
      (this.ends[place] as number) - start,
    ).toString() // as above
  }

  /** A whole number from 0 on, given as one or as text; −1 for anything else. */
  whole(slot: number): number {
    const place = this.places[slot] as number // as above
    if (place === -1) return -1
    const type = this.kinds[place]
    if (type === kind.string) return readWhole(this.bytes, this.starts[place] as number, this.ends[place] as number) // as above
    if (type !== kind.int && type !== kind.double) return -1
    const value = this.numbers[place] as number // as above
    return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.floor(value) : -1
  }

  private take(keyStart: number, keyEnd: number, start: number, end: number): void {
    if (keyStart === keyEnd) return
    const { bytes } = this
    const key = this.keyAt(keyStart, keyEnd)
    if (key.mayBeBroken && !isUtf8(bytes.subarray(keyStart, keyEnd))) this.refuse('a key')
    const place = this.open(key)
    const first = bytes[start]
    if (first === 0x0a && (bytes[start + 1] as number) < 0x80 && start + 2 + (bytes[start + 1] as number) === end)
      this.takeText(place, key, start + 2, end)
    else if (first === 0x18 && end - start === 2 && (bytes[start + 1] as number) < 0x80)
      this.takeNumber(place, kind.int, start + 1, bytes[start + 1] as number) // checked above
    else this.takeUnusual(place, key, start, end)
  }

  private keyAt(start: number, end: number): KnownKey {
    const guessed = this.last.next
    if (guessed !== undefined && isSame(guessed.bytes, this.bytes, start, end)) {
      this.last = guessed
      return guessed
    }
    const key = this.slots.of(this.view, start, end)
    if (end - start > maxRememberedBytes) return key // nothing keeps what is not remembered by itself
    this.last.next = key
    this.last = key
    return key
  }

  private open(key: KnownKey): number {
    const place = this.count
    if (place === this.maxCount) {
      this.refusal ??= { reason: 'too-many-keys', detail: `it has more attributes than ${this.maxCount}` }
      return place - 1
    }
    if (place === this.kinds.length) this.grow()
    this.count = place + 1
    if (key.generation === this.generation) this.said[key.place] = 1
    key.generation = this.generation
    key.place = place
    this.keys[place] = key
    this.said[place] = 0
    if (key.slot !== noSlot) this.places[key.slot] = place
    return place
  }

  private takeText(place: number, key: KnownKey, start: number, end: number): void {
    this.kinds[place] = kind.string
    this.starts[place] = start
    this.ends[place] = end
    if (!hasNoHighBit(this.view, start, end) && !isUtf8(this.bytes.subarray(start, end))) this.refuse('a value')
    if (key.slot === noSlot || !isMissingAt(this.bytes, start, end)) return
    this.said[place] = 1
    this.places[key.slot] = -1
  }

  private takeNumber(place: number, type: number, start: number, value: number): void {
    this.kinds[place] = type
    this.starts[place] = start
    this.numbers[place] = value
  }

  /** A value of any form; of several the last counts. */
  private takeUnusual(place: number, key: KnownKey, start: number, end: number): void {
    const reader = this.inner.open(this.bytes, start, end)
    this.kinds[place] = kind.empty
    while (reader.next()) {
      if (reader.type !== wireTypeOf(reader.field)) continue
      if (reader.field === kind.string) this.takeText(place, key, reader.start, reader.limit)
      else if (reader.field === kind.bool)
        this.takeNumber(place, kind.bool, 0, reader.low === 0 && reader.high === 0 ? 0 : 1)
      else if (reader.field === kind.int) {
        this.takeNumber(place, kind.int, 0, reader.int64)
        this.starts[place] = reader.high | 0
        this.ends[place] = reader.low | 0
      } else if (reader.field === kind.double) this.takeNumber(place, kind.double, 0, reader.double)
      else {
        this.kinds[place] = reader.field
        this.starts[place] = reader.start
        this.ends[place] = reader.limit
      }
    }
    if (reader.problem !== undefined) this.refusal ??= refusalOf(reader.problem, 'the value of an attribute')
  }

  /** A `KeyValue` that is longer or otherwise written than they are as a rule. */
  private addUnusual(start: number, end: number): void {
    const reader = this.reader.open(this.bytes, start, end)
    let [keyStart, keyEnd, valueStart, valueEnd] = [0, 0, 0, 0]
    while (reader.next()) {
      if (reader.type !== bytesType) continue
      if (reader.field === keyValueFields.key) [keyStart, keyEnd] = [reader.start, reader.limit]
      else if (reader.field === keyValueFields.value) [valueStart, valueEnd] = [reader.start, reader.limit]
    }
    if (reader.problem !== undefined) this.refusal ??= refusalOf(reader.problem, 'an attribute')
    else this.take(keyStart, keyEnd, valueStart, valueEnd)
  }

  /** Makes a list of one text that text; false for other lists. */
  private openSingle(place: number): boolean {
    const reader = this.inner.open(this.bytes, this.starts[place], this.ends[place])
    if (!reader.next() || reader.field !== listFields.values || reader.type !== bytesType) return false
    const { start, limit } = reader
    if (reader.next() || reader.problem !== undefined) return false
    reader.open(this.bytes, start, limit)
    if (!reader.next() || reader.field !== kind.string || reader.type !== bytesType || reader.limit !== limit)
      return false
    if (!isUtf8(this.bytes.subarray(reader.start, limit))) return false
    this.kinds[place] = kind.string
    this.starts[place] = reader.start
    this.ends[place] = limit
    return true
  }

  private refuse(what: string): void {
    this.refusal ??= { reason: 'invalid-utf8', detail: `${what} among its attributes is not UTF-8 text` }
  }

  private grow(): void {
    const places = this.kinds.length * 2
    const { kinds, starts, ends, numbers, said } = this
    this.kinds = new Uint8Array(places)
    this.starts = new Int32Array(places)
    this.ends = new Int32Array(places)
    this.numbers = new Float64Array(places)
    this.said = new Uint8Array(places)
    this.kinds.set(kinds)
    this.starts.set(starts)
    this.ends.set(ends)
    this.numbers.set(numbers)
    this.said.set(said)
  }
}

function knownKey(text: string, slots: ReadonlyMap<string, number>): KnownKey {
  return {
    slot: slots.get(text) ?? noSlot,
    spelled: Buffer.from(`${JSON.stringify(text.slice(0, maxKeyChars))}:`),
    mayBeBroken: text.includes('\ufffd'),
    bytes: Buffer.from(text),
    next: undefined,
    generation: 0,
    place: 0,
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (known.length !== length) return false
  for (let at = 0; at < length; at++) if (known[at] !== bytes[start + at]) return false
  return true
}
