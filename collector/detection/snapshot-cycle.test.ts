// Snapshots over a real log: whatever the instant at which the process dies, the next one goes on as if it had not.

import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { openCountingEngine, statesOf, storyBatch } from '../../test/support/counting-engine.ts'
import { CuttableLog } from '../../test/support/cuttable-log.ts'
import { type TemporaryLog, temporaryLog } from '../../test/support/temporary-log.ts'
import type { Log } from '../log/log.ts'
import { restoreEngine } from './restore.ts'
import { SnapshotCycle, type SnapshotCycleOptions } from './snapshot-cycle.ts'
import type { Manifest } from './snapshot-keys.ts'

const opened: { directory: TemporaryLog; log: Log }[] = []
afterEach(async () => {
  for (const { directory, log } of opened.splice(0)) {
    await log.close()
    directory.remove()
  }
})

async function openLog(): Promise<Log> {
  const directory = temporaryLog()
  const log = await directory.open()
  opened.push({ directory, log })
  return log
}

const subjects = ['a', 'b', 'c', 'd', 'e', 'f']
const rows = Array.from({ length: 30 }, (_, at) => ({
  subject: subjects[(at * 5) % 6] ?? '',
  client: at % 3 === 0 ? 'x' : 'y',
}))
const batch = storyBatch(rows)
const durable = () => Promise.resolve()

function runCycle(
  engine: ReturnType<typeof openCountingEngine>,
  log: Log,
  previous: Manifest | undefined,
  change: Partial<SnapshotCycleOptions> = {},
): Promise<Manifest> {
  const { incarnation } = log.bounds('ingest')
  const cycle = new SnapshotCycle({ engine, log, incarnation, verdictsDurable: durable, ...change }, previous)
  while (cycle.step());
  return cycle.finish()
}

/** Stage, group and generation of each chunk that was ever appended. */
function chunksIn(log: Log): readonly string[] {
  return [...log.readCompacted('snapshots')].flatMap(({ key }) =>
    key === undefined || key === 'manifest' ? [] : [key.replace(/\/0$/, '')],
  )
}

describe('a snapshot cycle', () => {
  it('writes only what changed, beside what the manifest before it names', async () => {
    const log = await openLog()
    const engine = openCountingEngine()
    engine.observe(batch, 0, 3, [])
    const first = await runCycle(engine, log, undefined)
    const before = chunksIn(log)
    expect(before.length).toBeGreaterThan(1)
    expect(before.every((chunk) => chunk.endsWith('/a'))).toBe(true)
    engine.observe(storyBatch([...rows.slice(0, 3), { subject: 'a', client: '' }]), 3, 4, [])
    const second = await runCycle(engine, log, first)
    const added = chunksIn(log).filter((chunk) => !before.includes(chunk))
    expect(added).toEqual([expect.stringMatching(/^counting\/by-subject\/\d+\/b$/)])
    const positions = second.stages.flatMap(({ groups }) => groups.map(({ position }) => position))
    expect(positions).toHaveLength(512)
    expect(new Set(positions.map(({ offset }) => offset))).toEqual(new Set([3]))
  })

  it('names nothing before the verdicts of its positions are durable', async () => {
    const log = await openLog()
    const engine = openCountingEngine()
    engine.observe(batch, 0, 10, [])
    let release: () => void = () => undefined
    const verdictsDurable = () =>
      new Promise<void>((resolve) => {
        release = resolve
      })
    const finished = runCycle(engine, log, undefined, { verdictsDurable })
    // Everything else that the cycle appends is durable by the time that a later append is.
    await log.append('snapshots', [{ key: 'other', value: Buffer.of(1) }])
    expect(restoreEngine(openCountingEngine(), log, log.bounds('ingest').incarnation).manifest).toBeUndefined()
    release()
    await finished
    expect(restoreEngine(openCountingEngine(), log, log.bounds('ingest').incarnation).manifest).toBeDefined()
  })

  it.each([
    ['the log refuses chunks', { refuse: true, verdictsDurable: durable }],
    ['verdicts are given up', { refuse: false, verdictsDurable: () => Promise.reject(new Error('given up')) }],
  ])('fails as a whole when %s, and the process goes on', async (_why, { refuse, verdictsDurable }) => {
    const cuttable = new CuttableLog(await openLog())
    if (refuse) cuttable.refused.add('snapshots')
    const engine = openCountingEngine()
    engine.observe(batch, 0, 10, [])
    const { incarnation } = cuttable.log.bounds('ingest')
    const cycle = new SnapshotCycle({ engine, log: cuttable.log, incarnation, verdictsDurable }, undefined)
    // A cycle spreads over many turns: what was refused in the first waits for the last.
    while (cycle.step()) await new Promise((resolve) => setImmediate(resolve))
    await expect(cycle.finish()).rejects.toThrow()
    expect(restoreEngine(openCountingEngine(), cuttable.log, incarnation).manifest).toBeUndefined()
  })

  it('leaves a whole snapshot behind wherever it is cut off', async () => {
    const straight = openCountingEngine()
    straight.observe(batch, 0, rows.length, [])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.record({ append: fc.nat(30), kept: fc.boolean() }),
        async (steps, cut) => {
          const inner = await openLog()
          const cuttable = new CuttableLog(inner, cut)
          const { incarnation } = inner.bounds('ingest')
          const engine = openCountingEngine()
          let manifest: Manifest | undefined
          let row = 0
          for (const step of steps) {
            const next = Math.min(row + step, rows.length)
            engine.observe(batch, row, next, [])
            row = next
            const cycle = runCycle(engine, cuttable.log, manifest)
            const died = new Promise<undefined>((resolve) => {
              const look = (): void => {
                if (cuttable.isDead && cuttable.isIdle) resolve(undefined)
                else setImmediate(look)
              }
              look()
            })
            manifest = await Promise.race([cycle, died])
            if (cuttable.isDead) break
          }
          cuttable.kill()
          const after = openCountingEngine()
          const { resumeOffset, rebuilt } = restoreEngine(after, inner, incarnation)
          expect(rebuilt).toEqual([])
          after.observe(batch, resumeOffset, rows.length, [])
          expect(statesOf(after)).toEqual(statesOf(straight))
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)
})
