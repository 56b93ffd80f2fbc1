// Damages the state file while the log is closed: only genuine records are served, the loss of any other is reported.

import { existsSync, statSync, truncateSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DamagedRange, Log } from '../log.ts'
import { contentOf, flipBit, flipEach, HarmedLog, keyOf, readAll, recordsPerLog } from './harmed-log.ts'

const numRuns = 40
let harmed: HarmedLog
beforeAll(async () => {
  harmed = await HarmedLog.make()
})
afterAll(() => harmed.remove())

describe('compacted topics and cursors', { timeout: 120_000 }, () => {
  const newestOffsets = Array.from({ length: recordsPerLog / 2 }, (_, index) => index + recordsPerLog / 2)

  /** Genuine records only, and each newest record served or reported. */
  function expectGenuine(log: Log): { readonly lost: readonly number[] } {
    const { records, damaged } = readAll(log, 'alerts')
    for (const record of records) {
      const { offset } = record.coordinate
      expect(record.key).toBe(keyOf(offset))
      if (record.value !== null) expect(contentOf(offset).equals(record.value)).toBe(true)
    }
    const served = new Set(records.map((record) => record.coordinate.offset))
    const lost = newestOffsets.filter((offset) => !served.has(offset))
    for (const offset of lost) {
      expect(damaged.some((range) => range.fromOffset <= offset && offset <= range.toOffset)).toBe(true)
    }
    return { lost }
  }

  it('report a flipped bit in a value, and serve the key again once it is written anew', async () => {
    harmed.reset()
    expect(flipEach([harmed.statePath], 'value 15 value 15')).toBeGreaterThan(0)
    const log = await harmed.open()
    expect(expectGenuine(log).lost).toEqual([15])
    const damaged: DamagedRange[] = []
    const keys = [...log.readCompacted('alerts', 0, (range) => damaged.push(range))].map((record) => record.key)
    expect(keys).not.toContain('key-3')
    expect(damaged).toMatchObject([{ topic: 'alerts', fromOffset: 15, toOffset: 15, reason: 'checksum-mismatch' }])
    await log.append('alerts', [{ key: 'key-3', value: contentOf(3) }])
    expect(readAll(log, 'alerts').damaged).toEqual([])
    await log.close()
  })

  it('are carried out of a file whose tree is broken, which is kept aside and told of', async () => {
    harmed.reset()
    // The first page after the meta pages carries its own number.
    flipBit(harmed.statePath, 2 * 4096, 6)
    flipBit(harmed.statePath, 3 * 4096, 6)
    flipBit(harmed.statePath, 4 * 4096, 6)
    flipBit(harmed.statePath, 5 * 4096, 6)
    const log = await harmed.open()
    expect(harmed.repairs).toMatchObject([{ path: harmed.statePath }])
    expect(harmed.repairs[0]?.problems.length).toBeGreaterThan(0)
    expect(existsSync(harmed.repairs[0]?.keptAs ?? '')).toBe(true)
    expectGenuine(log)
    await log.close()
    harmed.repairs = []
    const again = await harmed.open()
    expect(harmed.repairs).toEqual([])
    await again.close()
  })

  it.each([
    ['any byte', (pages: number) => pages * 4096],
    ['any byte that shapes the tree', () => 168],
  ])('are genuine after a flipped bit in %s', async (_what, spread) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(7), async (page, place, bit) => {
        harmed.reset()
        const pages = statSync(harmed.statePath).size / 4096
        const within = Math.floor(place * (spread(pages) - 1))
        flipBit(harmed.statePath, spread(pages) > 4096 ? within : (page % pages) * 4096 + within, bit)
        const log = await harmed.open()
        expectGenuine(log)
        expect([5, undefined]).toContain(log.cursor('reader'))
        const { nextOffset } = log.bounds('alerts')
        expect(nextOffset).toBeGreaterThanOrEqual(recordsPerLog)
        const [receipt] = await log.append('alerts', [{ key: 'key-1', value: contentOf(1) }])
        expect(receipt?.coordinate.offset).toBe(nextOffset)
        await log.setCursor('reader', 6)
        await log.close()
        const again = await harmed.open()
        expect(again.cursor('reader')).toBe(6)
        expect([...again.readCompacted('alerts')].filter((record) => record.key === 'key-1')).toHaveLength(1)
        await again.close()
      }),
      { numRuns },
    )
  })

  it('serve only genuine records wherever the file ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
        harmed.reset()
        truncateSync(harmed.statePath, Math.floor(share * statSync(harmed.statePath).size))
        const log = await harmed.open()
        const { records } = readAll(log, 'alerts')
        for (const record of records) {
          if (record.value !== null) expect(contentOf(record.coordinate.offset).equals(record.value)).toBe(true)
        }
        expect([5, undefined]).toContain(log.cursor('reader'))
        await log.append('alerts', [{ key: 'key-1', value: contentOf(1) }])
        await log.close()
      }),
      { numRuns },
    )
  })
})
