// What producers compress batches with, inflated within a bound: a few bytes may ask for gigabytes.

import { gunzipSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import { inflateLz4 } from './lz4.ts'
import { inflateSnappy } from './snappy.ts'
import { TooLarge } from './too-large.ts'

type Codec = (bytes: Buffer, maxBytes: number) => Buffer

/** By the number in a batch's attributes. */
export const codecs: Readonly<Record<number, Codec>> = {
  1: inflateGzip,
  2: inflateSnappy,
  3: inflateLz4,
  4: inflateZstd,
}

function inflateGzip(bytes: Buffer, maxBytes: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    if (cause instanceof RangeError) throw new TooLarge(maxBytes)
    throw cause
  }
}

function inflateZstd(bytes: Buffer, maxBytes: number): Buffer {
  const chunks: Uint8Array[] = []
  let size = 0
  const stream = new Decompress((chunk) => {
    size += chunk.length
    if (size > maxBytes) throw new TooLarge(maxBytes)
    chunks.push(chunk.slice())
  })
  stream.push(bytes, true)
  return Buffer.concat(chunks)
}
