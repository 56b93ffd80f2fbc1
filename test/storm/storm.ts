// Members join and leave under load for as long as it is told, and nothing is lost, doubled or stands still: `npm run storm`.

import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { seededRandom } from '../crash/kill-plan.ts'
import { openFleetSettings } from '../support/fleet.ts'
import { type FleetProcess, startFleetProcess } from '../support/fleet-process.ts'
import { startKafka } from '../support/kafka/kafka-broker.ts'
import { openTestStore } from '../support/store.ts'
import { until } from '../support/until.ts'
import { StoodStill } from './stood-still.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    members: { type: 'string', default: '4' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rate: { type: 'string', default: '400' },
  },
})
const partitions = { ingest: 24, keyed: 4, findings: 2 }
const shortestMs = 3_000
const longestMs = 20_000
const settleMs = 180_000
const requestMs = 30_000
const random = seededRandom(Number(values.seed))
console.log(`storm: ${values.seconds} s, ${values.members} members, 24 partitions, seed ${values.seed}`)

const broker = await startKafka()
const store = await openTestStore()
const more = { detectors: { snapshotSeconds: 5 } }
const settings = await openFleetSettings({ broker, store, partitions, batchMs: 500, more })

const receiver = await startFleetProcess('receive,detect,deliver', settings)
const members: (FleetProcess | undefined)[] = []
for (let at = 0; at < Number(values.members); at++) members.push(await startFleetProcess('normalize', settings))

const endsAt = performance.now() + Number(values.seconds) * 1_000
const isOver = (): boolean => performance.now() >= endsAt
let sent = 0
let changes = 0
const still = new StoodStill()
await Promise.all([load(), ...members.map((_, at) => comeAndGo(at)), watch()])
console.log(`sent ${sent} records, ${changes} joins and leaves; waiting for what is under way`)
let counted = await count()
await until(
  async () => {
    counted = await count()
    return counted.ids >= sent
  },
  'everything is stored',
  settleMs,
).catch(() => undefined)
const failures = [
  ['lost', sent - counted.ids],
  ['doubled', counted.stored - counted.distinct],
  ['partitions that stood still for 60 s', still.longestMs > 60_000 ? 1 : 0],
] as const
console.log(`${counted.ids} ids in ${counted.stored} rows, ${counted.quarantined} in quarantine`)
for (const [what, number] of failures) console.log(`${what}: ${number}`)
console.log(`longest time without progress on a partition: ${Math.round(still.longestMs / 1_000)} s`)
for (const each of [receiver, ...members]) await each?.stop()
await store.close()
await broker.stop()
process.exit(failures.every(([, number]) => number === 0) ? 0 : 1)

async function load(): Promise<void> {
  const atOnce = 20
  while (!isOver()) {
    const lines = Array.from({ length: atOnce }, (_, at) => {
      const id = sent + at
      return `2025-03-14 11:42:01 | user_id=U-${id} | action=LOGIN | order=O-${id}\n`
    })
    if (await isTaken(lines.join(''))) sent += atOnce
    await pause((1_000 * atOnce) / Number(values.rate))
  }
}

/** What was not answered may have been taken all the same: it is sent again, and counts once. */
async function isTaken(body: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(requestMs)
    const headers = { 'content-type': 'text/plain' }
    const reply = await fetch(`${receiver.url}/v1/events`, { method: 'POST', body, headers, signal })
    await reply.arrayBuffer()
    return reply.status === 200
  } catch {
    return false
  }
}

/** Half of the times without warning. */
async function comeAndGo(at: number): Promise<void> {
  for (;;) {
    await pause(shortestMs + random() * (longestMs - shortestMs))
    if (isOver()) break
    changes += 1
    const member = members[at]
    if (member === undefined) members[at] = await startFleetProcess('normalize', settings)
    else {
      members[at] = undefined
      if (random() < 0.5) await member.kill()
      else await member.stop()
    }
  }
  members[at] ??= await startFleetProcess('normalize', settings)
}

async function watch(): Promise<void> {
  while (!isOver()) {
    await pause(1_000)
    const rows = await ask<{ partition: number; offset: string }>(
      'SELECT partition, toString(max(offset)) AS offset FROM event_rows GROUP BY partition',
    )
    still.note(rows, performance.now())
  }
}

async function count(): Promise<{ stored: number; distinct: number; ids: number; quarantined: number }> {
  const [row] = await ask<{ stored: string; distinct: string; ids: string; quarantined: string }>(
    `SELECT toString(count()) AS stored, toString(uniqExact(partition, offset, index)) AS distinct,
      toString(uniqExact(subject)) AS ids,
      (SELECT toString(count()) FROM quarantine) AS quarantined FROM event_rows`,
  )
  const { stored, distinct, ids, quarantined } = row ?? { stored: 0, distinct: 0, ids: 0, quarantined: 0 }
  return { stored: Number(stored), distinct: Number(distinct), ids: Number(ids), quarantined: Number(quarantined) }
}

async function ask<Row>(query: string): Promise<readonly Row[]> {
  return (await store.reader.query({ query, format: 'JSONEachRow' })).json<Row>()
}
