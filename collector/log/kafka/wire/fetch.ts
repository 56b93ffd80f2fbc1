// The Fetch request, version 11, and its answer, whose record batches stay as they are.

import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { AbortedTransaction } from './record-batches.ts'
import type { WireRequest } from './wire-request.ts'

export interface FetchFrom {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly maxBytes: number
}

export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  /** Kafka's error code; 0: none. */
  readonly error: number
  /** One past the newest offset that all in-sync replicas hold. */
  readonly highWatermark: number
  readonly logStart: number
  readonly aborted: readonly AbortedTransaction[]
  readonly batches: Buffer
}

export interface FetchOptions {
  /** How long the broker may wait for something to give. Unit: ms. */
  readonly maxWaitMs: number
  readonly maxBytes: number
}

/** Error code: what was asked for lies before the first offset held, or beyond the last. */
export const offsetOutOfRange = 1

const nothing = Buffer.alloc(0)
/** Records of transactions come when these are committed. */
const readCommitted = 1
/** No fetch session: each request says all that it wants. */
const noSession = { id: 0, epoch: -1 } as const

export function fetchRequest(
  wanted: readonly FetchFrom[],
  { maxWaitMs, maxBytes }: FetchOptions,
): WireRequest<readonly FetchedPartition[]> {
  const body = new ByteWriter()
  body.int32(-1).int32(maxWaitMs).int32(1).int32(maxBytes).int8(readCommitted)
  body.int32(noSession.id).int32(noSession.epoch)
  body.int32(wanted.length)
  for (const { topic, partition, offset, maxBytes: most } of wanted) {
    body.text(topic).int32(1)
    body.int32(partition).int32(-1).int64(offset).int64(-1).int32(most)
  }
  body.int32(0).text('')
  return { api: { key: 1, version: 11, name: 'Fetch' }, body: body.bytes(), read: readAnswer }
}

function readAnswer(bytes: Buffer): readonly FetchedPartition[] {
  const reader = new ByteReader(bytes)
  reader.pass(4)
  const error = reader.int16()
  reader.pass(4)
  const partitions: FetchedPartition[] = []
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.text() ?? ''
    for (let left = reader.int32(); left > 0; left--) partitions.push(readPartition(reader, topic, error))
  }
  return partitions
}

function readPartition(reader: ByteReader, topic: string, outerError: number): FetchedPartition {
  const partition = reader.int32()
  const error = reader.int16() || outerError
  const highWatermark = reader.int64()
  reader.pass(8)
  const logStart = reader.int64()
  const aborted: AbortedTransaction[] = []
  for (let left = reader.int32(); left > 0; left--)
    aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() })
  reader.pass(4)
  const batches = reader.taken(reader.int32()) ?? nothing
  return { topic, partition, error, highWatermark, logStart, aborted, batches }
}
