// The one loop over a real log: every offset becomes rows once, in gapless stretches, whatever is damaged or known.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { flipEach, HarmedLog, recordsPerLog } from '../../log/embedded/harmed-log.ts'
import type { Log, LogRecord } from '../../log/log.ts'
import type { SealedBatch } from '../../store/event-writer.ts'
import { Pipeline } from './pipeline.ts'

let harmed: HarmedLog
beforeAll(async () => {
  harmed = await HarmedLog.make()
})
afterAll(() => harmed.remove())

interface Seen {
  readonly judged: number[]
  readonly batches: { readonly range: SealedBatch['range']; readonly offsets: readonly number[] }[]
  readonly quarantined: { readonly offset: number; readonly appendedAt: number }[]
}

/** Runs over the whole log and stops. A turn is over after each record when `hurried`. */
async function runOver(
  log: Log,
  { hurried, storedBelow, batchRows = 5 }: { hurried: boolean; storedBelow: number; batchRows?: number },
): Promise<Seen> {
  const seen: Seen = { judged: [], batches: [], quarantined: [] }
  let time = 0
  const pipeline = new Pipeline(
    {
      log,
      decode: ({ coordinate, appendedAt }: LogRecord, batch) => {
        batch.columns.offset.set(batch.row, coordinate.offset)
        batch.columns.appendedAt.set(batch.row, appendedAt)
        batch.commit()
        seen.judged.push(coordinate.offset)
      },
      detection: { observe: () => [], tick: () => undefined, turn: () => undefined },
      tell: () => Promise.resolve(),
      submit: ({ events, quarantine, range }) => {
        const stored = Array.from({ length: events.length }, (_, row) => events.columns.offset.value(row))
        const offsets = [...stored, ...quarantine.map(({ offset }) => offset)].sort((a, b) => a - b)
        seen.batches.push({ range, offsets })
        seen.quarantined.push(...quarantine.map(({ offset, appendedAt }) => ({ offset, appendedAt })))
        return Promise.resolve()
      },
      onDecoded: () => undefined,
      clock: () => {
        if (hurried) time += 10
        return time
      },
      now: () => 5_000,
      tenant: 'default',
    },
    { batchRows, batchMs: 1_000_000 },
    { readFrom: 0, storedBelow },
  )
  const running = pipeline.run()
  await until(() => pipeline.position >= recordsPerLog, 'the pipeline read the log')
  pipeline.stop()
  await running
  return seen
}

const all = Array.from({ length: recordsPerLog }, (_, offset) => offset)

describe('the pipeline', () => {
  it.each([
    ['in turns of one record', true, []],
    ['in one turn', false, []],
    ['in turns of one record, with damage amid them', true, [9, 12]],
    ['in one turn, with damage amid its records', false, [9, 12]],
    ['with damage at the beginning', true, [0, 1]],
  ])('gives every offset to the store once, in gapless stretches, %s', async (_how, hurried, damaged) => {
    harmed.reset()
    for (const offset of damaged) flipEach(harmed.segmentPaths(), `"index":"${offset}"`)
    const log = await harmed.open()
    const { batches, quarantined, judged } = await runOver(log, { hurried, storedBelow: 0 })
    await log.close()
    expect(batches.flatMap(({ offsets }) => offsets)).toEqual(all)
    let from = 0
    for (const { range, offsets } of batches) {
      expect(range.fromOffset).toBe(from)
      expect(offsets.every((offset) => offset >= range.fromOffset && offset <= range.toOffset)).toBe(true)
      from = range.toOffset + 1
    }
    expect(judged).toEqual(all.filter((offset) => !damaged.includes(offset)))
    expect(quarantined.map(({ offset }) => offset)).toEqual(damaged)
    // Rows expire by append time: without one they would be gone at once.
    for (const { appendedAt } of quarantined) expect(appendedAt).toBeGreaterThanOrEqual(1000)
  })

  it('judges what is stored already again and stores only the rest, of damage too', async () => {
    harmed.reset()
    for (const offset of [9, 10, 11]) flipEach(harmed.segmentPaths(), `"index":"${offset}"`)
    const log = await harmed.open()
    const { batches, judged } = await runOver(log, { hurried: false, storedBelow: 10 })
    await log.close()
    expect(judged).toEqual(all.filter((offset) => offset < 9 || offset > 11))
    expect(batches.flatMap(({ offsets }) => offsets)).toEqual(all.slice(10))
    expect(batches[0]?.range.fromOffset).toBe(10)
  })
})
