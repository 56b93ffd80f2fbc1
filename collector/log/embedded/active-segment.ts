// The segment being written: an LMDB file that takes one group of records per transaction.

import { rename, rm } from 'node:fs/promises'
import type { NewRecord } from '../log.ts'
import { FileRoom } from './file-room.ts'
import { borrow, commitDurably, copyOf, type LmdbFile, openNumberFile } from './lmdb-file.ts'
import { decodeRecord, encodeHead, type Place, type RecordReading } from './record-codec.ts'
import { dataPath, flushSegmentNames, makeSegmentFolder, type SegmentName, unbornPath } from './segment-directory.ts'
import { aboutKey, firstHeadKey } from './segment-entries.ts'

/** Room in the mapping for tree pages and the group that fills the segment. LMDB enlarges the mapping if need be. */
const mapSlackBytes = 64 * 1024 * 1024
const pageBytes = 4096
const noBytes = new Uint8Array(0)

export interface PlacedRecord {
  readonly offset: number
  readonly appendedAt: number
  readonly record: NewRecord
}

export interface PreparedRecord {
  readonly key: number
  readonly head: Buffer
  readonly value: Uint8Array
}

export class ActiveSegment {
  readonly name: SegmentName
  readonly #place: Place
  readonly #file: LmdbFile<number>
  readonly #room: FileRoom
  #bytes = 0
  #endOffset: number

  private constructor(name: SegmentName, place: Place, file: LmdbFile<number>, room: FileRoom) {
    this.name = name
    this.#place = place
    this.#endOffset = name.firstOffset
    this.#file = file
    this.#room = room
  }

  /** Makes the segment's folder and file. Rejects with what the filesystem or LMDB throws. */
  static async create(name: SegmentName, place: Place, segmentBytes: number): Promise<ActiveSegment> {
    await makeSegmentFolder(name)
    const file = openNumberFile(unbornPath(name), segmentBytes + mapSlackBytes)
    try {
      return new ActiveSegment(name, place, file, await FileRoom.open(unbornPath(name)))
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** About the size of the file. */
  get bytes(): number {
    return this.#bytes
  }

  /** One past the last durable offset. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** The heads of the records, whose offsets follow on from the last. */
  prepare(records: readonly PlacedRecord[]): readonly PreparedRecord[] {
    return records.map(({ offset, appendedAt, record }) => ({
      key: firstHeadKey + (offset - this.name.firstOffset) * 2,
      head: encodeHead(this.#place, offset, appendedAt, record),
      value: record.value ?? noBytes,
    }))
  }

  /** Takes the disk blocks for the records. After a rejection the segment is as it was. */
  async reserve(records: readonly PreparedRecord[]): Promise<void> {
    await this.#room.reserve(records.flatMap(({ head, value }) => [head.length, value.length]))
  }

  /**
   * Writes the records as one transaction; resolves once they are durable. `afterWrite` is called when LMDB has been
   * handed everything and nothing is flushed yet. After a rejection the file is in doubt and must be closed.
   */
  async write(records: readonly PreparedRecord[], afterWrite: () => void): Promise<void> {
    const isFirst = this.#endOffset === this.name.firstOffset
    const committed = commitDurably(this.#file, () => {
      if (isFirst) void this.#file.put(aboutKey, this.#about())
      for (const { key, head, value } of records) {
        void this.#file.put(key, head)
        void this.#file.put(key + 1, value)
      }
    })
    afterWrite()
    await committed
    // From here on the file counts: born under its name, in a folder whose entries survive a power loss.
    if (isFirst) {
      await rename(unbornPath(this.name), dataPath(this.name))
      await flushSegmentNames(this.name)
    }
    this.#bytes += records.reduce((sum, record) => sum + storedBytes(record), 2 * pageBytes)
    this.#endOffset += records.length
  }

  read(offset: number): RecordReading {
    const key = firstHeadKey + (offset - this.name.firstOffset) * 2
    const borrowedHead = borrow(this.#file, key)
    if (borrowedHead === undefined) {
      return { damage: { reason: 'missing', detail: `offset ${offset} in "${dataPath(this.name)}" is not there` } }
    }
    const head = copyOf(borrowedHead)
    const value = borrow(this.#file, key + 1) ?? Buffer.alloc(0)
    return decodeRecord(this.#place, offset, head, value, () => copyOf(value))
  }

  /** Unmaps and closes the file; it can then be read as a sealed segment if it was born. */
  async close(): Promise<void> {
    await this.#file.close()
    await this.#room.close()
    await rm(`${unbornPath(this.name)}-lock`, { force: true })
    await rm(unbornPath(this.name), { force: true })
  }

  /** For people who look into the file; the log itself goes by the folder's name. */
  #about(): Buffer {
    const { firstOffset, beganAt } = this.name
    return Buffer.from(JSON.stringify({ format: 1, ...this.#place, firstOffset, beganAt }))
  }
}

/** What a record adds to the file: longer values take whole pages. */
function storedBytes({ head, value }: PreparedRecord): number {
  return head.length + value.length + (value.length > pageBytes / 2 ? pageBytes : 64)
}
