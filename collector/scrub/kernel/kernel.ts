// The anchor kernel: a WebAssembly module with a memory of its own, whose tables say what the anchors are.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Anchor } from '../anchors.ts'
import { anchorsAt, inputAt, inputBytes, looksAt, marksAt, marksBytes, maxWords, windowBytes } from './layout.ts'
import { marksOf } from './marks.ts'

// Node's own, which its types leave to the browser's.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  open(words: number): void
  next(at: number, to: number): number
  looks(): number
}

const path = createRequire(import.meta.url).resolve('#anchor-kernel')
let compiled: object | undefined

export class AnchorKernel {
  private readonly exports: Exports
  private readonly input: Uint8Array

  constructor(anchors: readonly Anchor[]) {
    const words = Math.ceil(anchors.length / 64)
    if (words > maxWords) throw new RangeError(`${anchors.length} anchors are more than ${maxWords * 64}`)
    compiled ??= new WebAssembly.Module(readFileSync(path))
    this.exports = new WebAssembly.Instance(compiled).exports as Exports // what anchors.wasm.ts exports
    const { buffer } = this.exports.memory
    this.input = new Uint8Array(buffer, inputAt, inputBytes)
    writeAnchors(buffer, anchors, words)
    new Uint8Array(buffer, marksAt, marksBytes).set(marksOf(anchors))
    this.exports.open(words)
  }

  /** Takes bytes to search, at most `inputBytes` of them. */
  load(bytes: Uint8Array): void {
    this.input.set(bytes)
  }

  /** Start of the first window in `[from, to)` of the bytes that an anchor matches, or −1. */
  next(from: number, to: number): number {
    const at = this.exports.next(inputAt + from, inputAt + to)
    return at < 0 ? -1 : at - inputAt
  }

  /** What to look for at the place that `next` last returned: the bits of all anchors that match there. */
  looks(): number {
    return this.exports.looks()
  }
}

function writeAnchors(buffer: ArrayBuffer, anchors: readonly Anchor[], words: number): void {
  const looks = new Uint8Array(buffer, looksAt, words * 64)
  const bits = new Uint32Array(buffer, anchorsAt, windowBytes * 256 * words * 2)
  for (const [number, anchor] of anchors.entries()) {
    looks[number] = anchor.looks
    for (const [place, set] of anchor.window.entries())
      for (let byte = 0; byte < 256; byte++) {
        const word = (place * 256 + byte) * words * 2 + (number >> 5)
        if (set[byte] === 1) bits[word] = (bits[word] ?? 0) | (1 << (number & 31))
      }
  }
}
