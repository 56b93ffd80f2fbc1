// `npm run bench:fleet`: what a fleet is planned by: CPU of each part of the collector, and bytes on disk, per event.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient } from '@clickhouse/client'
import { cpuSeconds, threadCpuSeconds } from './process-facts.ts'
import { machine } from './report.ts'
import { stageCosts } from './stage-costs.ts'
import { median, thousands } from './statistics.ts'
import { openEastwest, type Subject } from './subjects.ts'
import { loadUntilStored, warmLines, warmUp } from './throughput.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, lines: { type: 'string', default: '1000000' } },
})
const rounds = Number(values.rounds)
const lines = Number(values.lines)

interface Spent {
  /** Receiving, scrubbing, appending. */
  readonly front: number
  /** Decoding, judging, encoding. */
  readonly core: number
  /** V8's and Node's own threads, of both. */
  readonly others: number
  readonly store: number
}

/** Seconds so far. The main thread is the front; of the others the busiest is the core. */
function spentBy({ pids: [collector = 0, store = 0] }: Subject): Spent {
  const threads = threadCpuSeconds(collector)
  const front = threads.get(collector) ?? 0
  const core = Math.max(...[...threads].filter(([id]) => id !== collector).map(([, seconds]) => seconds))
  return { front, core, others: cpuSeconds(collector) - front - core, store: cpuSeconds(store) }
}

/** Of rows of events, as they lie on disk once merges have had their time. */
async function storedBytesPerRow({ storeUrl, data }: Subject['place']): Promise<number> {
  const password = readFileSync(join(data, 'store-writer.password'), 'utf8').trim()
  const client = createClient({ url: storeUrl, username: 'eastwest', password })
  await client.command({ query: 'OPTIMIZE TABLE event_rows FINAL' })
  const reply = await client.query({
    query: `SELECT sum(bytes_on_disk) / sum(rows) AS bytes FROM system.parts WHERE active AND table = 'event_rows'`,
    format: 'JSONEachRow',
  })
  const [row] = await reply.json<{ bytes: number }>()
  await client.close()
  return row?.bytes ?? Number.NaN
}

const parts = ['front', 'core', 'others', 'store'] as const
const found = new Map<(typeof parts)[number], number[]>(parts.map((part) => [part, []]))

console.log(`${machine()}, ${new Date().toISOString().slice(0, 10)}`)
console.log(
  `${thousands(lines)} Istio JSON lines of about 1.1 KB a run, ${rounds} rounds: µs CPU per event of each part\n`,
)
let sequence = 0
for (let round = 1; round <= rounds; round++) {
  const subject = await openEastwest()
  const stored = await warmUp(subject, sequence)
  const before = spentBy(subject)
  await loadUntilStored(subject, lines, sequence + warmLines, stored)
  const after = spentBy(subject)
  sequence += warmLines + lines
  const each = parts.map((part) => {
    const microseconds = ((after[part] - before[part]) / lines) * 1e6
    found.get(part)?.push(microseconds)
    return `${part} ${microseconds.toFixed(2)}`
  })
  console.log(`round ${round}  ${each.join(', ')}`)
  if (round === rounds) {
    console.log(`\nmedians  ${parts.map((part) => `${part} ${median(found.get(part) ?? []).toFixed(2)}`).join(', ')}`)
    console.log(await stageCosts(subject.metricsUrl))
    console.log(
      `${(await storedBytesPerRow(subject.place)).toFixed(0)} bytes on disk per row of an event, indexes included`,
    )
  }
  await subject.close()
}
process.exit(0)
