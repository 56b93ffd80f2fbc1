// The engine with its snapshots, turn by turn, over a real log that sometimes refuses.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCountingEngine, statesOf, storyBatch } from '../../test/support/counting-engine.ts'
import { CuttableLog } from '../../test/support/cuttable-log.ts'
import { type TemporaryLog, temporaryLog } from '../../test/support/temporary-log.ts'
import { until } from '../../test/support/until.ts'
import { Detection } from './detection.ts'

let directory: TemporaryLog
let cuttable: CuttableLog

beforeEach(async () => {
  directory = temporaryLog()
  cuttable = new CuttableLog(await directory.open())
})
afterEach(async () => {
  await cuttable.log.close()
  directory.remove()
})

const rows = Array.from({ length: 12 }, (_, at) => ({ subject: `u${at % 4}`, client: 'x' }))
const batch = storyBatch(rows)
const everyMs = 1_000

function openDetection() {
  const engine = openCountingEngine()
  const told = { snapshots: 0, failures: 0 }
  let now = 0
  const detection = new Detection({
    engine,
    log: cuttable.log,
    snapshotEveryMs: everyMs,
    clock: () => now,
    verdictsDurable: () => Promise.resolve(),
    onSnapshot: () => {
      told.snapshots += 1
    },
    onSnapshotFailure: () => {
      told.failures += 1
    },
  })
  const restored = detection.restore()
  /** Lets a snapshot come due, and gives turns until it was written or refused. */
  const passCycle = async (): Promise<void> => {
    const before = told.snapshots + told.failures
    now += everyMs
    await until(() => {
      detection.turn()
      return told.snapshots + told.failures > before
    }, 'a snapshot is written or refused')
  }
  return { detection, engine, told, restored, passCycle, advance: (ms: number) => (now += ms) }
}

describe('detection', () => {
  it('keeps snapshots every so often, and the log may give back what lies before them', async () => {
    const { detection, told, passCycle, advance } = openDetection()
    expect(detection.neededFrom).toBe(0)
    detection.observe(batch, 0, 8)
    advance(everyMs - 1)
    detection.turn()
    expect(told).toEqual({ snapshots: 0, failures: 0 })
    await passCycle()
    expect(told).toEqual({ snapshots: 1, failures: 0 })
    expect(detection.neededFrom).toBe(7)
  })

  it('writes everything again after a snapshot that the log refused', async () => {
    const { detection, engine, told, passCycle } = openDetection()
    detection.observe(batch, 0, 8)
    cuttable.refused.add('snapshots')
    await passCycle()
    expect(told).toEqual({ snapshots: 0, failures: 1 })
    expect(detection.neededFrom).toBe(0)
    cuttable.refused.delete('snapshots')
    await passCycle()
    expect(told).toEqual({ snapshots: 1, failures: 1 })
    const next = openDetection()
    expect(next.restored).toEqual({ resumeOffset: 7, rebuilt: [] })
    expect(statesOf(next.engine)).toEqual(statesOf(engine))
  })

  it('leaves nothing to fold again when it is closed, also while a snapshot is being written', async () => {
    const { detection, engine, advance } = openDetection()
    detection.observe(batch, 0, 5)
    advance(everyMs)
    detection.turn()
    detection.observe(batch, 5, 12)
    await detection.close()
    const next = openDetection()
    expect(statesOf(next.engine)).toEqual(statesOf(engine))
    expect(next.restored).toEqual({ resumeOffset: 11, rebuilt: [] })
  })
})
