// The segments of one partition in order of offset: which holds an offset, how large they are, which may go.

import { LogError, type RetentionPolicy } from '../log.ts'
import type { Place } from './record-codec.ts'
import { SealedSegment, type SegmentReading } from './sealed-segment.ts'
import {
  dataPath,
  dropSegment,
  flushDirectory,
  isBorn,
  listSegments,
  makeSegmentFolder,
  type SegmentName,
  segmentBytes,
  segmentName,
} from './segment-directory.ts'

/** Sealed segments kept open for readers; the others cost nothing but disk. */
const mostOpened = 2

export interface Dropped {
  readonly segments: number
  readonly bytes: number
}

export class SegmentRow {
  readonly #directory: string
  readonly #place: Place
  /** The last one may have no file yet: its name keeps the next offset and the newest append time. */
  #names: SegmentName[]
  #opened: SealedSegment[] = []
  readonly #sizes = new Map<string, number>()
  /** All but the last, once they were added up. */
  #sealedBytes: number | undefined

  constructor(directory: string, place: Place) {
    this.#directory = directory
    this.#place = place
    this.#names = [...listSegments(directory)]
  }

  get last(): SegmentName | undefined {
    return this.#names.at(-1)
  }

  firstOffset(nextOffset: number): number {
    return this.#names[0]?.firstOffset ?? nextOffset
  }

  /** The name for a segment that begins now; a last name still without a file is used first. */
  nextName(nextOffset: number, newestAt: number): SegmentName {
    const last = this.last
    if (last !== undefined && last.firstOffset === nextOffset && !isBorn(last)) return last
    return segmentName(this.#directory, nextOffset, newestAt)
  }

  push(name: SegmentName): void {
    if (this.last?.folder === name.folder) return
    this.#names.push(name)
    this.#sealedBytes = undefined
  }

  /** The newest segment, opened, if it has a file. */
  openLast(): SealedSegment | undefined {
    return this.last === undefined ? undefined : this.#open(this.last)
  }

  /** What a sealed segment has at `offset`, which lies within the row. */
  read(offset: number, nextOffset: number): SegmentReading {
    const index = this.#names.findLastIndex((name) => name.firstOffset <= offset)
    const name = this.#names[index]
    const limit = this.#names[index + 1]?.firstOffset ?? nextOffset
    const segment = name === undefined ? undefined : this.#open(name)
    if (segment !== undefined) return segment.read(offset, limit)
    const where = name === undefined ? this.#directory : dataPath(name)
    return { damage: { reason: 'missing', detail: `"${where}" is gone` }, toOffset: limit - 1 }
  }

  /** The size of all files. The last one grows: it is measured anew unless its writer knows. */
  bytes(lastBytes?: number): number {
    const { last } = this
    if (last === undefined) return 0
    this.#sealedBytes ??= this.#names.slice(0, -1).reduce((sum, name) => sum + this.#size(name), 0)
    return this.#sealedBytes + (lastBytes ?? this.#size(last))
  }

  /**
   * Drops whole segments, oldest first, that are past age or size and lie below `keepFrom`. `seal` closes the last
   * one for writing when it is due to go as well; its successor's empty folder then keeps offset and time.
   */
  async drop(
    policy: RetentionPolicy,
    keepFrom: number,
    nextOffset: number,
    newestAt: number,
    seal: () => Promise<void>,
  ): Promise<Dropped> {
    let totalBytes = this.bytes()
    let segments = 0
    let bytes = 0
    for (let oldest = this.#names[0]; oldest !== undefined && isBorn(oldest); oldest = this.#names[0]) {
      const next = this.#names[1]
      const isExpired = (next?.beganAt ?? newestAt) < policy.now - policy.maxAgeMs || totalBytes > policy.maxBytes
      if (!isExpired || (next?.firstOffset ?? nextOffset) > keepFrom) break
      if (next === undefined) {
        await seal()
        const successor = segmentName(this.#directory, nextOffset, newestAt)
        await makeSegmentFolder(successor)
        await flushDirectory(this.#directory)
        this.push(successor)
      }
      const size = this.#size(oldest)
      this.#close(oldest)
      this.#names.shift()
      this.#sealedBytes = undefined
      this.#sizes.delete(oldest.folder)
      await dropSegment(oldest)
      totalBytes -= size
      segments += 1
      bytes += size
    }
    return { segments, bytes }
  }

  close(): void {
    for (const segment of this.#opened) segment.close()
    this.#opened = []
  }

  /** Lets go of an opened segment whose file is about to be written again or removed. */
  #close(name: SegmentName): void {
    for (const segment of this.#opened) if (segment.name.folder === name.folder) segment.close()
    this.#opened = this.#opened.filter((segment) => segment.name.folder !== name.folder)
  }

  /** The segment, opened, or undefined when it has no file. */
  #open(name: SegmentName): SealedSegment | undefined {
    const found = this.#opened.find((segment) => segment.name === name)
    if (found !== undefined || !isBorn(name)) return found
    if (this.#opened.length >= mostOpened) this.#opened.shift()?.close()
    try {
      const segment = SealedSegment.open(name, this.#place)
      this.#opened.push(segment)
      return segment
    } catch (error) {
      if (error instanceof LogError) throw error
      const cause = error instanceof Error ? error.message : String(error)
      throw new LogError('ERR_LOG_IO', `"${dataPath(name)}" cannot be read: ${cause}; look at the disk`, true, {
        cause: error,
      })
    }
  }

  #size(name: SegmentName): number {
    const known = this.#sizes.get(name.folder)
    if (known !== undefined) return known
    const size = segmentBytes(name)
    if (name !== this.last) this.#sizes.set(name.folder, size)
    return size
  }
}
