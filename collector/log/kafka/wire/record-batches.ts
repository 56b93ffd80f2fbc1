// Reads record batches as brokers hand them out: checked, inflated within a bound, and without what transactions took back.

import { crc32c } from '../../checksum/crc-32c.ts'
import type { DamagedRange } from '../../log.ts'
import { BatchRecords } from './batch-records.ts'
import { ByteReader, MalformedBytes } from './byte-reader.ts'
import { codecs } from './codecs.ts'

/** Offsets that cannot be served, the last one included. */
export type Unreadable = Pick<DamagedRange, 'fromOffset' | 'toOffset' | 'reason' | 'detail'>

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

export interface ReadBatches {
  readonly batches: readonly BatchRecords[]
  readonly unreadable: readonly Unreadable[]
  /** One past the last offset of the batches, whether it holds a record or not. */
  readonly nextOffset: number
  /** A batch goes beyond the end that was given, and is among what is unreadable. */
  readonly isBeyondEnd: boolean
}

export interface ReadBatchesOptions {
  /** Offset that was asked for: the first batch may begin before it. */
  readonly fromOffset: number
  /** One past the last offset of the partition: no batch goes beyond it. */
  readonly endOffset: number
  readonly aborted: readonly AbortedTransaction[]
  /** What a compressed batch may inflate to. Unit: bytes. */
  readonly maxInflatedBytes: number
}

/** Bytes of a batch before its length ends: base offset and length. */
const lengthEnd = 12
const magicAt = 16
/** Where what the checksum covers begins. */
const checkedAt = 21
const currentMagic = 2
const codecMask = 0x07
const logAppendTimeFlag = 0x08
const transactionalFlag = 0x10
const controlFlag = 0x20

interface Head {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly checksum: number
  readonly attributes: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: number
  readonly count: number
}

/** `bytes`: batches one after the other; the last may be cut short and is then left for the next fetch. */
export function readBatches(bytes: Buffer, options: ReadBatchesOptions): ReadBatches {
  const batches: BatchRecords[] = []
  const unreadable: Unreadable[] = []
  const takenBack = new TakenBack(options.aborted)
  let nextOffset = options.fromOffset
  let isBeyondEnd = false
  for (let at = 0; bytes.length - at > magicAt; ) {
    const end = at + lengthEnd + bytes.readInt32BE(at + 8)
    if (end > bytes.length || end <= at + magicAt) break
    const reading = readBatch(bytes.subarray(at, end), nextOffset, takenBack, options)
    at = end
    isBeyondEnd ||= reading.isBeyondEnd ?? false
    if (reading.lastOffset < nextOffset) continue
    if (reading.records !== undefined) batches.push(reading.records)
    if (reading.damage !== undefined)
      unreadable.push({ fromOffset: nextOffset, toOffset: reading.lastOffset, ...reading.damage })
    nextOffset = reading.lastOffset + 1
  }
  return { batches, unreadable, nextOffset, isBeyondEnd }
}

interface BatchReading {
  readonly lastOffset: number
  readonly records?: BatchRecords
  readonly damage?: Pick<Unreadable, 'reason' | 'detail'>
  readonly isBeyondEnd?: boolean
}

function readBatch(
  bytes: Buffer,
  nextOffset: number,
  takenBack: TakenBack,
  { endOffset, maxInflatedBytes }: ReadBatchesOptions,
): BatchReading {
  // Of a head that cannot be believed not even the offsets are known: what follows is asked for one by one.
  let lastOffset = nextOffset
  try {
    if (bytes[magicAt] !== currentMagic) throw new MalformedBytes(`message format ${bytes[magicAt]} is not read`)
    const reader = new ByteReader(bytes)
    const head = readHead(reader)
    const found = crc32c(bytes.subarray(checkedAt))
    if (found !== head.checksum) {
      const detail = `checksum ${found} where ${head.checksum} was stored`
      return { lastOffset, damage: { reason: 'checksum-mismatch', detail } }
    }
    // The checksum does not cover the offset.
    if (head.lastOffset >= endOffset) {
      const detail = 'a batch says that it goes beyond the end of the partition'
      return { lastOffset, damage: { reason: 'unreadable-header', detail }, isBeyondEnd: true }
    }
    lastOffset = head.lastOffset
    if ((head.attributes & controlFlag) !== 0) takenBack.endOf(head)
    else if (!takenBack.isTakenBack(head)) {
      const inflated = inflate(bytes.subarray(reader.at), head.attributes & codecMask, maxInflatedBytes)
      return { lastOffset, records: recordsOf(inflated, head, nextOffset) }
    }
    return { lastOffset }
  } catch (cause) {
    const detail = `the batch cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
    return { lastOffset, damage: { reason: 'unreadable-header', detail } }
  }
}

function readHead(reader: ByteReader): Head {
  const baseOffset = reader.int64()
  reader.pass(4 + 4 + 1)
  const checksum = reader.uint32()
  const attributes = reader.int16()
  const lastOffset = baseOffset + Math.max(0, reader.int32())
  const baseTimestamp = reader.int64()
  const maxTimestamp = reader.int64()
  const producerId = reader.int64()
  reader.pass(2 + 4)
  const count = reader.int32()
  return { baseOffset, lastOffset, checksum, attributes, baseTimestamp, maxTimestamp, producerId, count }
}

function inflate(bytes: Buffer, codec: number, maxBytes: number): Buffer {
  if (codec === 0) return bytes
  const found = codecs[codec]
  if (found === undefined) throw new MalformedBytes(`compression codec ${codec} is unknown`)
  return found(bytes, maxBytes)
}

function recordsOf(bytes: Buffer, head: Head, notBefore: number): BatchRecords {
  const appendedAt = (head.attributes & logAppendTimeFlag) === 0 ? undefined : head.maxTimestamp
  const base = { offset: head.baseOffset, lastOffset: head.lastOffset, timestamp: head.baseTimestamp, appendedAt }
  return new BatchRecords(bytes, base, head.count, notBefore)
}

/** Which transactions were aborted, as far as the batches have been read. */
class TakenBack {
  private readonly waiting: AbortedTransaction[]
  private readonly under = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.waiting = [...aborted].sort((one, other) => one.firstOffset - other.firstOffset)
  }

  isTakenBack({ attributes, producerId, lastOffset }: Head): boolean {
    for (let next = this.waiting[0]; next !== undefined && next.firstOffset <= lastOffset; next = this.waiting[0]) {
      this.under.add(next.producerId)
      this.waiting.shift()
    }
    return (attributes & transactionalFlag) !== 0 && this.under.has(producerId)
  }

  /** The end of a producer's transaction, one way or the other. */
  endOf({ producerId }: Head): void {
    this.under.delete(producerId)
  }
}
