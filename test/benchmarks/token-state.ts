// Says what live tokens weigh: folds as many access tokens and sessions with rotating refresh tokens, and prints the heap they hold.

import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { type Engine, openEngine } from '../../detectors/engine/engine.ts'
import { detectorEntry } from '../../detectors/engine/entry.ts'
import { refreshTokenReuse } from '../../detectors/refresh-token-reuse/refresh-token-reuse.ts'
import { tokenReplay } from '../../detectors/token-replay/token-replay.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { addSessionStep, addUse, type SessionStep, usesOfEach } from './token-rows.ts'

const tokens = Number(process.argv[2] ?? 1_000_000)
/** New tokens come evenly over a quarter of an hour, the life of a token: at the end about so many are alive. */
const spanMs = 900_000
const startAt = Date.parse('2026-03-02T09:00:00Z')
/** When a session logs in and rotates, before its access token is first used; every other one rotates once only. */
const stepsBeforeMs: readonly (readonly [step: SessionStep, beforeMs: number])[] = [
  [0, 600_000],
  [1, 302_000],
  [2, 2_000],
]
const size = 1_000

interface Cost {
  events: number
  cpuMicros: number
}

/** As many of everything in each batch as comes in its stretch of time, so that time goes on evenly. */
function fold(engine: Engine): Cost {
  const out: VerdictRecord[] = []
  const batch = new EventBatch(size * (usesOfEach + stepsBeforeMs.length))
  const cost: Cost = { events: 0, cpuMicros: 0 }
  const issuedAt = (token: number): number => startAt + Math.floor((token / tokens) * spanMs)
  const inTime = (beforeMs: number): number => Math.floor((beforeMs / spanMs) * tokens)
  const earliest = inTime(Math.max(...stepsBeforeMs.map(([, beforeMs]) => beforeMs)))
  for (let from = -earliest; from < tokens; from += size) {
    batch.clear()
    for (const [step, beforeMs] of stepsBeforeMs)
      for (let index = from + inTime(beforeMs); index < from + inTime(beforeMs) + size; index++) {
        if (index < 0 || index >= tokens || (step === 2 && index % 2 === 1)) continue
        const place = { at: issuedAt(index) - beforeMs, offset: cost.events + batch.length }
        addSessionStep(batch, index, step, place)
      }
    for (let use = 0; use < usesOfEach; use++)
      for (let token = Math.max(0, from); token < Math.min(tokens, from + size); token++)
        addUse(batch, token, use, issuedAt(token), cost.events + batch.length)
    const before = process.cpuUsage()
    engine.observe(batch, 0, batch.length, out)
    const { user, system } = process.cpuUsage(before)
    cost.cpuMicros += user + system
    cost.events += batch.length
  }
  if (out.length > 0) throw new Error(`${out.length} verdicts on tokens that nobody stole`)
  return cost
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('needs "node --expose-gc"')
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function snapshotOfAll(engine: Engine): string {
  let longest = 0
  let total = 0
  let bytes = 0
  for (const { stage, group, dirty } of [...engine.groups()]) {
    if (!dirty) continue
    const at = performance.now()
    bytes += engine.takeSnapshot(stage, group).body.length
    const took = performance.now() - at
    longest = Math.max(longest, took)
    total += took
  }
  return `${total.toFixed(0)} ms, the longest group ${longest.toFixed(1)} ms, ${(bytes / 1e6).toFixed(0)} MB`
}

const engine = openEngine({
  detectors: [detectorEntry(tokenReplay).open({}), detectorEntry(refreshTokenReuse).open({})],
  digest: (text) => createHash('sha256').update(text).digest('hex'),
  maxKeys: 2 * tokens,
  maxEntries: 4 * tokens,
})
const before = heapBytes()
const { events, cpuMicros } = fold(engine)
const held = heapBytes() - before
const counts = engine.stageCounts().map(({ stage, keys }) => `${stage} ${keys}`)
console.log(
  `${tokens} access tokens and as many refresh-token families, ${events} events: ${(held / 1e6).toFixed(0)} MB, ${(held / tokens).toFixed(0)} B for one of each`,
)
console.log(`keys: ${counts.join(', ')}`)
console.log(`${(cpuMicros / events).toFixed(2)} µs of CPU an event in the engine, collection of garbage included`)
console.log(`snapshot of all: ${snapshotOfAll(engine)}`)
