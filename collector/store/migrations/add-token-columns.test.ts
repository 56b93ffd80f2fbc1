// A database from before the columns of tokens and spans becomes like a new one, with what it held.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventRows } from '../../../schemas/tables.ts'
import { openTestStore, type TestStore } from '../../../test/support/store.ts'
import { createTable } from '../ddl.ts'
import { addedColumns, addTokenColumns } from './add-token-columns.ts'

let store: TestStore
const retention = { days: 30 }
const earlier = { ...eventRows, columns: eventRows.columns.filter(({ name }) => !addedColumns.includes(name)) }

beforeAll(async () => {
  store = await openTestStore()
  for (const query of ['DROP TABLE event_rows', ...createTable(earlier, retention)])
    await store.writer.command({ query })
  const query = "INSERT INTO event_rows (tenant, kind, subject, appended_at) VALUES ('t', 'authn', 'u-314', now64(3))"
  await store.writer.command({ query })
})
afterAll(() => store.close())

async function rowsOf<Row>(query: string): Promise<readonly Row[]> {
  const result = await store.writer.query({ query, format: 'JSONCompactEachRow' })
  return result.json<Row>()
}

it('adds every column where a new table has it, with its index, however often it is run', async () => {
  expect(earlier.columns).toHaveLength(eventRows.columns.length - addedColumns.length)
  for (let time = 0; time < 2; time++)
    for (const query of addTokenColumns.statements(retention)) await store.writer.command({ query })
  const columns = await rowsOf<[string, string]>(
    "SELECT name, type FROM system.columns WHERE table = 'event_rows' AND database = currentDatabase() ORDER BY position",
  )
  expect(columns).toEqual(eventRows.columns.map(({ name, type }) => [name, type]))
  const indexes = await rowsOf<[string]>(
    "SELECT name FROM system.data_skipping_indices WHERE table = 'event_rows' ORDER BY name",
  )
  const declared = eventRows.columns.flatMap(({ name, index }) => (index === undefined ? [] : [[`${name}_index`]]))
  expect(indexes).toEqual(declared.toSorted())
})

it('shows the rows of before through the view, with the new columns empty', async () => {
  expect(await rowsOf('SELECT subject, token_family, toUnixTimestamp(token_issued_at) FROM events')).toEqual([
    ['u-314', '', 0],
  ])
})
