// One partition of a topic whose records go by age and size: appends in groups, reads in order.

import { mkdirSync } from 'node:fs'
import type { TopicName } from '../../../schemas/topics.ts'
import type { LogRecordReceipt, ReadOptions, ReadResult, RetentionPolicy, TopicBounds, Trimmed } from '../log.ts'
import { ActiveSegment, type PlacedRecord } from './active-segment.ts'
import { readIncarnation, writeIncarnation } from './incarnation.ts'
import { ensureRoom, outageOf } from './outage.ts'
import { ReadCollector } from './read-collector.ts'
import { RecentRecords } from './recent-records.ts'
import type { Place } from './record-codec.ts'
import { incarnationIn } from './sealed-segment.ts'
import { dataPath, isBorn, listSegments, type SegmentName } from './segment-directory.ts'
import { mostRecordsPerSegment } from './segment-entries.ts'
import { SegmentRow } from './segment-row.ts'
import { type Append, appendTime, type TopicSettings } from './topic-settings.ts'

export class TimeTopic {
  readonly #topic: TopicName
  readonly #directory: string
  readonly #settings: TopicSettings
  readonly #place: Place
  readonly #recent: RecentRecords
  readonly #row: SegmentRow
  #active: ActiveSegment | undefined
  /** The last segment that was filled; a reader close behind may still be in it. */
  #filled: SegmentName | undefined
  #nextOffset = 0
  #newestAt = 0

  /** Opens what the directory holds, or makes it. A file of an earlier run is read on and never written again. */
  constructor(topic: TopicName, partition: number, directory: string, settings: TopicSettings) {
    this.#topic = topic
    this.#directory = directory
    this.#settings = settings
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.#place = { topic, partition, incarnation: settleIncarnation(topic, partition, directory, settings) }
    this.#recent = new RecentRecords(settings.recentBytes)
    this.#row = new SegmentRow(directory, this.#place)
    this.#goOnAfterLast()
  }

  /** Commits a group of appends as one transaction. Only one call may be under way. */
  async commit(group: readonly Append[]): Promise<void> {
    const recordCount = group.reduce((count, append) => count + append.records.length, 0)
    const bytes = group.reduce((sum, append) => sum + append.bytes, 0)
    const { active, room } = await this.#makeRoom(recordCount, bytes)
    const placed = this.#placeRecords(group)
    const prepared = active.prepare(placed)
    if (room === 'scarce')
      await active.reserve(prepared).catch((error: unknown) => {
        throw outageOf(error, this.#directory, bytes)
      })
    this.#settings.onStep('log:before-append')
    try {
      await active.write(prepared, () => this.#settings.onStep('log:before-flush'))
    } catch (error) {
      await this.#abandonActive()
      throw outageOf(error, this.#directory, bytes)
    }
    this.#settings.onStep('log:after-flush')
    this.#publish(group, placed)
  }

  read(offset: number, options: ReadOptions): ReadResult {
    const collected = new ReadCollector(this.#place, offset, options)
    this.#recent.forgetBelow(offset)
    const firstOffset = this.#row.firstOffset(this.#nextOffset)
    if (offset < firstOffset) {
      collected.addDamage(
        { reason: 'missing', detail: 'retention dropped them before they were read' },
        firstOffset - 1,
      )
    }
    while (collected.position < this.#nextOffset && !collected.isFull) {
      const at = collected.position
      const recent = this.#recent.at(at)
      if (recent !== undefined) collected.add(recent)
      else if (this.#active !== undefined && at >= this.#active.name.firstOffset) {
        const reading = this.#active.read(at)
        if ('record' in reading) collected.add(reading.record)
        else collected.addDamage(reading.damage, at)
      } else {
        const reading = this.#row.read(at, this.#nextOffset)
        if ('record' in reading) collected.add(reading.record)
        else collected.addDamage(reading.damage, reading.toOffset)
      }
    }
    return collected.result()
  }

  bounds(): TopicBounds {
    return {
      incarnation: this.#place.incarnation,
      firstOffset: this.#row.firstOffset(this.#nextOffset),
      nextOffset: this.#nextOffset,
      bytes: this.#row.bytes(this.#active?.bytes),
    }
  }

  /** Only while no commit is under way. */
  async trim(policy: RetentionPolicy): Promise<Trimmed> {
    const keepFrom = policy.keepFrom[this.#topic] ?? Number.POSITIVE_INFINITY
    try {
      const dropped = await this.#row.drop(policy, keepFrom, this.#nextOffset, this.#newestAt, () => this.#sealActive())
      return { topic: this.#topic, ...dropped, firstOffset: this.#row.firstOffset(this.#nextOffset) }
    } catch (error) {
      throw outageOf(error, this.#directory, 0)
    }
  }

  async close(): Promise<void> {
    await this.#sealActive()
    this.#row.close()
  }

  /** The segment to write to, with room for the group in it and on the disk. */
  async #makeRoom(recordCount: number, bytes: number): Promise<{ active: ActiveSegment; room: 'ample' | 'scarce' }> {
    if (this.#active !== undefined && this.#isFull(this.#active, recordCount, bytes)) {
      if (this.#filled !== undefined) this.#settings.releaseCache(dataPath(this.#filled))
      this.#filled = this.#active.name
      await this.#sealActive()
    }
    const room = ensureRoom(this.#directory, bytes)
    if (this.#active !== undefined) return { active: this.#active, room }
    try {
      const name = this.#row.nextName(this.#nextOffset, this.#newestAt)
      const active = await ActiveSegment.create(name, this.#place, this.#settings.segmentBytes)
      this.#row.push(name)
      this.#active = active
      return { active, room }
    } catch (error) {
      throw outageOf(error, this.#directory, bytes)
    }
  }

  #isFull({ name, bytes, endOffset }: ActiveSegment, addedRecords: number, addedBytes: number): boolean {
    const { firstOffset } = name
    if (endOffset === firstOffset) return false
    return (
      bytes + addedBytes > this.#settings.segmentBytes || endOffset + addedRecords > firstOffset + mostRecordsPerSegment
    )
  }

  #placeRecords(group: readonly Append[]): readonly PlacedRecord[] {
    let newestAt = this.#newestAt
    let offset = this.#nextOffset
    const placed: PlacedRecord[] = []
    for (const append of group) {
      for (const record of append.records) {
        newestAt = appendTime(newestAt, record.appendAt, this.#settings.now)
        placed.push({ offset, appendedAt: newestAt, record })
        offset += 1
      }
    }
    return placed
  }

  /** Makes a durable group visible: to readers, and to the appends that wait for their receipts. */
  #publish(group: readonly Append[], placed: readonly PlacedRecord[]): void {
    const receipts: LogRecordReceipt[] = placed.map(({ offset, appendedAt, record }) => {
      const coordinate = { ...this.#place, offset }
      this.#recent.add({ coordinate, key: record.key, value: record.value, headers: { ...record.headers }, appendedAt })
      return { coordinate, appendedAt }
    })
    let taken = 0
    for (const append of group) {
      append.receipts = receipts.slice(taken, taken + append.records.length)
      taken += append.records.length
    }
    this.#nextOffset += placed.length
    this.#newestAt = placed.at(-1)?.appendedAt ?? this.#newestAt
  }

  async #sealActive(): Promise<void> {
    const active = this.#active
    // Readers find the records in the file from here on, as they would in any sealed segment.
    this.#active = undefined
    await active?.close()
  }

  /** After a failed commit the file is in doubt: it is closed, believed as far as it can be read, and not written again. */
  async #abandonActive(): Promise<void> {
    await this.#sealActive()
    this.#goOnAfterLast()
  }

  #goOnAfterLast(): void {
    const last = this.#row.last
    if (last === undefined) return
    const segment = this.#row.openLast()
    this.#nextOffset = Math.max(this.#nextOffset, segment?.endOffset ?? last.firstOffset)
    this.#newestAt = Math.max(this.#newestAt, last.beganAt, segment?.newestAppendTime() ?? 0)
  }
}

function settleIncarnation(topic: TopicName, partition: number, directory: string, settings: TopicSettings): string {
  const stored = readIncarnation(directory)
  if (stored !== undefined) return stored
  // The file is new, lost or damaged; records say themselves which incarnation they belong to.
  for (const name of [...listSegments(directory)].reverse()) {
    const found = isBorn(name) ? incarnationIn(name, topic, partition) : undefined
    if (found === undefined) continue
    writeIncarnation(directory, found)
    return found
  }
  const incarnation = settings.newIncarnation()
  writeIncarnation(directory, incarnation)
  return incarnation
}
