// One record as its readers see it: JSON and URL escapes undone, layer by layer, each character with where it came from.

import { firstLayer, type Layer, undo } from './escapes.ts'
import { atOnce, type Steps } from './steps.ts'

/** Layers of escaping that are undone, JSON and URL ones together. */
export const maxLayers = 4

/**
 * `text` holds one character for each decoded byte, between two line feeds that are not part of the record, so that
 * looking one character to the left or right is always allowed.
 */
export interface View {
  readonly text: string
  readonly bytes: Uint8Array
  /** True when the record is JSON: then a plain `"` always ends a string and no value reaches across it. */
  readonly json: boolean
  /** Offset of the record in its buffer. */
  readonly offset: number
  /** Where each character came from and how deep it was; undefined when the record has no escapes. */
  readonly layer: Layer | undefined
}

const lineFeed = 10
const backslash = 92
const percent = 37

/** Reads bytes `[start, end)` of `raw`. The view does not depend on later calls. */
export function viewOf(raw: Buffer, start: number, end: number): View {
  return atOnce(viewSteps(raw, start, end))
}

/** The same with pauses: a record full of escapes takes long to undo. */
export function* viewSteps(raw: Buffer, start: number, end: number): Steps<View> {
  const length = end - start
  const bytes = Buffer.allocUnsafe(length + 2)
  bytes[0] = lineFeed
  raw.copy(bytes, 1, start, end)
  bytes[length + 1] = lineFeed
  const isPlain = bytes.indexOf(backslash) === -1 && bytes.indexOf(percent) === -1
  const layer = isPlain ? undefined : yield* decoded(bytes, start)
  const shown = layer === undefined ? bytes : Buffer.from(layer.bytes.buffer, layer.bytes.byteOffset, layer.length)
  const text = shown.toString('latin1')
  return { text, bytes: shown, json: isJson(text), offset: start, layer }
}

/** Offset in the record's own buffer at which the character at `index` begins. */
export function rawStart(view: View, index: number): number {
  return view.layer === undefined ? view.offset + index - 1 : (view.layer.starts[index] ?? 0)
}

/** Layers of JSON escapes that were undone to get the character. */
export function jsonDepth(view: View, index: number): number {
  return view.layer === undefined ? 0 : (view.layer.depths[index] ?? 0) & 15
}

/** Layers of URL escapes that were undone to get the character. */
export function urlDepth(view: View, index: number): number {
  return view.layer === undefined ? 0 : (view.layer.depths[index] ?? 0) >> 4
}

function* decoded(bytes: Uint8Array, start: number): Steps<Layer | undefined> {
  let layer: Layer | undefined
  for (let depth = 0; depth < maxLayers; depth++) {
    const next = yield* undo(layer ?? firstLayer(bytes, start))
    if (next === undefined) break
    layer = next
  }
  return layer
}

function isJson(text: string): boolean {
  let index = 1
  while (text.charCodeAt(index) === 32) index++
  const first = text[index]
  return first === '{' || first === '[' || first === '"'
}
