// Judges a run with crashes or faults from outside: what was acknowledged, what is stored, what stands, and what was told.

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { canonicalAlertJson } from '../../collector/wiring/canonical.ts'
import { alertSchema } from '../../schemas/alerts.ts'
import { numberColumns, numberIn } from './numbered-records/records.ts'

export interface Verdict {
  readonly check: string
  /** Must be 0. */
  readonly failures: number
  readonly detail: string
}

/** URL of the store, with the reader's account. */
export interface StoreAccount {
  readonly url: string
  readonly username: string
  readonly password: string
}

export interface OracleInput {
  readonly store: StoreAccount
  /** A record as a replay reads it. */
  readonly lineOf: (number: number) => string
  /** Numbers of the records that were answered with 200. */
  readonly acknowledged: ReadonlySet<number>
  /** Attempts seen at the webhook, by id. */
  readonly received: ReadonlyMap<string, number>
  /** Attempts that one notification may have taken: each interruption may cost it one more. */
  readonly mostAttempts: number
  /** Attempts beyond the first, of all notifications together. */
  readonly mostRepeats: number
  /** Settings of the uninterrupted run: the same judgement, inserts as large as they come. */
  readonly config: string
  readonly data: string
  readonly file: string
}

/** Of the row's ids, the one that carries the number. */
export const storedId = `coalesce(${numberColumns.map((name) => `nullIf(${name}, '')`).join(', ')}, '')`

const main = fileURLToPath(new URL('../../collector/main.js', import.meta.url))
const run = promisify(execFile)

export async function judge(input: OracleInput): Promise<readonly Verdict[]> {
  const client = createClient({ ...input.store, request_timeout: 60_000 })
  const rows = async <Row>(query: string): Promise<readonly Row[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<Row>()
  try {
    const stored = new Set(
      (await rows<{ id: string }>(`SELECT DISTINCT ${storedId} AS id FROM event_rows`)).flatMap(
        ({ id }) => numberIn(id) ?? [],
      ),
    )
    const doubled = await countDoubled(client)
    const firstDoubled = await rows<{ coordinate: string; line: string; times: string }>(
      `SELECT concat(toString(partition), '/', toString(offset), ':', toString(index)) AS coordinate, any(${storedId}) AS line,
        toString(count()) AS times FROM event_rows
        GROUP BY topic, incarnation, partition, offset, index HAVING count() > 1 ORDER BY partition, offset, index LIMIT 5`,
    )
    const [uneven] = await rows<{ n: string }>(
      'SELECT toString(countIf(c != p)) AS n FROM (SELECT count() AS c, any(parts) AS p FROM event_rows GROUP BY topic, incarnation, partition, offset)',
    )
    const quarantined = await rows<{ n: string }>('SELECT toString(count()) AS n FROM quarantine')
    const alerts = (await rows<{ body: string }>("SELECT body FROM alerts WHERE status != 'withdrawn'")).map(
      ({ body }) => canonicalAlertJson(alertSchema.parse(JSON.parse(body))),
    )
    const expected = await uninterrupted(
      input,
      [...stored].sort((a, b) => a - b),
    )
    const deliveries = await rows<{ id: string; state: string }>('SELECT webhook_id AS id, state FROM deliveries FINAL')
    const lost = [...input.acknowledged].filter((number) => !stored.has(number))
    const undelivered = deliveries.filter(({ id, state }) => state !== 'delivered' || !input.received.has(id))
    const unknown = [...input.received.keys()].filter((id) => !deliveries.some((delivery) => delivery.id === id))
    const attempts = [...input.received.values()].filter((count) => count > input.mostAttempts)
    const repeats = [...input.received.values()].reduce((sum, count) => sum + count - 1, 0)
    return [
      {
        check: 'acknowledged records lost',
        failures: lost.length,
        detail: `${input.acknowledged.size} acknowledged, ${stored.size} stored${lost.length > 0 ? `; first lost: ${lost.slice(0, 5).join(', ')}` : ''}`,
      },
      {
        check: 'coordinates doubled',
        failures: doubled,
        detail: firstDoubled.map(({ coordinate, line, times }) => `${coordinate} (${line}) × ${times}`).join(', '),
      },
      { check: 'offsets whose rows are not their parts', failures: Number(uneven?.n), detail: '' },
      { check: 'records in quarantine', failures: Number(quarantined[0]?.n), detail: '' },
      compareAlerts(alerts, expected),
      {
        check: 'transitions not delivered',
        failures: undelivered.length + unknown.length,
        detail: `${deliveries.length} notifications, ${input.received.size} received`,
      },
      {
        check: 'attempts beyond those of the interruptions',
        failures: attempts.length + Math.max(0, repeats - input.mostRepeats),
        detail: `${repeats} extra attempts, at most ${input.mostRepeats}`,
      },
    ]
  } finally {
    await client.close()
  }
}

/** Rows beyond the first of their coordinate. */
export async function countDoubled(client: ClickHouseClient): Promise<number> {
  const result = await client.query({
    query: 'SELECT toString(count() - uniqExact(topic, incarnation, partition, offset, index)) FROM event_rows',
    format: 'JSONCompactEachRow',
  })
  const [row] = await result.json<[string]>()
  return Number(row?.[0])
}

/** The standing alerts of the same lines in a run that nobody interrupts. */
async function uninterrupted(
  { config, data, file, lineOf }: OracleInput,
  numbers: readonly number[],
): Promise<readonly string[]> {
  writeFileSync(file, numbers.map((number) => `${lineOf(number)}\n`).join(''))
  const { stdout } = await run(
    process.execPath,
    [main, 'replay', file, '--json', '--settings', config, '--data', data],
    { maxBuffer: 1 << 30 },
  )
  return stdout.split('\n').filter((line) => line !== '')
}

function compareAlerts(found: readonly string[], expected: readonly string[]): Verdict {
  const wanted = new Set(expected)
  const surplus = found.filter((alert) => !wanted.has(alert))
  const missing = expected.filter((alert) => !found.includes(alert))
  const [first] = [...surplus, ...missing]
  return {
    check: 'standing alerts that differ from an uninterrupted run',
    failures: surplus.length + missing.length,
    detail: `${found.length} stand, ${expected.length} expected${first === undefined ? '' : `; one that differs: ${first.slice(0, 300)}`}`,
  }
}
