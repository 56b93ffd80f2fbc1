// The version of a store: a server of 2018 is refused by name, today's engine is taken.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OldServer, startOldServer } from '../../test/support/clickhouse/old-server.ts'
import { openTestStore } from '../../test/support/store.ts'
import { openStoreClient } from './client.ts'
import { checkServerVersion } from './server-version.ts'

let old: OldServer | undefined

beforeAll(async () => {
  old = await startOldServer()
})
afterAll(() => old?.stop())

it('refuses a server that is too old with its version, the floor and what to do', async () => {
  const url = old?.url ?? ''
  const client = openStoreClient({
    url,
    username: 'default',
    password: '',
    database: 'default',
    timeoutMs: 20_000,
  })
  await expect(checkServerVersion(client, url)).rejects.toMatchObject({
    code: 'ERR_STORE_SERVER_TOO_OLD',
    retryable: false,
    message:
      `the store at "${url}" is ClickHouse 18.16.1, this program needs 24.8 or newer: ` +
      'upgrade that server, or leave its URL out of "store" for the embedded store',
  })
  await client.close()
})

it('takes the engine of the embedded store', async () => {
  const store = await openTestStore()
  await checkServerVersion(store.writer, store.child.url)
  await store.close()
})
