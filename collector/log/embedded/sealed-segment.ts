// Reads a segment that is written no more: its tree is checked page by page, its records by their checksums.

import type { LogRecord } from '../log.ts'
import { LogError } from '../log.ts'
import { findRoots, type Roots } from './page-audit.ts'
import { PageFile } from './page-file.ts'
import { type PageProblem, TreeWalk } from './page-tree.ts'
import { type Damage, decodeRecord, type Place, peekHead } from './record-codec.ts'
import { dataPath, type SegmentName } from './segment-directory.ts'
import { EntryIndex, firstHeadKey, mostRecordsPerSegment } from './segment-entries.ts'

/** A record, or a stretch up to and including `toOffset` that cannot be served. */
export type SegmentReading = { readonly record: LogRecord } | { readonly damage: Damage; readonly toOffset: number }

const longestBorrowedBytes = 4096

export class SealedSegment {
  readonly name: SegmentName
  /** One past the last offset that was ever acknowledged from this file, as far as the file itself can tell. */
  readonly endOffset: number
  /** What is wrong with the file's pages. Empty for nearly every file. */
  readonly problems: readonly PageProblem[]
  readonly #file: PageFile
  readonly #place: Place
  readonly #index: EntryIndex

  private constructor(file: PageFile, name: SegmentName, place: Place, roots: Roots) {
    this.#file = file
    this.#place = place
    this.name = name
    const problems = [...roots.problems]
    const index = new EntryIndex()
    const foundEntries = readTree(file, roots.newest, index, problems)
    const lastKey = index.lastKey() ?? 0
    // The tree of the transaction before still holds what a damaged page took away, all but the newest group.
    if (problems.length > 0) readTree(file, roots.older, index, [])
    index.finish()
    this.#index = index
    this.problems = problems
    this.endOffset = name.firstOffset + countRecords(roots, foundEntries, lastKey)
  }

  /** Throws ERR_LOG_NEWER_FORMAT for a file of a later LMDB, and whatever opening the file throws. */
  static open(name: SegmentName, place: Place): SealedSegment {
    const file = new PageFile(dataPath(name))
    const roots = findRoots(file)
    if (roots !== 'newer') return new SealedSegment(file, name, place, roots)
    file.close()
    throw new LogError(
      'ERR_LOG_NEWER_FORMAT',
      `"${dataPath(name)}" was written by a later version of LMDB; run the version that wrote it`,
      false,
    )
  }

  get isEmpty(): boolean {
    return this.problems.length === 0 && this.endOffset === this.name.firstOffset
  }

  /** What stands at `offset`, which lies at or above the first offset. `limit` bounds how far a gap may be reported. */
  read(offset: number, limit: number): SegmentReading {
    const headKey = firstHeadKey + (offset - this.name.firstOffset) * 2
    const headAt = this.#index.find(headKey)
    const valueAt = this.#index.find(headKey + 1)
    if (headAt === undefined && valueAt === undefined) return this.#gap(headKey, limit)
    if (headAt === undefined) return this.#lost(offset, 'unreadable-header', 'has lost its header')
    if (valueAt === undefined) return this.#lost(offset, 'missing', 'has lost its value')
    const head = this.#file.borrow(this.#index.position(headAt), this.#index.bytes(headAt))
    // Short values lie beside their neighbours and are borrowed; long ones are read into memory of their own.
    const valueBytes = this.#index.bytes(valueAt)
    const isShort = valueBytes <= longestBorrowedBytes
    const valuePosition = this.#index.position(valueAt)
    const value = isShort ? this.#file.borrow(valuePosition, valueBytes) : this.#file.bytes(valuePosition, valueBytes)
    if (head === undefined || value === undefined)
      return this.#lost(offset, 'torn-tail', 'lies beyond the end of the file')
    const reading = decodeRecord(this.#place, offset, head, value, () => (isShort ? Buffer.from(value) : value))
    return 'record' in reading ? reading : { ...reading, toOffset: offset }
  }

  /** The append time of the newest record that can be read, or undefined. */
  newestAppendTime(): number | undefined {
    for (
      let offset = Math.min(this.endOffset, this.#lastIndexedOffset() + 1) - 1;
      offset >= this.name.firstOffset;
      offset -= 1
    ) {
      const reading = this.read(offset, this.endOffset)
      if ('record' in reading) return reading.record.appendedAt
    }
    return undefined
  }

  /** The incarnation of the first record among a few that is intact but for belonging to none so far. */
  statedIncarnation(): string | undefined {
    const mostTried = 1000
    for (
      let offset = this.name.firstOffset;
      offset < Math.min(this.endOffset, this.name.firstOffset + mostTried);
      offset += 1
    ) {
      const headKey = firstHeadKey + (offset - this.name.firstOffset) * 2
      const head = this.#bytesOf(headKey)
      const value = this.#bytesOf(headKey + 1)
      const incarnation = head === undefined ? undefined : peekHead(head)?.incarnation
      if (head === undefined || value === undefined || incarnation === undefined) continue
      if ('record' in decodeRecord({ ...this.#place, incarnation }, offset, head, value, () => value))
        return incarnation
    }
    return undefined
  }

  close(): void {
    this.#file.close()
  }

  #bytesOf(key: number): Buffer | undefined {
    const slot = this.#index.find(key)
    return slot === undefined ? undefined : this.#file.bytes(this.#index.position(slot), this.#index.bytes(slot))
  }

  #lastIndexedOffset(): number {
    const lastKey = this.#index.lastKey()
    return lastKey === undefined ? this.name.firstOffset - 1 : this.#offsetOf(lastKey)
  }

  #offsetOf(key: number): number {
    return this.name.firstOffset + Math.floor((key - firstHeadKey) / 2)
  }

  #gap(headKey: number, limit: number): SegmentReading {
    const nextKey = this.#index.keyAtOrAfter(headKey)
    const toOffset = Math.min(nextKey === undefined ? limit : this.#offsetOf(nextKey), limit) - 1
    const problem = this.problems.find((found) => found.kind === 'torn') ?? this.problems[0]
    const reason = problem === undefined ? 'missing' : problem.kind === 'torn' ? 'torn-tail' : 'unreadable-header'
    const detail = `"${dataPath(this.name)}" no longer holds them${problem === undefined ? '' : `: ${problem.detail}`}`
    return { damage: { reason, detail }, toOffset }
  }

  #lost(offset: number, reason: Damage['reason'], what: string): SegmentReading {
    const isTorn = this.problems.some((problem) => problem.kind === 'torn')
    const detail = `offset ${offset} in "${dataPath(this.name)}" ${what}`
    return { damage: { reason: isTorn ? 'torn-tail' : reason, detail }, toOffset: offset }
  }
}

/** The incarnation that the records of a segment say they belong to, or undefined when none of the first can be read. */
export function incarnationIn(name: SegmentName, topic: string, partition: number): string | undefined {
  const segment = SealedSegment.open(name, { topic, partition, incarnation: '' })
  try {
    return segment.statedIncarnation()
  } finally {
    segment.close()
  }
}

/** Adds what the tree holds to the index and returns how many entries that was. */
function readTree(file: PageFile, root: Roots['newest'], index: EntryIndex, problems: PageProblem[]): number {
  if (root?.main.root === undefined) return 0
  const mostProblems = 16
  const walk = new TreeWalk(file, root.pageBytes, root.transaction, {
    entry: (key, position, bytes) => {
      if (key.length === 4) index.add(key.readUInt32BE(0), position, bytes)
    },
    pages: () => undefined,
    problem: (problem) => {
      if (problems.length < mostProblems) problems.push(problem)
    },
  })
  walk.walk(root.main.root)
  if (walk.counts.rootTransaction !== root.transaction || walk.counts.entries !== root.main.entries) {
    problems.push({ kind: 'broken', detail: 'the tree is not the one that its meta page describes' })
  }
  return walk.counts.entries
}

/**
 * How many offsets the file has given out. The meta page counts them even when their pages are gone. Where it is in
 * doubt itself the answer is the most that a segment may hold, so that no offset is ever given out twice.
 */
function countRecords(roots: Roots, foundEntries: number, lastKey: number): number {
  const entries = roots.newest?.main.entries ?? 0
  const isPossible = entries === 0 || (entries % 2 === 1 && entries <= mostRecordsPerSegment * 2 + 1)
  const isBorneOut = foundEntries === entries || (foundEntries < entries && lastKey <= entries)
  if (roots.newest === undefined || roots.problems.length > 0 || !isPossible || !isBorneOut)
    return mostRecordsPerSegment
  return entries === 0 ? 0 : (entries - 1) / 2
}
