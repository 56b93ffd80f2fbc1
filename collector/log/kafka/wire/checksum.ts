// CRC-32C, which Kafka checks record batches with: in WebAssembly, for each byte that is read passes here.

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
  update(state: number, length: number): number
}

const module = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve('#checksum-kernel')))
const kernel = new WebAssembly.Instance(module).exports as Exports // what checksum.wasm.ts exports
const input = new Uint8Array(kernel.memory.buffer, inputAt, inputBytes)
kernel.open()

/** Unsigned, 32 bits. */
export function checksumOf(bytes: Uint8Array): number {
  let state = -1
  for (let from = 0; from < bytes.length; from += inputBytes) {
    const piece = bytes.length - from > inputBytes ? bytes.subarray(from, from + inputBytes) : bytes.subarray(from)
    input.set(piece)
    state = kernel.update(state, piece.length)
  }
  return ~state >>> 0
}
