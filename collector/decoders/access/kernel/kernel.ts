// The scan kernel: a WebAssembly module with a memory of its own, shared with the tables and entries that live in it.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inputAt, inputBytes, shapeKinds, shapeOfFieldAt, shapesAt } from './layout.ts'

// Node's own, which its types leave to the browser's.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  scan(base: number, at: number, end: number): number
  slotOf(at: number, length: number): number
  rememberShape(kind: number): number
  forgetShapes(kind: number): void
}

const path = createRequire(import.meta.url).resolve('#scan-kernel')
let compiled: object | undefined

/** Fields that come in the same few combinations: what words the request got, and between whom it was. */
export type ShapeKind = 0 | 1

export class ScanKernel {
  private readonly exports: Exports
  private readonly input: Uint8Array
  private readonly said: Int32Array
  /** What stands in the input as a whole. */
  private loaded: Uint8Array | undefined

  /** `shapeOfField`: the shape that each field belongs to, `ownField` for none. */
  constructor(shapeOfField: Uint8Array) {
    compiled ??= new WebAssembly.Module(readFileSync(path))
    this.exports = new WebAssembly.Instance(compiled).exports as Exports // what scan.wasm.ts exports
    this.input = this.bytes(inputAt, inputBytes)
    this.said = this.words(0, (shapesAt >> 2) + shapeKinds * 2)
    this.bytes(shapeOfFieldAt, shapeOfField.length).set(shapeOfField)
    for (let kind = 0; kind < shapeKinds; kind++) this.exports.forgetShapes(kind)
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, at, length)
  }

  words(at: number, length: number): Int32Array {
    return new Int32Array(this.exports.memory.buffer, at, length)
  }

  /** Takes bytes whose records are then scanned; they must not change until other bytes are taken. */
  load(bytes: Uint8Array): void {
    const fits = bytes.length <= inputBytes
    this.loaded = fits ? bytes : undefined
    if (fits) this.input.set(bytes)
  }

  /** As `scan` of the module says of the record `[start, end)` of `bytes`. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes === this.loaded) return this.exports.scan(inputAt, inputAt + start, inputAt + end) !== 0
    if (end - start >= inputBytes) return false
    this.loaded = undefined
    this.input.set(bytes.subarray(start, end + 1))
    return this.exports.scan(inputAt - start, inputAt, inputAt + end - start) !== 0
  }

  /** One of the words that a scan says, by its place in the layout. */
  word(at: number): number {
    return this.said[at >> 2] as number // the layout's own place
  }

  /** Where a key that stands in the memory is looked for first. */
  slotOf(at: number, length: number): number {
    return this.exports.slotOf(at, length)
  }

  /** Number of the record's shape, −1 where it is not remembered. */
  shape(kind: ShapeKind): number {
    return this.word(shapesAt + kind * 8)
  }

  /** 32 bits of the hash of the record's shape. */
  shapeHash(kind: ShapeKind): number {
    return this.word(shapesAt + kind * 8 + 4)
  }

  /** Remembers the shape of the record scanned last; its number, −1 where there is no room. */
  rememberShape(kind: ShapeKind): number {
    return this.exports.rememberShape(kind)
  }

  forgetShapes(kind: ShapeKind): void {
    this.exports.forgetShapes(kind)
  }
}
