// Frames a `Native` result for the revision of the protocol that a client asks for; the engine writes revision 0.

import { openByteReader, type ReadAt } from './byte-reader.ts'
import { refusal } from './exception.ts'
import { walkNative } from './native-walk.ts'

export interface FramedResult {
  readonly bytes: number
  readonly chunks: () => AsyncIterable<Uint8Array>
}

/** From this one on `LowCardinality` columns and time zones are sent as they are. */
const oldestRevision = 54_405
/** From this one on a byte ahead of each column's values says whether they lie in an uncommon way. */
const flagRevision = 54_454

// Field 1, overflow rows: no; field 2, bucket: none (-1); no further fields. Readers take fields in any number.
const blockInformation = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])
const commonWay = Buffer.from([0])

const chunkBytes = 256 * 1024

/** @throws ClickHouseException 48 for a client older than what can be framed */
export function checkRevision(revision: number): void {
  if (revision > 0 && revision < oldestRevision) {
    throw refusal(
      'NOT_IMPLEMENTED',
      `Native for "client_protocol_version" ${revision} is not available in the embedded store: ask for 0, or ${oldestRevision} or newer`,
    )
  }
}

/**
 * Reads the result once to know its size, and again as it is sent: it may be larger than memory should be.
 * @param revision above 0, checked
 * @throws ClickHouseException 48 for a type that cannot be framed
 */
export async function frameNative(readAt: ReadAt, size: number, revision: number): Promise<FramedResult> {
  let bytes = size
  for await (const { kind } of walkNative(openByteReader(readAt, size))) bytes += insertion(kind, revision).length
  return { bytes, chunks: () => gathered(framed(readAt, size, revision)) }
}

async function* framed(readAt: ReadAt, size: number, revision: number): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const { kind, at } of walkNative(openByteReader(readAt, size))) {
    yield* piece(readAt, sent, at)
    yield insertion(kind, revision)
    sent = at
  }
  yield* piece(readAt, sent, size)
}

function insertion(kind: 'block' | 'values', revision: number): Buffer {
  if (kind === 'block') return blockInformation
  return revision < flagRevision ? Buffer.alloc(0) : commonWay
}

async function* piece(readAt: ReadAt, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const chunk = await readAt(at, Math.min(to - at, chunkBytes))
    if (chunk.length === 0) throw refusal('LOGICAL_ERROR', 'the result of the engine became shorter while it was sent')
    yield chunk
    at += chunk.length
  }
}

/** A block of a few rows is a few bytes; they are sent together. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const bytes of pieces) {
    held.push(bytes)
    heldBytes += bytes.length
    if (heldBytes < chunkBytes) continue
    yield Buffer.concat(held)
    held = []
    heldBytes = 0
  }
  yield Buffer.concat(held)
}
