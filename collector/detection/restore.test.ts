// Restores from a real log: what cannot be read back is rebuilt from the records, and ends the same.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCountingEngine, statesOf, storyBatch } from '../../test/support/counting-engine.ts'
import { type TemporaryLog, temporaryLog } from '../../test/support/temporary-log.ts'
import type { Log } from '../log/log.ts'
import { restoreEngine } from './restore.ts'
import { SnapshotCycle } from './snapshot-cycle.ts'

let directory: TemporaryLog
let log: Log

beforeEach(async () => {
  directory = temporaryLog()
  log = await directory.open()
})
afterEach(async () => {
  await log.close()
  directory.remove()
})

const rows = Array.from({ length: 30 }, (_, at) => ({ subject: `u${(at * 5) % 6}`, client: at % 3 === 0 ? 'x' : 'y' }))
const batch = storyBatch(rows)
const snapshotAt = 20

/** Folds two thirds of the rows and keeps a snapshot of that. */
async function keepSnapshot(): Promise<void> {
  const engine = openCountingEngine()
  engine.observe(batch, 0, snapshotAt, [])
  const { incarnation } = log.bounds('ingest')
  const cycle = new SnapshotCycle({ engine, log, incarnation, verdictsDurable: () => Promise.resolve() }, undefined)
  while (cycle.step());
  await cycle.finish()
}

async function replaceChunk(stage: string, value: Uint8Array | null): Promise<void> {
  const chunk = [...log.readCompacted('snapshots')].find(({ key }) => key?.startsWith(`${stage}/`))
  if (chunk?.key === undefined) throw new Error(`there is no chunk of "${stage}"`)
  await log.append('snapshots', [{ key: chunk.key, value }])
}

const bySubject = 'counting/by-subject'
const byClient = 'counting/by-client'
const signals = `${bySubject}: its signals are needed again`

describe('a restore', () => {
  it.each([
    ['nothing was ever written', async () => undefined, [], 0],
    ['everything is there', keepSnapshot, [], snapshotAt - 1],
    ['a chunk is gone', () => keepSnapshot().then(() => replaceChunk(bySubject, null)), [`${bySubject}: missing`], 0],
    [
      'a chunk of a stage that reads signals is gone',
      () => keepSnapshot().then(() => replaceChunk(byClient, null)),
      [`${byClient}: missing`, signals],
      0,
    ],
    [
      'a chunk of a stage that reads signals is another than the manifest names',
      () => keepSnapshot().then(() => replaceChunk(byClient, Buffer.from('{}'))),
      [`${byClient}: damaged`, signals],
      0,
    ],
  ])('ends where an uninterrupted run does when %s', async (_what, prepare, rebuilt, resumeOffset) => {
    await prepare()
    const straight = openCountingEngine()
    straight.observe(batch, 0, rows.length, [])
    const engine = openCountingEngine()
    const restored = restoreEngine(engine, log, log.bounds('ingest').incarnation)
    expect(restored).toMatchObject({ rebuilt, resumeOffset })
    engine.observe(batch, restored.resumeOffset, rows.length, [])
    expect(statesOf(engine)).toEqual(statesOf(straight))
  })

  it('takes nothing from another log', async () => {
    await keepSnapshot()
    const engine = openCountingEngine()
    const { manifest, resumeOffset, rebuilt } = restoreEngine(engine, log, 'another')
    expect([manifest, resumeOffset, rebuilt]).toEqual([undefined, 0, ['all: the log is another one']])
    expect(statesOf(engine)).toEqual([])
  })

  it('takes nothing that other settings made', async () => {
    await keepSnapshot()
    const engine = openCountingEngine({ limit: 5 })
    const { resumeOffset, rebuilt } = restoreEngine(engine, log, log.bounds('ingest').incarnation)
    expect(resumeOffset).toBe(0)
    expect(rebuilt).toEqual([`${byClient}: other-version`, signals])
    expect(statesOf(engine)).toEqual([])
  })
})
