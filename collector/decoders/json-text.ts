// JSON as bytes: checked before it is parsed, parsed into objects without prototypes, and cut without being rewritten.

import type { QuarantineReason } from '../../schemas/quarantine.ts'
import type { DecoderSettings } from './decoder.ts'
import type { JsonObject, JsonValue } from './record-view.ts'

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c
/** Whole numbers of more digits may lose some as a double. */
const exactDigits = 15

export interface JsonShape {
  readonly keys: number
  /** White space stands between tokens. */
  readonly hasSpace: boolean
  /** A whole number is too long to be kept exactly as a number. */
  readonly hasWideNumber: boolean
}

/** One pass over the bytes that bounds what a parser will have to do; it does not prove that they are JSON. */
export function checkJson(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: DecoderSettings['limits'],
): JsonShape | QuarantineReason {
  let depth = 0
  let keys = 0
  let hasSpace = false
  let hasWideNumber = false
  for (let at = start; at < end; ) {
    const byte = bytes[at] as number // within the range
    if (byte === quote) {
      at = textEnd(bytes, at, end)
      if (at > end) return 'invalid-json'
      continue
    }
    if (byte === openBrace || byte === openBracket) {
      if (++depth > limits.depth) return 'too-deep'
    } else if (byte === closeBrace || byte === closeBracket) depth -= 1
    else if (byte === 0x3a) {
      if (++keys > limits.keys) return 'too-many-keys'
    } else if (isSpace(byte)) hasSpace = true
    else if (isDigit(byte)) {
      const begin = at
      while (at < end && isDigit(bytes[at] as number)) at++ // as above
      if (at - begin > exactDigits && isWhole(bytes, begin, at)) hasWideNumber = true
      while (at < end && isNumberPart(bytes[at] as number)) at++ // as above
      continue
    }
    at += 1
  }
  return { keys, hasSpace, hasWideNumber }
}

/**
 * The object that `[start, end)` holds, or why it is none. Its prototypes are gone, its numbers finite, whole numbers past
 * 15 digits are text, no key occurs twice in an object.
 */
export function parseJsonObject(
  bytes: Uint8Array,
  start: number,
  end: number,
  shape: JsonShape,
): JsonObject | QuarantineReason {
  const source = shape.hasWideNumber ? quoteWideNumbers(bytes, start, end) : asBuffer(bytes, start, end)
  let value: JsonValue
  try {
    value = JSON.parse(source.toString('utf8')) as JsonValue // what JSON.parse gives is a JsonValue
  } catch {
    return 'invalid-json'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'invalid-json'
  const keys = harden(value)
  if (keys === infinite) return 'number-out-of-range'
  return keys === shape.keys ? (value as JsonObject) : 'duplicate-keys' // neither null nor a list
}

/**
 * Any JSON value as the parser gives it, whole numbers past 15 digits as text; undefined where it does not parse. For readers
 * that ask only for members by fixed names: of a key that comes twice the last counts, and prototypes stay.
 */
export function parseBoundedJson(bytes: Uint8Array, start: number, end: number, shape: JsonShape): unknown {
  const source = shape.hasWideNumber ? quoteWideNumbers(bytes, start, end) : asBuffer(bytes, start, end)
  try {
    return JSON.parse(source.toString('utf8'))
  } catch {
    return undefined
  }
}

const infinite = Number.POSITIVE_INFINITY

/** Takes the prototypes off, and counts the keys; infinite where a number is. Deep as the checked bytes are. */
function harden(value: JsonValue): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : infinite
  if (typeof value !== 'object' || value === null) return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const member of value) keys += harden(member)
    return keys
  }
  Object.setPrototypeOf(value, null)
  const object = value as JsonObject // neither null nor a list
  for (const key in object) keys += 1 + harden(object[key] ?? null)
  return keys
}

/** Bytes `[start, end)` without white space between tokens. */
export function minifyJson(bytes: Uint8Array, start: number, end: number): Buffer {
  const out = Buffer.alloc(end - start + 1)
  let used = 0
  for (let at = start; at < end; ) {
    const byte = bytes[at] as number // within the range
    const next = byte === quote ? Math.min(textEnd(bytes, at, end), end) : at + 1
    if (!isSpace(byte)) while (at < next) out[used++] = bytes[at++] as number // as above
    at = next
  }
  out[used] = 0x0a
  return out.subarray(0, used)
}

/** Where the value of a key of the object at `start` stands: `[from, to)`. The bytes were parsed before. */
export function memberRange(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: string,
): readonly [number, number] | undefined {
  let at = skipSpace(bytes, start + 1, end)
  while (at < end && bytes[at] === quote) {
    const keyEnd = textEnd(bytes, at, end)
    const name: unknown = JSON.parse(asBuffer(bytes, at, keyEnd).toString('utf8'))
    const from = skipSpace(bytes, skipSpace(bytes, keyEnd, end) + 1, end)
    const to = valueEnd(bytes, from, end)
    if (name === key) return [from, to]
    at = skipSpace(bytes, skipSpace(bytes, to, end) + 1, end)
  }
  return undefined
}

/** Where the values of the array that is `[start, end)` stand; undefined where brackets and commas do not add up. */
export function elementRanges(
  bytes: Uint8Array,
  start: number,
  end: number,
): readonly (readonly [number, number])[] | undefined {
  const ranges: (readonly [number, number])[] = []
  let at = skipSpace(bytes, start + 1, end)
  if (bytes[at] === closeBracket) return skipSpace(bytes, at + 1, end) === end ? ranges : undefined
  while (at < end) {
    const to = valueEnd(bytes, at, end)
    if (to === at) return undefined
    ranges.push([at, to])
    const next = skipSpace(bytes, to, end)
    if (bytes[next] === closeBracket) return skipSpace(bytes, next + 1, end) === end ? ranges : undefined
    if (bytes[next] !== comma) return undefined
    at = skipSpace(bytes, next + 1, end)
  }
  return undefined
}

export function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(bytes[at] as number)) at++ // within the range
  return at
}

function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0
  for (let at = start; at < end; ) {
    const byte = bytes[at] as number // within the range
    if (byte === quote) at = textEnd(bytes, at, end)
    else {
      if (byte === openBrace || byte === openBracket) depth += 1
      else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 0) return at
        depth -= 1
      } else if (depth === 0 && (byte === comma || isSpace(byte))) return at
      at += 1
    }
    if (depth === 0 && (byte === quote || byte === closeBrace || byte === closeBracket)) return at
  }
  return end
}

/** Just past the quote that ends the text which begins at `start`; past `end` where none does. */
function textEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1
  while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at < end ? at + 1 : end + 1
}

/** The same JSON with its wide whole numbers as text, digit by digit. */
function quoteWideNumbers(bytes: Uint8Array, start: number, end: number): Buffer {
  const out: Buffer[] = []
  let from = start
  for (let at = start; at < end; ) {
    const byte = bytes[at] as number // within the range
    if (byte === quote) at = textEnd(bytes, at, end)
    else if (!isDigit(byte)) at += 1
    else {
      const begin = bytes[at - 1] === 0x2d ? at - 1 : at
      const digitsAt = at
      while (at < end && isDigit(bytes[at] as number)) at++ // as above
      if (at - digitsAt > exactDigits && isWhole(bytes, digitsAt, at) && bytes[digitsAt] !== 0x30) {
        out.push(asBuffer(bytes, from, begin), Buffer.from('"'), asBuffer(bytes, begin, at), Buffer.from('"'))
        from = at
      }
      while (at < end && isNumberPart(bytes[at] as number)) at++ // as above
    }
  }
  out.push(asBuffer(bytes, from, end))
  return Buffer.concat(out)
}

/** Whether the digits `[begin, end)` are a whole number by themselves: no fraction or exponent follows or precedes. */
function isWhole(bytes: Uint8Array, begin: number, end: number): boolean {
  const before = bytes[begin - 1]
  return before !== 0x2e && !isNumberPart(bytes[end] ?? 0)
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isNumberPart(byte: number): boolean {
  return isDigit(byte) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function asBuffer(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
}
