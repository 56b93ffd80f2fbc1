// `npm run bench:dashboards`: how long every panel takes on a store full of events, and what it reads for that.

import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openStoreClient } from '../../../collector/store/client.ts'
import { chooseValues } from '../../support/grafana/chosen-values.ts'
import { expandQuery } from '../../support/grafana/expand-query.ts'
import { committedDashboards, type Dashboard, intervalOf, panelsOf } from '../../support/grafana/panels.ts'
import { askStore } from '../../support/grafana/store-answer.ts'
import { openTestStore } from '../../support/store.ts'
import { machine } from '../report.ts'
import { mebibytes, percentile, thousands } from '../statistics.ts'
import { insertEvents } from './event-rows.ts'
import { insertSmallTables } from './small-tables.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '20000000' },
    days: { type: 'string', default: '7' },
    rounds: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
  },
})
const total = Number(values.events)
const lastsMs = Number(values.days) * 86_400_000
const rounds = Number(values.rounds)
const stretch = 1_000_000
const limitMs = 300

const store = await openTestStore()
const endsAt = Date.now()
const startsAt = endsAt - lastsMs
try {
  await fill()
  await measure()
} finally {
  await store.close()
}

async function fill(): Promise<void> {
  const { child } = store
  const writer = openStoreClient({ url: child.url, ...child.writer, database: 'default', timeoutMs: 600_000 })
  for (let from = 0; from < total; from += stretch) {
    const count = Math.min(stretch, total - from)
    await writer.command({ query: insertEvents({ from, count, total, startsAt, lastsMs }) })
    process.stderr.write(`\r${thousands(from + count)} events`)
  }
  for (const query of insertSmallTables({ startsAt, lastsMs, events: total })) await writer.command({ query })
  process.stderr.write('\n')
  await writer.close()
}

async function measure(): Promise<void> {
  console.log(
    `${thousands(total)} events of ${values.days} days; ${machine()}; each panel ${rounds} times over its own time range`,
  )
  const slow: string[] = []
  for (const dashboard of committedDashboards().filter(({ uid }) => uid.includes(values.only))) {
    const asked = askedBy(dashboard)
    const variables = await chooseValues(dashboard, asked, ask)
    console.log(`\n${dashboard.title} (${dashboard.time.from})`)
    for (const panel of panelsOf(dashboard))
      for (const { rawSql, refId } of panel.targets) {
        const sql = expandQuery(rawSql, { ...asked, intervalMs: intervalOf(panel, asked.from, asked.to), variables })
        const cpuBefore = childCpuMs()
        const runs: Run[] = []
        for (let round = 0; round < rounds; round++) runs.push(await timed(sql))
        const cpuMs = (childCpuMs() - cpuBefore) / rounds
        const times = runs.map(({ tookMs }) => tookMs)
        const [{ rowsRead, bytesRead, rows } = { rowsRead: 0, bytesRead: 0, rows: 0 }] = runs
        const p95 = percentile(times, 0.95)
        const title = panel.targets.length > 1 ? `${panel.title} (${refId})` : panel.title
        if (p95 >= limitMs) slow.push(title)
        console.log(
          `${title.padEnd(60)} p50 ${ms(percentile(times, 0.5))}  p95 ${ms(p95)}  CPU ${ms(cpuMs)}  ${thousands(rowsRead).padStart(11)} rows ` +
            `${mebibytes(bytesRead).padStart(9)} read, ${rows} shown${p95 >= limitMs ? '  SLOW' : ''}`,
        )
      }
  }
  // The store gives way to whatever else runs: on a busy machine a panel waits longer than it works.
  console.log(`\nload of the machine ${(loadavg()[0] ?? 0).toFixed(1)}`)
  console.log(
    `\n${slow.length === 0 ? `all p95 below ${limitMs} ms` : `p95 of ${limitMs} ms or more: ${slow.join(' · ')}`}`,
  )
}

interface Run {
  readonly tookMs: number
  readonly rowsRead: number
  readonly bytesRead: number
  readonly rows: number
}

async function timed(sql: string): Promise<Run> {
  const started = performance.now()
  const { rowsRead, bytesRead, rows } = await ask(sql)
  return { tookMs: performance.now() - started, rowsRead, bytesRead, rows: rows.length }
}

function ask(sql: string) {
  return askStore(store.child.url, store.child.reader, sql)
}

function askedBy({ time }: Dashboard): { from: number; to: number; intervalMs: number } {
  const hours = Number(/^now-(\d+)h$/.exec(time.from)?.[1])
  if (!(hours > 0)) throw new RangeError(`a dashboard begins at "${time.from}"`)
  return { from: endsAt - hours * 3_600_000, to: endsAt, intervalMs: 1000 }
}

/** Of the child's threads, user and system; a tick is 10 ms. */
function childCpuMs(): number {
  const stat = readFileSync(`/proc/${store.child.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function ms(value: number): string {
  return `${value.toFixed(0).padStart(5)} ms`
}
