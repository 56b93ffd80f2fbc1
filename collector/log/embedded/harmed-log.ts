// A log for tests to harm on disk while it is closed, and the means to harm it.

import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DamagedRange, Log, LogRecord } from '../log.ts'
import { openEmbeddedLog } from './embedded-log.ts'
import type { Repair } from './state-rewrite.ts'

export const recordsPerLog = 24

/** Long and short values: whole pages of their own, and values inside tree pages. */
export function contentOf(offset: number): Buffer {
  return Buffer.alloc(offset % 3 === 0 ? 9000 : 150 + offset, `value ${offset} `)
}

export interface Everything {
  readonly records: readonly LogRecord[]
  readonly damaged: readonly DamagedRange[]
}

/** The log as it was before any harm, and a copy of it to harm. */
export class HarmedLog {
  readonly #pristine: string
  directory: string
  repairs: Repair[] = []

  private constructor(pristine: string) {
    this.#pristine = pristine
    this.directory = pristine
  }

  static async make(): Promise<HarmedLog> {
    const made = new HarmedLog(mkdtempSync(join(tmpdir(), 'log-pristine-')))
    const log = await made.open()
    for (let offset = 0; offset < recordsPerLog; offset += 2) {
      const pair = [offset, offset + 1].map((index) => ({ value: contentOf(index), headers: { index: `${index}` } }))
      await log.append('ingest', pair)
    }
    // Each key is written twice, so that half of the records are superseded; some end deleted.
    for (let offset = 0; offset < recordsPerLog; offset += 1) {
      const isDeleted = offset >= recordsPerLog / 2 && offset % 4 === 0
      await log.append('alerts', [{ key: keyOf(offset), value: isDeleted ? null : contentOf(offset) }])
    }
    await log.setCursor('reader', 5)
    await log.close()
    return made
  }

  /** Takes a fresh copy of the undamaged log. */
  reset(): void {
    if (this.directory !== this.#pristine) rmSync(this.directory, { recursive: true, force: true })
    this.directory = mkdtempSync(join(tmpdir(), 'log-damaged-'))
    cpSync(this.#pristine, this.directory, { recursive: true })
    this.repairs = []
  }

  open(): Promise<Log> {
    return openEmbeddedLog({
      directory: this.directory,
      now: () => 1000,
      newIncarnation: () => 'life-1',
      segmentBytes: 60_000,
      onRepair: (repair) => this.repairs.push(repair),
    })
  }

  get statePath(): string {
    return join(this.directory, 'state.mdb')
  }

  segmentPaths(): readonly string[] {
    const topic = join(this.directory, 'ingest-0')
    return readdirSync(topic)
      .sort()
      .map((name) => join(topic, name, 'data.mdb'))
      .filter((path) => existsSync(path))
  }

  remove(): void {
    for (const path of [this.#pristine, this.directory]) rmSync(path, { recursive: true, force: true })
  }
}

export function keyOf(offset: number): string {
  return `key-${offset % (recordsPerLog / 2)}`
}

export function flipBit(path: string, position: number, bit = 0): void {
  const descriptor = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(descriptor, byte, 0, 1, position)
  writeSync(descriptor, Buffer.of(byte.readUInt8(0) ^ (1 << bit)), 0, 1, position)
  closeSync(descriptor)
}

/** Harms every copy of the text, since LMDB leaves older copies of a page behind; returns how many there were. */
export function flipEach(paths: readonly string[], text: string): number {
  let found = 0
  for (const path of paths) {
    const bytes = readFileSync(path)
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
      flipBit(path, at, 3)
      found += 1
    }
  }
  return found
}

/** Reads the topic from its first offset to its end. */
export function readAll(log: Log, topic: 'ingest' | 'alerts'): Everything {
  const records: LogRecord[] = []
  const damaged: DamagedRange[] = []
  let offset = log.bounds(topic).firstOffset
  while (offset < log.bounds(topic).nextOffset) {
    const read = log.read(topic, offset, { maxBytes: 20_000 })
    if (read.nextOffset <= offset) throw new Error(`reading at ${offset} does not get on`)
    records.push(...read.records)
    damaged.push(...read.damaged)
    offset = read.nextOffset
  }
  return { records, damaged }
}
