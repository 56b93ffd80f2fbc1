// Judges how often each record of a topic of others is there: exactly once, as a row or in quarantine.

import { createClient } from '@clickhouse/client'
import { numberIn } from '../support/numbered-records/records.ts'
import { type StoreAccount, storedId, type Verdict } from '../support/oracle.ts'

const mostShown = 20

/** `places` names where each record lies, by its number. */
export async function judgeSource(
  store: StoreAccount,
  places: ReadonlyMap<number, string>,
): Promise<readonly Verdict[]> {
  const client = createClient({ ...store, request_timeout: 60_000 })
  const rows = async <Row>(query: string): Promise<readonly Row[]> =>
    (await client.query({ query, format: 'JSONEachRow' })).json<Row>()
  try {
    const found = await rows<{ id: string; times: string }>(
      `SELECT ${storedId} AS id, toString(count()) AS times FROM event_rows GROUP BY id`,
    )
    const times = new Map(found.map(({ id, times }) => [numberIn(id), Number(times)]))
    const putAside = await rows<{ reason: string; detail: string; head: string; offset: string }>(
      'SELECT reason, detail, head, toString(offset) AS offset FROM quarantine ORDER BY offset',
    )
    const missing = [...places.keys()].filter((number) => !times.has(number))
    const repeated = [...places.keys()].filter((number) => (times.get(number) ?? 0) > 1)
    const shown = (numbers: readonly number[]): string =>
      numbers
        .slice(0, mostShown)
        .map((number) => `${number} (${places.get(number)})`)
        .join(', ')
    return [
      {
        check: 'produced records that are neither a row nor in quarantine',
        failures: Math.max(0, missing.length - putAside.length),
        detail: `${places.size} produced, ${times.size} stored${missing.length === 0 ? '' : `; missing: ${shown(missing)}`}`,
      },
      { check: 'produced records stored more than once', failures: repeated.length, detail: shown(repeated) },
      {
        check: 'records put aside although they are whole',
        failures: putAside.length,
        detail: putAside
          .slice(0, mostShown)
          .map((row) => JSON.stringify(row))
          .join(', '),
      },
    ]
  } finally {
    await client.close()
  }
}
