// The kernel that adds up checksums, in WebAssembly: each byte that is read from Kafka or appended here passes it.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inputAt, inputBytes } from './kernel/layout.ts'

// Node's own, which its types leave to the browser's.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  open(): void
  crc32c(state: number, length: number): number
  crc32(state: number, length: number): number
}

const module = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve('#checksum-kernel')))
const kernel = new WebAssembly.Instance(module).exports as Exports // what checksum.wasm.ts exports
const input = new Uint8Array(kernel.memory.buffer, inputAt, inputBytes)
kernel.open()

/** @param before checksum of the bytes that came before, 0 of none. Unsigned, 32 bits. */
export function checksumBy(algorithm: 'crc32' | 'crc32c', bytes: Uint8Array, before: number): number {
  let state = ~before
  for (let from = 0; from < bytes.length; from += inputBytes) {
    const piece = bytes.length - from > inputBytes ? bytes.subarray(from, from + inputBytes) : bytes.subarray(from)
    input.set(piece)
    state = kernel[algorithm](state, piece.length)
  }
  return ~state >>> 0
}
