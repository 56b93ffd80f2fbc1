// One partition of a topic that keeps the newest record of each key, inside the state file.

import type { TopicName } from '../../../schemas/topics.ts'
import type {
  DamagedRange,
  LogRecord,
  LogRecordReceipt,
  NewRecord,
  ReadOptions,
  ReadResult,
  TopicBounds,
} from '../log.ts'
import { collectRecords, firstRecord, heads, whole } from './compacted-reading.ts'
import { borrow } from './lmdb-file.ts'
import { ReadCollector } from './read-collector.ts'
import { encodeHead, type Place, peekHead } from './record-codec.ts'
import { mostRecordsPerSegment } from './segment-entries.ts'
import type { StateChange, StateFile } from './state-file.ts'
import {
  newestKey,
  parseKey,
  recordKey,
  sealValue,
  type TopicKey,
  tombstoneKey,
  topicKey,
  unsealOffset,
  unsealValue,
} from './state-keys.ts'
import { type Append, appendTime, type TopicSettings } from './topic-settings.ts'
import { parseStanding, type Standing } from './topic-standing.ts'

/** What a group does to the topic, worked out before anything is written. */
export interface CompactedGroup {
  readonly changes: readonly StateChange[]
  /** Makes the group visible; call once the change is durable. */
  readonly publish: () => void
}

interface Newest {
  readonly offset: number
  readonly appendedAt: number
  readonly record: NewRecord
}

const noBytes = new Uint8Array(0)
const sliceBytes = 4 * 1024 * 1024
const mostTombstonesAtOnce = 1000

export class CompactedTopic {
  readonly #state: StateFile
  readonly #settings: TopicSettings
  readonly #topic: TopicKey
  readonly #place: Place
  #standing: Standing

  constructor(topic: TopicName, partition: number, state: StateFile, settings: TopicSettings) {
    this.#state = state
    this.#settings = settings
    this.#topic = `${topic}/${partition}`
    const unknown: Place = { topic, partition, incarnation: '' }
    this.#standing = this.#storedStanding() ??
      this.#recoverStanding(unknown) ?? { incarnation: settings.newIncarnation(), ...emptyStanding }
    this.#place = { topic, partition, incarnation: this.#standing.incarnation }
  }

  /** Takes up what is durable, after a commit whose outcome is in doubt. */
  reload(): void {
    this.#standing = this.#storedStanding() ?? this.#standing
  }

  /** Stores the topic's incarnation before its first record; nothing when it is stored. */
  keepStanding(): readonly StateChange[] {
    return this.#storedStanding() === undefined ? [this.#put(this.#standing)] : []
  }

  /** Gives offsets and times to a group. Of several records with one key only the last is written. */
  place(group: readonly Append[]): CompactedGroup {
    const newest = new Map<string, Newest>()
    const receipts: LogRecordReceipt[][] = []
    let { nextOffset, newestAt, bytes } = this.#standing
    for (const append of group) {
      const ofAppend: LogRecordReceipt[] = []
      for (const record of append.records) {
        if (record.key === undefined)
          throw new TypeError(`a record for the compacted topic "${this.#topic}" has no key`)
        newestAt = appendTime(newestAt, record.appendAt, this.#settings.now)
        ofAppend.push({ coordinate: { ...this.#place, offset: nextOffset }, appendedAt: newestAt })
        newest.set(record.key, { offset: nextOffset, appendedAt: newestAt, record })
        nextOffset += 1
      }
      receipts.push(ofAppend)
    }
    const changes: StateChange[] = []
    for (const [key, record] of newest) bytes += this.#replace(key, record, changes)
    const standing: Standing = { incarnation: this.#place.incarnation, nextOffset, newestAt, bytes: Math.max(0, bytes) }
    return {
      changes: [...changes, this.#put(standing)],
      publish: () => {
        this.#standing = standing
        for (const [index, append] of group.entries()) append.receipts = receipts[index] ?? []
      },
    }
  }

  read(offset: number, options: ReadOptions): ReadResult {
    const collected = new ReadCollector(this.#place, offset, options)
    collectRecords(this.#state.file, this.#topic, this.#place, this.#standing.nextOffset, collected)
    return collected.result()
  }

  *readCompacted(onDamaged: (damaged: DamagedRange) => void): Iterable<LogRecord> {
    let offset = 0
    while (offset < this.#standing.nextOffset) {
      const slice = this.read(offset, { maxBytes: sliceBytes })
      for (const record of slice.records) if (record.value !== null) yield record
      for (const damaged of slice.damaged) onDamaged(damaged)
      offset = slice.nextOffset
    }
  }

  bounds(): TopicBounds {
    const { incarnation, nextOffset, bytes } = this.#standing
    return { incarnation, firstOffset: firstRecord(this.#state.file, this.#topic) ?? nextOffset, nextOffset, bytes }
  }

  /** Forgets some of the keys deleted before `at`; returns the change and how many, 0 when there are no more. */
  forgetTombstones(at: number): { readonly count: number; readonly group: CompactedGroup } {
    const changes: StateChange[] = []
    let { bytes } = this.#standing
    let count = 0
    const range = {
      start: tombstoneKey(this.#topic, 0, 0),
      end: tombstoneKey(this.#topic, Math.max(0, at), 0),
      limit: mostTombstonesAtOnce,
    }
    for (const found of [...this.#state.file.getKeys(range)]) {
      const parsed = parseKey(whole(found))
      if (parsed?.kind !== 'D') continue
      count += 1
      const key = this.#keyOf(parsed.offset)
      bytes -= this.#remove(parsed.offset, changes)
      changes.push({ key: tombstoneKey(this.#topic, parsed.appendedAt, parsed.offset), value: undefined })
      if (key !== undefined) changes.push({ key: newestKey(this.#topic, key), value: undefined })
    }
    const standing: Standing = { ...this.#standing, bytes: Math.max(0, bytes) }
    const group: CompactedGroup = {
      changes: [...changes, this.#put(standing)],
      publish: () => {
        this.#standing = standing
      },
    }
    return { count, group }
  }

  /** Writes the record in the place of the key's newest so far; returns by how many bytes the topic grows. */
  #replace(key: string, { offset, appendedAt, record }: Newest, changes: StateChange[]): number {
    const index = newestKey(this.#topic, key)
    const previous = this.#newestOffset(index, key)
    const freedBytes = previous === undefined ? 0 : this.#remove(previous, changes)
    const head = encodeHead(this.#place, offset, appendedAt, record)
    const value = record.value ?? noBytes
    changes.push({ key: recordKey(this.#topic, offset, 0), value: head })
    changes.push({ key: recordKey(this.#topic, offset, 1), value })
    changes.push({ key: index, value: sealValue(offset) })
    if (record.value === null) changes.push({ key: tombstoneKey(this.#topic, appendedAt, offset), value: noBytes })
    return head.length + value.byteLength - freedBytes
  }

  #remove(offset: number, changes: StateChange[]): number {
    const head = borrow(this.#state.file, recordKey(this.#topic, offset, 0))
    const facts = head === undefined ? undefined : peekHead(head)
    changes.push({ key: recordKey(this.#topic, offset, 0), value: undefined })
    changes.push({ key: recordKey(this.#topic, offset, 1), value: undefined })
    if (facts?.isTombstone === true) {
      changes.push({ key: tombstoneKey(this.#topic, facts.appendedAt, offset), value: undefined })
    }
    return (head?.length ?? 0) + (facts?.valueBytes ?? 0)
  }

  #put(standing: Standing): StateChange {
    return { key: topicKey(this.#topic), value: sealValue(standing) }
  }

  #newestOffset(index: Buffer, key: string): number | undefined {
    const stored = borrow(this.#state.file, index)
    if (stored === undefined) return undefined
    const offset = unsealOffset(stored)
    if (offset !== undefined) return offset
    // The index entry is damaged: look for the record itself, so that the key does not end up with two.
    for (const record of heads(this.#state.file, this.#topic, this.#place)) {
      if (record.key === key) return record.coordinate.offset
    }
    return undefined
  }

  #keyOf(offset: number): string | undefined {
    return this.read(offset, { maxBytes: 1, maxRecords: 1 }).records.find(
      (record) => record.coordinate.offset === offset,
    )?.key
  }

  #storedStanding(): Standing | undefined {
    const stored = borrow(this.#state.file, topicKey(this.#topic))
    return stored === undefined ? undefined : parseStanding(unsealValue(stored))
  }

  /** The standing as the records themselves tell it, when the stored one is lost; offsets jump to be surely unused. */
  #recoverStanding(place: Place): Standing | undefined {
    let standing: Standing | undefined
    for (const { coordinate, appendedAt } of heads(this.#state.file, this.#topic, place)) {
      standing = {
        incarnation: coordinate.incarnation,
        nextOffset: Math.max(standing?.nextOffset ?? 0, coordinate.offset + 1 + mostRecordsPerSegment),
        newestAt: Math.max(standing?.newestAt ?? 0, appendedAt),
        bytes: 0,
      }
    }
    return standing
  }
}

const emptyStanding = { nextOffset: 0, newestAt: 0, bytes: 0 }
