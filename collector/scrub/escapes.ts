// Undoes one layer of JSON and URL escapes, and keeps for each byte where it came from and how deep it was.

import { hexValue } from './characters.ts'
import type { Steps } from './steps.ts'

/** Read between two pauses. */
const pauseBytes = 64 * 1024
const backslash = 92
const percent = 37
const quote = 34
const apostrophe = 39
const letters: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 }

/** One layer's text: bytes, where each began in the record's buffer, and its depths (JSON low, URL high nibble). */
export interface Layer {
  bytes: Uint8Array
  starts: Int32Array
  depths: Uint8Array
  length: number
}

export function firstLayer(bytes: Uint8Array, start: number): Layer {
  const starts = new Int32Array(bytes.length)
  for (let index = 0; index < starts.length; index++) starts[index] = start + index - 1
  return { bytes, starts, depths: new Uint8Array(bytes.length), length: bytes.length }
}

/** Undoes one layer, or says that there was none. */
export function* undo(from: Layer): Steps<Layer | undefined> {
  const { bytes, starts, depths, length } = from
  let index = 0
  while (index < length && escapeSize(from, index) === 0) index++
  if (index === length) return undefined
  const to: Layer = {
    bytes: new Uint8Array(length),
    starts: new Int32Array(length),
    depths: new Uint8Array(length),
    length: index,
  }
  to.bytes.set(bytes.subarray(0, index))
  to.starts.set(starts.subarray(0, index))
  to.depths.set(depths.subarray(0, index))
  while (index < length) {
    index = undoSome(from, to, index, Math.min(length, index + pauseBytes))
    yield
  }
  return to
}

/** From `index` to `end`, or past it where an escape lies across; gives where to go on. */
function undoSome(from: Layer, to: Layer, first: number, end: number): number {
  const { bytes, starts, depths } = from
  let index = first
  while (index < end) {
    const size = escapeSize(from, index)
    if (size === 0) {
      to.bytes[to.length] = bytes[index] ?? 0
      to.starts[to.length] = starts[index] ?? 0
      to.depths[to.length++] = depths[index] ?? 0
      index++
    } else {
      put(to, point, starts[index] ?? 0, deepest(from, index, size))
      index += size
    }
  }
  return index
}

function escapeSize(from: Layer, index: number): number {
  const code = from.bytes[index]
  return code === backslash ? jsonEscape(from, index) : code === percent ? urlEscape(from, index) : 0
}

/** What the escape just measured stands for: a code point, or a single byte. */
const point = { code: 0, isByte: false }

/** Length of the JSON (or `\x..`) escape at `index`, 0 when there is none. */
function jsonEscape(from: Layer, index: number): number {
  const { bytes } = from
  const next = bytes[index + 1]
  point.isByte = false
  if (next === quote || next === apostrophe) {
    // A quote less deep than its backslash closes the string that the backslash is the end of.
    if (totalDepth(from, index + 1) < totalDepth(from, index)) return 0
    point.code = next
    return 2
  }
  if (next === backslash || next === 47) {
    point.code = next
    return 2
  }
  if (next === 117) return unicodeEscape(bytes, index)
  if (next === 120) return hexByte(bytes, index + 2) ? 4 : 0
  const control = next === undefined ? undefined : letters[next]
  if (control === undefined) return 0
  point.code = control
  return 2
}

function urlEscape(from: Layer, index: number): number {
  return hexByte(from.bytes, index + 1) ? 3 : 0
}

function hexByte(bytes: Uint8Array, at: number): boolean {
  const high = hexValue(bytes[at])
  const low = hexValue(bytes[at + 1])
  if (high < 0 || low < 0) return false
  point.code = high * 16 + low
  point.isByte = true
  return true
}

function unicodeEscape(bytes: Uint8Array, index: number): number {
  const first = fourHex(bytes, index + 2)
  if (first < 0) return 0
  point.code = first
  if (first < 0xd800 || first > 0xdfff) return 6
  const second =
    first < 0xdc00 && bytes[index + 6] === backslash && bytes[index + 7] === 117 ? fourHex(bytes, index + 8) : -1
  if (second < 0xdc00 || second > 0xdfff) {
    point.code = 0xfffd
    return 6
  }
  point.code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
  return 12
}

function fourHex(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let index = at; index < at + 4; index++) {
    const part = hexValue(bytes[index])
    if (part < 0) return -1
    value = value * 16 + part
  }
  return value
}

function totalDepth(layer: Layer, index: number): number {
  const depths = layer.depths[index] ?? 0
  return (depths & 15) + (depths >> 4)
}

/** Depths of the escape's parts, the greatest of each kind, and one more layer. */
function deepest(layer: Layer, index: number, size: number): number {
  const added = layer.bytes[index] === backslash ? 1 : 16
  let json = 0
  let url = 0
  for (let part = index; part < index + size; part++) {
    const depths = layer.depths[part] ?? 0
    json = Math.max(json, depths & 15)
    url = Math.max(url, depths >> 4)
  }
  return json + (url << 4) + added
}

/** Writes a code point as UTF-8; every byte of it begins where the escape began. */
function put(to: Layer, what: { code: number; isByte: boolean }, start: number, depths: number): void {
  const { code } = what
  if (what.isByte || code < 0x80) {
    putByte(to, code, start, depths)
    return
  }
  if (code < 0x800) putByte(to, 0xc0 | (code >> 6), start, depths)
  else if (code < 0x10000) putByte(to, 0xe0 | (code >> 12), start, depths)
  else putByte(to, 0xf0 | (code >> 18), start, depths)
  if (code >= 0x10000) putByte(to, 0x80 | ((code >> 12) & 63), start, depths)
  if (code >= 0x800) putByte(to, 0x80 | ((code >> 6) & 63), start, depths)
  putByte(to, 0x80 | (code & 63), start, depths)
}

function putByte(to: Layer, byte: number, start: number, depths: number): void {
  to.bytes[to.length] = byte
  to.starts[to.length] = start
  to.depths[to.length++] = depths
}
