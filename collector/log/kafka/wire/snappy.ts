// Snappy, in the blocks that Java producers write and in the single block of others.

import { createRequire } from 'node:module'
import { MalformedBytes } from './byte-reader.ts'
import { TooLarge } from './too-large.ts'

// The library declares nothing.
const { uncompress } = createRequire(import.meta.url)('snappyjs') as {
  /** @throws Error where the bytes are none of its kind, or say that they are longer than `maxLength`. */
  uncompress(bytes: Buffer, maxLength: number): Buffer
}

/** Before the blocks that Java producers write: a magic number and two versions. Others write one block without. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const xerialHeadBytes = 16

export function inflateSnappy(bytes: Buffer, maxBytes: number): Buffer {
  if (!bytes.subarray(0, xerialMagic.length).equals(xerialMagic)) return snappyBlock(bytes, maxBytes)
  const blocks: Buffer[] = []
  let left = maxBytes
  for (let at = xerialHeadBytes; at < bytes.length; ) {
    if (bytes.length - at < 4) throw new MalformedBytes('a snappy block has no length')
    const length = bytes.readUInt32BE(at)
    if (length > bytes.length - at - 4) throw new MalformedBytes('a snappy block is cut short')
    const block = snappyBlock(bytes.subarray(at + 4, at + 4 + length), left)
    left -= block.length
    blocks.push(block)
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

function snappyBlock(bytes: Buffer, maxBytes: number): Buffer {
  try {
    return uncompress(bytes, maxBytes)
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('too big')) throw new TooLarge(maxBytes)
    throw cause
  }
}
