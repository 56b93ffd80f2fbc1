// Reads numbers out of a large result piece by piece, and passes over what is of no interest without reading it.

import { refusal } from './exception.ts'

/** Reads up to so many bytes from a position on; none at the end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>

/** @throws ClickHouseException 49, each of them, where the bytes end before what is read */
export interface ByteReader {
  readonly position: () => number
  readonly ended: () => Promise<boolean>
  readonly take: (bytes: number) => Promise<Buffer>
  readonly skip: (bytes: number) => Promise<void>
  /** LEB128, up to what a number holds. */
  readonly varint: () => Promise<number>
  readonly uint64: () => Promise<number>
  /** Passes over strings, each behind its length. */
  readonly skipStrings: (count: number) => Promise<void>
  /** Looks at so many bytes, one at a time. */
  readonly each: (count: number, look: (byte: number) => void) => Promise<void>
}

const windowBytes = 256 * 1024
const longestVarint = 8

/** @param size of the whole; what lies behind it is not there */
export function openByteReader(readAt: ReadAt, size: number): ByteReader {
  let window: Buffer = Buffer.alloc(0)
  let windowAt = 0
  let at = 0

  /** Bytes that can be looked at without reading. */
  const held = (): number => Math.max(windowAt + window.length - at, 0)

  const fill = async (bytes: number): Promise<void> => {
    if (held() >= bytes) return
    windowAt = at
    window = await readAt(at, Math.max(bytes, windowBytes))
  }

  const take = async (bytes: number): Promise<Buffer> => {
    await fill(bytes)
    if (held() < bytes) throw cut()
    const from = at - windowAt
    at += bytes
    return window.subarray(from, from + bytes)
  }

  const pass = (bytes: number): void => {
    // Not a number of bytes, or more than there are: what was read as a length was none.
    if (!(bytes >= 0 && bytes <= size - at)) throw cut()
    at += bytes
  }

  /** Only with its bytes held; leaves `at` behind it. */
  const heldVarint = (): number => {
    let value = 0
    for (let shift = 1; shift <= 2 ** 49; shift *= 128) {
      const byte = window[at - windowAt]
      if (byte === undefined) throw cut()
      at++
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
    throw cut()
  }

  return {
    position: () => at,
    ended: async () => at >= size,
    take,
    skip: async (bytes) => pass(bytes),
    varint: async () => {
      await fill(longestVarint)
      return heldVarint()
    },
    uint64: async () => Number((await take(8)).readBigUInt64LE()),
    skipStrings: async (count) => {
      for (let left = count; left > 0; left--) {
        if (held() < longestVarint) await fill(longestVarint)
        pass(heldVarint())
      }
    },
    each: async (count, look) => {
      for (let left = count; left > 0; ) {
        await fill(1)
        if (held() === 0) throw cut()
        const bytes = await take(Math.min(left, held()))
        for (const byte of bytes) look(byte)
        left -= bytes.length
      }
    },
  }
}

function cut(): Error {
  return refusal('LOGICAL_ERROR', 'the result of the engine ends in the middle of a block')
}
