// `npm run bench:keyed`: what the way over shares of the keys costs per event, stage by stage, beside judging in one process.

import { hash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { decoders } from '../../collector/decoders/catalog.ts'
import { openRecordDecoder } from '../../collector/decoders/decode-record.ts'
import { defaultDecoderSettings } from '../../collector/decoders/settings.ts'
import type { LogRecord, NewRecord } from '../../collector/log/log.ts'
import { rowsFrame } from '../../collector/wiring/keyed/frame.ts'
import { KeyedInput } from '../../collector/wiring/keyed/keyed-input.ts'
import { detectors } from '../../detectors/catalog.ts'
import { openEngine } from '../../detectors/engine/engine.ts'
import { Levels } from '../../detectors/engine/levels.ts'
import { Routing } from '../../detectors/engine/routing.ts'
import { mostHandOvers } from '../../detectors/engine/share.ts'
import { SharedFolding } from '../../detectors/engine/shared-folding.ts'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { openLoadBody } from './load-body.ts'
import { machine } from './report.ts'
import { median, thousands } from './statistics.ts'

const { values } = parseArgs({
  options: { events: { type: 'string', default: '200000' }, rounds: { type: 'string', default: '5' } },
})
const events = Number(values.events)
const rounds = Number(values.rounds)
/** As they come in one turn of a busy process that normalizes. */
const rowsPerFrame = 600
const shares = 4
const load = openLoadBody(rowsPerFrame)
const digest = (text: string): string => hash('sha256', text, 'hex')
const opened = () => detectors.map((detector) => detector.open({}))

const stages = ['decode', 'judge alone', 'route', 'frame', 'read frame', 'judge in shares'] as const
type Stage = (typeof stages)[number]
const found = new Map<Stage, number[]>(stages.map((stage) => [stage, []]))
let bytes = 0
let copies = 0

console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`)
console.log(
  `${thousands(events)} Istio JSON lines, frames of ${rowsPerFrame} rows for ${shares} shares, ${rounds} rounds\n`,
)
for (let round = 1; round <= rounds; round++) runRound()
for (const stage of stages)
  console.log(`${stage.padEnd(16)} ${median(found.get(stage) ?? []).toFixed(2)} µs CPU per event`)
console.log(`${(copies / events).toFixed(2)} rows in frames for each event, ${Math.round(bytes / events)} bytes`)

function runRound(): void {
  const spent = new Map<Stage, number>(stages.map((stage) => [stage, 0]))
  const timed = <Result>(stage: Stage, work: () => Result): Result => {
    const before = process.cpuUsage()
    const result = work()
    const { user, system } = process.cpuUsage(before)
    spent.set(stage, (spent.get(stage) ?? 0) + user + system)
    return result
  }
  const decoder = openRecordDecoder({
    decoders,
    settings: defaultDecoderSettings,
    digest: (text) => hash('sha256', text, 'binary'),
  })
  const alone = openEngine({ detectors: opened(), digest })
  const routing = new Routing({ detectors: opened(), digest }, shares)
  const hops = mostHandOvers({ detectors: opened(), digest })
  const expected = [1, ...Array.from({ length: hops }, () => shares)]
  const works = Array.from({ length: shares }, (_, own) => {
    const levels = new Levels(expected)
    const share = { own, of: shares, levels, hand: () => undefined }
    const engine = openEngine({ detectors: opened(), digest, share })
    return {
      input: new KeyedInput(),
      folding: new SharedFolding({ engine, folded: levels, expected, place: undefined }),
    }
  })
  bytes = 0
  copies = 0
  const batch = new EventBatch(rowsPerFrame)
  for (let from = 0; from < events; from += rowsPerFrame) {
    batch.clear()
    const record = recordOf(from)
    timed('decode', () => decoder.decode(record, batch, []))
    timed('judge alone', () => alone.observe(batch, 0, batch.length, []))
    const routed = timed('route', () => routing.route(batch, 0, batch.length))
    for (const [share, work] of works.entries()) {
      const rows = routed.get(share) ?? []
      const stretch = { from: 'ingest/0', previous: record.coordinate.offset - 1, to: record.coordinate.offset }
      const frame = timed('frame', () => rowsFrame(stretch, record.appendedAt, batch, rows))
      bytes += frame.value?.byteLength ?? 0
      copies += rows.length
      const come = timed('read frame', () => work.input.take(framed(frame, record)))
      timed('judge in shares', () => work.folding.fold(record.coordinate.offset, come, []))
    }
  }
  for (const stage of stages) found.get(stage)?.push((spent.get(stage) ?? 0) / events)
}

function recordOf(from: number): LogRecord {
  const appendedAt = Date.parse('2026-03-14T12:00:00Z') + from
  load.renew(from, appendedAt)
  const coordinate = { topic: 'ingest', incarnation: 'b', partition: 0, offset: from / rowsPerFrame }
  return { coordinate, key: undefined, value: Buffer.from(load.bytes), headers: {}, appendedAt }
}

function framed({ value, headers = {} }: NewRecord, { coordinate, appendedAt }: LogRecord): LogRecord {
  return { coordinate, key: undefined, value, headers, appendedAt }
}
