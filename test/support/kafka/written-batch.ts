// Writes a record batch byte by byte, with a checksum that is right whatever else is wrong.

import { crc32c } from '../../../collector/log/checksum/crc-32c.ts'

export interface WrittenRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [string, Buffer | null])[]
  /** From the base offset on; its place in the batch where it is left out. */
  readonly offsetDelta?: number
}

export interface WrittenBatch {
  readonly baseOffset: number
  readonly records: readonly WrittenRecord[]
  /** As if there were as many records as have been before compaction. */
  readonly lastOffsetDelta?: number
  /** Codec, type of time, transaction. */
  readonly attributes?: number
  readonly maxTimestamp?: number
  readonly producerId?: number
  /** What becomes of the records' bytes. */
  readonly compress?: (body: Buffer) => Buffer
}

const firstTimestamp = 1_000

export function bytesOfBatch(batch: WrittenBatch): Buffer {
  const { baseOffset, records, attributes = 0, maxTimestamp = firstTimestamp, producerId = -1 } = batch
  const compress = batch.compress ?? ((body: Buffer) => body)
  const body = compress(Buffer.concat(records.map(bytesOfRecord)))
  const checked = Buffer.alloc(40)
  checked.writeInt16BE(attributes, 0)
  checked.writeInt32BE(batch.lastOffsetDelta ?? records.length - 1, 2)
  checked.writeBigInt64BE(BigInt(firstTimestamp), 6)
  checked.writeBigInt64BE(BigInt(maxTimestamp), 14)
  checked.writeBigInt64BE(BigInt(producerId), 22)
  checked.writeInt32BE(records.length, 36)
  const rest = Buffer.concat([checked, body])
  const head = Buffer.alloc(21)
  head.writeBigInt64BE(BigInt(baseOffset), 0)
  head.writeInt32BE(9 + rest.length, 8)
  head.writeInt8(2, 16)
  head.writeUInt32BE(crc32c(rest), 17)
  return Buffer.concat([head, rest])
}

function bytesOfRecord({ key, value, headers, offsetDelta }: WrittenRecord, index: number): Buffer {
  const body = Buffer.concat([
    Buffer.of(0),
    varint(index),
    varint(offsetDelta ?? index),
    ...withLength(key),
    ...withLength(value),
    varint(headers.length),
    ...headers.flatMap(([name, bytes]) => [...withLength(Buffer.from(name)), ...withLength(bytes)]),
  ])
  return Buffer.concat([varint(body.length), body])
}

function withLength(bytes: Buffer | null): readonly Buffer[] {
  return bytes === null ? [varint(-1)] : [varint(bytes.length), bytes]
}

/** Zigzag. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.of(...bytes, rest)
}
