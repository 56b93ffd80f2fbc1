// Reads the records of a compacted topic out of the state file, in order of offset.

import type { LogRecord } from '../log.ts'
import type { LmdbFile } from './lmdb-file.ts'
import type { ReadCollector } from './read-collector.ts'
import { decodeRecord, type Place, peekHead, type RecordReading } from './record-codec.ts'
import { endOf, parseKey, recordKey, type TopicKey } from './state-keys.ts'

/** Adds what stands from the collector's position on below `nextOffset`, until the collector is full. */
export function collectRecords(
  file: LmdbFile<Buffer>,
  topic: TopicKey,
  place: Place,
  nextOffset: number,
  collected: ReadCollector,
): void {
  let pending: { readonly offset: number; readonly head: Buffer } | undefined
  const take = (offset: number, reading: RecordReading) => {
    collected.skipTo(offset)
    if ('record' in reading) collected.add(reading.record)
    else collected.addDamage(reading.damage, offset)
  }
  const giveUp = () => {
    if (pending !== undefined) take(pending.offset, lost('missing', pending.offset, 'has lost its value'))
    pending = undefined
  }
  const range = file.getRange({ start: recordKey(topic, collected.position, 0), end: endOf('R', topic) })
  for (const { key, value } of range) {
    const parsed = parseKey(whole(key))
    if (parsed?.kind !== 'R' || parsed.offset >= nextOffset) break
    if (pending !== undefined && pending.offset !== parsed.offset) giveUp()
    if (collected.isFull) return
    const bytes = whole(value)
    if (parsed.part === 0) {
      pending = { offset: parsed.offset, head: bytes }
    } else if (pending === undefined) {
      take(parsed.offset, lost('unreadable-header', parsed.offset, 'has lost its header'))
    } else {
      take(
        parsed.offset,
        decodeRecord(place, parsed.offset, pending.head, bytes, () => bytes),
      )
      pending = undefined
      if (collected.isFull) return
    }
  }
  giveUp()
  if (!collected.isFull) collected.skipTo(nextOffset)
}

/** The offset of the first record held, or undefined. */
export function firstRecord(file: LmdbFile<Buffer>, topic: TopicKey): number | undefined {
  for (const key of file.getKeys({ start: recordKey(topic, 0, 0), end: endOf('R', topic), limit: 1 })) {
    const parsed = parseKey(whole(key))
    return parsed?.kind === 'R' ? parsed.offset : undefined
  }
  return undefined
}

/** Every intact record without its value: for the rare cases in which an index entry is damaged. */
export function* heads(file: LmdbFile<Buffer>, topic: TopicKey, place: Place): Iterable<Omit<LogRecord, 'value'>> {
  let head: Buffer | undefined
  for (const { key, value } of file.getRange({ start: recordKey(topic, 0, 0), end: endOf('R', topic) })) {
    const parsed = parseKey(whole(key))
    if (parsed?.kind !== 'R') continue
    if (parsed.part === 0) {
      head = whole(value)
      continue
    }
    const bytes = whole(value)
    const incarnation = (head === undefined ? undefined : peekHead(head)?.incarnation) ?? place.incarnation
    const reading =
      head === undefined ? undefined : decodeRecord({ ...place, incarnation }, parsed.offset, head, bytes, () => bytes)
    if (reading !== undefined && 'record' in reading) yield reading.record
    head = undefined
  }
}

/** lmdb's copies are honest, but typed and sometimes made as plain byte arrays. */
export function whole(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function lost(reason: 'missing' | 'unreadable-header', offset: number, what: string): RecordReading {
  return { damage: { reason, detail: `offset ${offset} of the compacted topic ${what}` } }
}
