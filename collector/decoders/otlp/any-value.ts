// Reads OTLP's `AnyValue` into plain JSON values, within bounds of depth and number.

import { isUtf8 } from 'node:buffer'
import { anyValueFields, keyValueFields, listFields } from '../../../schemas/otlp/fields.ts'
import { bytesType, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import type { Refusal } from '../decoder.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'
import { refusalOf } from './containers.ts'
import { wireTypeOf } from './wire.ts'

export const maxValueDepth = 32

export class AnyValueReader {
  /** The first thing found wrong since `begin`. */
  refusal: Refusal | undefined
  private readonly maxValues: number
  private left = 0

  constructor(maxValues: number) {
    this.maxValues = maxValues
  }

  begin(): this {
    this.refusal = undefined
    this.left = this.maxValues
    return this
  }

  /** The `AnyValue` message `[start, end)`; null where it is empty, of several the last. */
  read(bytes: Uint8Array, start: number, end: number, depth = 0): JsonValue {
    const reader = new ProtobufReader().open(bytes, start, end)
    let value: JsonValue = null
    while (reader.next()) {
      if (reader.type !== wireTypeOf(reader.field)) continue
      if (reader.field === anyValueFields.bool) value = reader.low !== 0 || reader.high !== 0
      else if (reader.field === anyValueFields.int) value = wholeNumber(reader.int64, reader.high, reader.low)
      else if (reader.field === anyValueFields.double) value = finite(reader.double)
      else value = this.ofBytes(reader.field, bytes, reader.start, reader.limit, depth)
    }
    if (reader.problem !== undefined) this.refusal ??= refusalOf(reader.problem, 'a value')
    return value
  }

  /** The content of a text, list, map or bytes, by its field number. */
  ofBytes(field: number, bytes: Uint8Array, start: number, end: number, depth: number): JsonValue {
    switch (field) {
      case anyValueFields.array:
        return this.list(bytes, start, end, depth)
      case anyValueFields.map:
        return this.map(bytes, start, end, depth)
      case anyValueFields.bytes:
        return asBuffer(bytes, start, end).toString('base64')
      default:
        return this.text(bytes, start, end)
    }
  }

  /** Adds the `KeyValue` message `[start, end)` to an object without a prototype. */
  addMember(into: Record<string, JsonValue>, bytes: Uint8Array, start: number, end: number, depth = 0): void {
    const reader = new ProtobufReader().open(bytes, start, end)
    let key = ''
    let value: JsonValue = null
    while (reader.next()) {
      if (reader.type !== bytesType) continue
      if (reader.field === keyValueFields.key) key = this.text(bytes, reader.start, reader.limit)
      else if (reader.field === keyValueFields.value) value = this.read(bytes, reader.start, reader.limit, depth)
    }
    if (reader.problem !== undefined) this.refusal ??= refusalOf(reader.problem, 'an attribute')
    if (key !== '' && this.spend()) into[key] = value
  }

  private list(bytes: Uint8Array, start: number, end: number, depth: number): readonly JsonValue[] {
    const values: JsonValue[] = []
    if (this.isTooDeep(depth)) return values
    const reader = new ProtobufReader().open(bytes, start, end)
    while (reader.next())
      if (reader.field === listFields.values && reader.type === bytesType && this.spend())
        values.push(this.read(bytes, reader.start, reader.limit, depth + 1))
    if (reader.problem !== undefined) this.refusal ??= refusalOf(reader.problem, 'a list')
    return values
  }

  private map(bytes: Uint8Array, start: number, end: number, depth: number): JsonObject {
    const members: Record<string, JsonValue> = Object.create(null)
    if (this.isTooDeep(depth)) return members
    const reader = new ProtobufReader().open(bytes, start, end)
    while (reader.next())
      if (reader.field === listFields.values && reader.type === bytesType)
        this.addMember(members, bytes, reader.start, reader.limit, depth + 1)
    if (reader.problem !== undefined) this.refusal ??= refusalOf(reader.problem, 'a map')
    return members
  }

  private text(bytes: Uint8Array, start: number, end: number): string {
    const text = asBuffer(bytes, start, end)
    if (isUtf8(text)) return text.toString()
    this.refusal ??= { reason: 'invalid-utf8', detail: 'a text in it is not UTF-8' }
    return ''
  }

  private isTooDeep(depth: number): boolean {
    if (depth < maxValueDepth) return false
    this.refusal ??= { reason: 'too-deep', detail: `a value nests deeper than ${maxValueDepth}` }
    return true
  }

  private spend(): boolean {
    if (this.left > 0) {
      this.left -= 1
      return true
    }
    this.refusal ??= { reason: 'too-many-keys', detail: `it holds more values than ${this.maxValues}` }
    return false
  }
}

/** Whole numbers beyond 2^53 are text, digit by digit. */
export function wholeNumber(value: number, high: number, low: number): number | string {
  return Number.isSafeInteger(value) ? value : String((BigInt(high | 0) << 32n) | BigInt(low >>> 0))
}

export function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

function asBuffer(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
}
