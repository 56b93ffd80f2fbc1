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
  /** Stretches told to be lost, each with how many batches were stored before. */
  readonly noted: { readonly offsets: readonly number[]; readonly afterBatches: number }[]
}

interface Running {
  readonly seen: Seen
  readonly pipeline: Pipeline
  readonly time: { ms: number }
  /** Looks at the rest of the thread so far. */
  readonly turns: () => number
}

/** A turn is over after each record when `hurried`. */
function openPipeline(
  log: Log,
  { hurried, storedBelow, batchRows = 5 }: { hurried: boolean; storedBelow: number; batchRows?: number },
): Running {
  const seen: Seen = { judged: [], batches: [], quarantined: [], noted: [] }
  const time = { ms: 0 }
  let turns = 0
  const pipeline = new Pipeline(
    {
      log,
      decode: ({ coordinate, appendedAt }: LogRecord, batch) => {
        batch.columns.offset.set(batch.row, coordinate.offset)
        batch.columns.appendedAt.set(batch.row, appendedAt)
        batch.commit()
        seen.judged.push(coordinate.offset)
      },
      detection: { observe: () => [], tick: () => undefined, turn: () => void turns++ },
      tell: () => Promise.resolve(),
      submit: ({ events, quarantine, range }) => {
        const stored = Array.from({ length: events.length }, (_, row) => events.columns.offset.value(row))
        const offsets = [...stored, ...quarantine.map(({ offset }) => offset)].sort((a, b) => a - b)
        seen.batches.push({ range, offsets })
        seen.quarantined.push(...quarantine.map(({ offset, appendedAt }) => ({ offset, appendedAt })))
        return Promise.resolve()
      },
      losses: {
        note: async (ranges) => {
          const offsets = ranges.flatMap(({ fromOffset, toOffset }) => all.slice(fromOffset, toOffset + 1))
          seen.noted.push({ offsets, afterBatches: seen.batches.length })
        },
        stop: () => undefined,
      },
      onDecoded: () => undefined,
      clock: () => {
        if (hurried) time.ms += 10
        return time.ms
      },
      now: () => 5_000,
      tenant: 'default',
    },
    { batchRows, batchMs },
    { readFrom: 0, storedBelow },
  )
  return { seen, pipeline, time, turns: () => turns }
}

/** Runs over the whole log and stops. */
async function runOver(log: Log, how: Parameters<typeof openPipeline>[1]): Promise<Seen> {
  const { seen, pipeline } = openPipeline(log, how)
  const running = pipeline.run()
  await until(() => pipeline.position >= recordsPerLog, 'the pipeline read the log')
  pipeline.stop()
  await running
  return seen
}

const batchMs = 1_000_000
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
    const { batches, quarantined, judged, noted } = await runOver(log, { hurried, storedBelow: 0 })
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
    expect(noted.flatMap(({ offsets }) => offsets)).toEqual(damaged)
    for (const { offsets, afterBatches } of noted)
      expect(batches[afterBatches]?.offsets).toEqual(expect.arrayContaining([...offsets]))
    // Rows expire by append time: without one they would be gone at once.
    for (const { appendedAt } of quarantined) expect(appendedAt).toBeGreaterThanOrEqual(1000)
  })

  it('judges what is stored already again and stores only the rest, of damage too', async () => {
    harmed.reset()
    for (const offset of [9, 10, 11]) flipEach(harmed.segmentPaths(), `"index":"${offset}"`)
    const log = await harmed.open()
    const { batches, judged, noted } = await runOver(log, { hurried: false, storedBelow: 10 })
    await log.close()
    expect(judged).toEqual(all.filter((offset) => offset < 9 || offset > 11))
    expect(batches.flatMap(({ offsets }) => offsets)).toEqual(all.slice(10))
    expect(batches[0]?.range.fromOffset).toBe(10)
    expect(noted.flatMap(({ offsets }) => offsets)).toEqual([10, 11])
  })

  it('lets rows worth an insert wait for more only while more come', async () => {
    harmed.reset()
    const log = await harmed.open()
    const enough = { hurried: false, storedBelow: 0, batchRows: recordsPerLog * 64 }
    const { pipeline, seen, time } = openPipeline(log, enough)
    const running = pipeline.run()
    await until(() => pipeline.position >= recordsPerLog, 'the pipeline read the log')
    expect(seen.batches).toEqual([])
    time.ms += batchMs / 8
    await until(() => seen.batches.length === 1, 'the rows were handed to the store')
    pipeline.stop()
    await running
    await log.close()
  })

  it('lets few rows wait for as long as rows may', async () => {
    harmed.reset()
    const log = await harmed.open()
    const few = { hurried: false, storedBelow: 0, batchRows: (recordsPerLog + 1) * 64 }
    const { pipeline, seen, time, turns } = openPipeline(log, few)
    const running = pipeline.run()
    await until(() => pipeline.position >= recordsPerLog, 'the pipeline read the log')
    time.ms += batchMs - 1
    const before = turns()
    await until(() => turns() > before + 1, 'the pipeline looked again')
    expect(seen.batches).toEqual([])
    time.ms += 1
    await until(() => seen.batches.length === 1, 'the rows were handed to the store')
    pipeline.stop()
    await running
    await log.close()
  })
})
