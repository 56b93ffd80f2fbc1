// Damages segments on disk while the log is closed: nothing damaged is served, nothing lost in silence, appends go on.

import { rmSync, statSync, truncateSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Log } from '../log.ts'
import { contentOf, type Everything, flipBit, flipEach, HarmedLog, readAll, recordsPerLog } from './harmed-log.ts'

const numRuns = 40
let harmed: HarmedLog
beforeAll(async () => {
  harmed = await HarmedLog.make()
})
afterAll(() => harmed.remove())

/** What holds of the time topic whatever was harmed: genuine or reported, each offset once, and appends go on. */
async function expectHonest(log: Log): Promise<Everything> {
  const { nextOffset, firstOffset } = log.bounds('ingest')
  expect([firstOffset, nextOffset >= recordsPerLog]).toEqual([0, true])
  const read = readAll(log, 'ingest')
  for (const record of read.records) {
    expect(record.value && contentOf(record.coordinate.offset).equals(record.value)).toBe(true)
    expect(record.headers).toEqual({ index: `${record.coordinate.offset}` })
  }
  const served = new Set(read.records.map((record) => record.coordinate.offset))
  for (let offset = 0; offset < recordsPerLog; offset += 1) {
    const isReported = read.damaged.some((range) => range.fromOffset <= offset && offset <= range.toOffset)
    expect({ offset, isServed: served.has(offset) }).toEqual({ offset, isServed: !isReported })
  }
  const [receipt] = await log.append('ingest', [{ value: contentOf(1) }])
  expect(receipt?.coordinate.offset).toBe(nextOffset)
  expect(log.read('ingest', nextOffset, { maxBytes: 1 }).records).toHaveLength(1)
  return read
}

describe('a time topic', { timeout: 120_000 }, () => {
  it.each([
    ['a long value', 'value 9 value 9', 9, 'checksum-mismatch'],
    ['a short value', 'value 10 value 10', 10, 'checksum-mismatch'],
    ['the headers', '"index":"11"', 11, 'checksum-mismatch'],
    ['the incarnation', 'life-1[null,{"index":"12"}]', 12, 'checksum-mismatch'],
  ])('reports a flipped bit in %s and serves the rest', async (_what, text, offset, reason) => {
    harmed.reset()
    expect(flipEach(harmed.segmentPaths(), text)).toBeGreaterThan(0)
    const log = await harmed.open()
    const { incarnation } = log.bounds('ingest')
    const { damaged } = await expectHonest(log)
    expect(damaged).toEqual([
      {
        topic: 'ingest',
        partition: 0,
        incarnation,
        fromOffset: offset,
        toOffset: offset,
        reason,
        detail: expect.any(String),
      },
    ])
    await log.close()
  })

  it('reports a torn tail, never gives its offsets out again, and goes on after it', async () => {
    harmed.reset()
    const path = harmed.segmentPaths().at(-1) ?? ''
    truncateSync(path, statSync(path).size - 5000)
    const log = await harmed.open()
    const { damaged } = await expectHonest(log)
    expect(damaged.map((range) => range.reason)).toContain('torn-tail')
    expect(log.bounds('ingest').nextOffset).toBe(recordsPerLog + 1)
    await log.close()
    const again = await harmed.open()
    expect(readAll(again, 'ingest').damaged).toEqual(damaged)
    await again.close()
  })

  it('reports a segment whose file is gone or empty', async () => {
    for (const harm of [(path: string) => rmSync(path), (path: string) => truncateSync(path, 0)]) {
      harmed.reset()
      const [, second = ''] = harmed.segmentPaths()
      harm(second)
      const log = await harmed.open()
      const { damaged } = await expectHonest(log)
      expect(damaged).toHaveLength(1)
      await log.close()
    }
  })

  it('gives no offset out twice when the newest file can no longer say how many it gave', async () => {
    harmed.reset()
    truncateSync(harmed.segmentPaths().at(-1) ?? '', 0)
    const log = await harmed.open()
    await expectHonest(log)
    await log.close()
  })

  it('is honest after any flipped bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(7), async (file, place, bit) => {
        harmed.reset()
        const files = harmed.segmentPaths()
        const path = files[file % files.length] ?? ''
        flipBit(path, Math.floor(place * (statSync(path).size - 1)), bit)
        const log = await harmed.open()
        await expectHonest(log)
        await log.close()
      }),
      { numRuns },
    )
  })

  it('is honest after a flipped bit in any byte that shapes the tree', async () => {
    // Meta pages and page headers: the bytes that LMDB would follow blindly.
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.nat(167), fc.nat(7), async (file, page, byte, bit) => {
        harmed.reset()
        const files = harmed.segmentPaths()
        const path = files[file % files.length] ?? ''
        flipBit(path, (page % (statSync(path).size / 4096)) * 4096 + byte, bit)
        const log = await harmed.open()
        await expectHonest(log)
        await log.close()
      }),
      { numRuns },
    )
  })

  it('is honest wherever the newest file ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
        harmed.reset()
        const path = harmed.segmentPaths().at(-1) ?? ''
        truncateSync(path, Math.floor(share * statSync(path).size))
        const log = await harmed.open()
        await expectHonest(log)
        await log.close()
      }),
      { numRuns },
    )
  })
})
