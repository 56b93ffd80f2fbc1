// What is sent again is stored again, also by an engine that remembers inserts, whatever it makes of being told not to.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestStore, type TestStore } from '../../test/support/store.ts'
import { insertRows } from './insert-rows.ts'

let store: TestStore

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

it('holds twice what was sent twice: which rows are there is asked, never left to what the engine remembers', async () => {
  await store.writer.command({
    query: 'ALTER TABLE quarantine MODIFY SETTING non_replicated_deduplication_window = 100',
  })
  const row = { topic: 'ingest', incarnation: 'first', partition: 0, offset: 7, index: 0, appended_at: Date.now() }
  for (const _ of ['sent', 'sent again']) await insertRows(store.writer, 'quarantine', [row])
  const result = await store.reader.query({
    query: 'SELECT toString(count()) AS n FROM quarantine',
    format: 'JSONEachRow',
  })
  expect(await result.json()).toEqual([{ n: '2' }])
})
