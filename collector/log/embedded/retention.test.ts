// Whole segments go by age and size, their space really returns, and compacted topics give theirs back too.

import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../log.ts'
import { openEmbeddedLog } from './embedded-log.ts'
import { keepTombstonesMs } from './state-writer.ts'

const never = Number.POSITIVE_INFINITY
const segmentBytes = 200_000

let directory = ''
let clockAt = 0
let log: Log
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'log-trim-'))
  clockAt = 1_000_000
  log = await open()
})
afterEach(async () => {
  await log.close()
  rmSync(directory, { recursive: true })
})

function open(): Promise<Log> {
  // Nothing is kept in memory, so that every read opens files.
  return openEmbeddedLog({
    directory,
    now: () => clockAt,
    newIncarnation: () => 'life-1',
    segmentBytes,
    recentBytes: 0,
  })
}

/** Ten records of 50 kB each, a minute apart: about three to a segment. */
async function appendTen(): Promise<void> {
  for (let count = 0; count < 10; count += 1) {
    clockAt += 60_000
    await log.append('ingest', [{ value: Buffer.alloc(50_000, count + 1) }])
  }
}

/** What the files of a folder take on the disk. */
function bytesOnDisk(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0)
}

function readAll(from: number): readonly number[] {
  const offsets: number[] = []
  for (let offset = from; offset < log.bounds('ingest').nextOffset; ) {
    const read = log.read('ingest', offset, { maxBytes: 100_000 })
    offsets.push(...read.records.map((record) => record.coordinate.offset))
    offset = read.nextOffset
  }
  return offsets
}

describe('retention', () => {
  it('by age drops segments whose newest record is too old, and keeps the rest readable', async () => {
    await appendTen()
    // The fifth record is five minutes and a bit older than now.
    const [trimmed] = await log.trim({ maxAgeMs: 5 * 60_000, maxBytes: never, now: clockAt, keepFrom: {} })
    const { firstOffset, nextOffset } = log.bounds('ingest')
    expect(firstOffset).toBeGreaterThan(0)
    expect(firstOffset).toBeLessThanOrEqual(5)
    expect(trimmed).toMatchObject({ topic: 'ingest', firstOffset })
    expect(readAll(firstOffset)).toEqual(range(firstOffset, nextOffset))
    await log.close()
    log = await open()
    expect(log.bounds('ingest')).toMatchObject({ firstOffset, nextOffset: 10 })
    expect(readAll(firstOffset)).toEqual(range(firstOffset, nextOffset))
  })

  it('by size drops the oldest until the topic fits, and the space is free on the disk', async () => {
    await appendTen()
    expect(readAll(0)).toEqual(range(0, 10))
    const before = bytesOnDisk(join(directory, 'ingest-0'))
    const [trimmed] = await log.trim({ maxAgeMs: never, maxBytes: 300_000, now: clockAt, keepFrom: {} })
    expect(log.bounds('ingest').bytes).toBeLessThanOrEqual(300_000)
    expect(before - bytesOnDisk(join(directory, 'ingest-0'))).toBeGreaterThanOrEqual(200_000)
    expect(trimmed?.bytes).toBeGreaterThanOrEqual(200_000)
    expect(deletedButHeld()).toEqual([])
  })

  it('drops even the segment being written when all of it is past its age, and goes on in a new one', async () => {
    await appendTen()
    clockAt += 1_000_000
    await log.trim({ maxAgeMs: 1000, maxBytes: never, now: clockAt, keepFrom: { ingest: 10 } })
    expect(log.bounds('ingest')).toMatchObject({ firstOffset: 10, nextOffset: 10, bytes: 0 })
    expect(deletedButHeld()).toEqual([])
    await log.close()
    log = await open()
    clockAt = 5
    const [receipt] = await log.append('ingest', [{ value: Buffer.from('x') }])
    expect(receipt?.coordinate.offset).toBe(10)
    expect(receipt?.appendedAt).toBe(1_000_000 + 10 * 60_000)
  })

  it('keeps every segment that holds a record somebody still needs', async () => {
    await appendTen()
    await log.trim({ maxAgeMs: 0, maxBytes: 0, now: clockAt + 1, keepFrom: { ingest: 4 } })
    const { firstOffset } = log.bounds('ingest')
    expect(firstOffset).toBeGreaterThan(0)
    expect(firstOffset).toBeLessThanOrEqual(4)
    expect(readAll(firstOffset)).toEqual(range(firstOffset, 10))
  })

  it('runs beside appends without losing or repeating any', async () => {
    const appends: Promise<unknown>[] = []
    for (let count = 0; count < 30; count += 1) {
      clockAt += 1000
      appends.push(log.append('ingest', [{ value: Buffer.alloc(30_000, count) }]))
      if (count % 5 === 4) appends.push(log.trim({ maxAgeMs: 5000, maxBytes: never, now: clockAt, keepFrom: {} }))
    }
    await Promise.all(appends)
    const { firstOffset, nextOffset } = log.bounds('ingest')
    expect(nextOffset).toBe(30)
    expect(readAll(firstOffset)).toEqual(range(firstOffset, 30))
  })
})

describe('compacted topics', () => {
  it('forget a deleted key after a day, and until then tell readers of it', async () => {
    await log.append('deliveries', [
      { key: 'a', value: Buffer.from('1') },
      { key: 'b', value: Buffer.from('2') },
    ])
    await log.append('deliveries', [{ key: 'a', value: null }])
    const offsets = () =>
      log.read('deliveries', 0, { maxBytes: 1000 }).records.map((record) => record.coordinate.offset)
    const policy = { maxAgeMs: never, maxBytes: never, keepFrom: {} }
    await log.trim({ ...policy, now: clockAt + keepTombstonesMs })
    expect(offsets()).toEqual([1, 2])
    await log.trim({ ...policy, now: clockAt + keepTombstonesMs + 1 })
    expect(offsets()).toEqual([1])
    const [receipt] = await log.append('deliveries', [{ key: 'a', value: Buffer.from('3') }])
    expect(receipt?.coordinate.offset).toBe(3)
    expect([...log.readCompacted('deliveries')].map((record) => record.key)).toEqual(['b', 'a'])
  })

  it('give the space of replaced and deleted records back to the disk', async () => {
    const chunk = Buffer.alloc(1_000_000, 7)
    for (let count = 0; count < 40; count += 1) {
      await log.append('snapshots', [{ key: `chunk-${count}`, value: chunk }])
    }
    await log.append('alerts', [{ key: 'kept', value: Buffer.from('alert') }])
    await log.setCursor('reader', 3)
    const stateBytes = () => statSync(join(directory, 'state.mdb')).blocks * 512
    expect(stateBytes()).toBeGreaterThan(40_000_000)
    await log.append(
      'snapshots',
      Array.from({ length: 38 }, (_, count) => ({ key: `chunk-${count}`, value: null })),
    )
    await log.trim({ maxAgeMs: never, maxBytes: never, now: clockAt, keepFrom: {} })
    expect(stateBytes()).toBeLessThan(6_000_000)
    expect(deletedButHeld()).toEqual([])
    const check = () => {
      expect([...log.readCompacted('snapshots')].map((record) => record.key)).toEqual(['chunk-38', 'chunk-39'])
      expect([...log.readCompacted('alerts')]).toHaveLength(1)
      expect(log.cursor('reader')).toBe(3)
    }
    check()
    await log.append('snapshots', [{ key: 'chunk-39', value: chunk }])
    await log.close()
    log = await open()
    check()
  })

  it('do not grow when the same keys are written over and over', async () => {
    const chunk = Buffer.alloc(100_000, 7)
    const writeAll = () =>
      log.append(
        'snapshots',
        Array.from({ length: 10 }, (_, key) => ({ key: `${key}`, value: chunk })),
      )
    for (let round = 0; round < 5; round += 1) await writeAll()
    const settled = statSync(join(directory, 'state.mdb')).size
    for (let round = 0; round < 40; round += 1) await writeAll()
    expect(statSync(join(directory, 'state.mdb')).size).toBeLessThanOrEqual(settled * 1.5)
    expect(log.bounds('snapshots')).toMatchObject({ firstOffset: 440, nextOffset: 450 })
  })
})

/** Files of this log that are unlinked and still open or mapped: their space has not returned. */
function deletedButHeld(): readonly string[] {
  if (process.platform !== 'linux') return []
  const opened = readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)]
    } catch {
      // The descriptor of this very listing.
      return []
    }
  })
  const mapped = readFileSync('/proc/self/maps', 'utf8').split('\n')
  return [...opened, ...mapped].filter((line) => line.includes(directory) && line.includes('(deleted)'))
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
