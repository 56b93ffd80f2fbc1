// The settings of inserts against the real engine: which it takes, and how those that it does not take are named.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCluster } from '../../test/support/clickhouse/cluster-engine.ts'
import { openTestStore, type TestStore } from '../../test/support/store.ts'
import { checkInsertSettings } from './check-insert-settings.ts'
import { insertSettings, insertSettingsFor } from './insert-settings.ts'
import { verifyingSettings } from './stored-coordinates.ts'

let store: TestStore
const url = 'https://clickhouse.example:8443'

beforeAll(async () => {
  store = await openTestStore()
})
afterAll(() => store.close())

describe('a check of the insert settings', () => {
  it.each([
    ['one server', insertSettings],
    ['a cluster', { ...insertSettingsFor(testCluster), ...verifyingSettings({ cluster: testCluster }) }],
  ])('passes where each becomes what is sent to %s', async (_, settings) => {
    await checkInsertSettings(store.writer, url, settings)
  })

  it('names the settings that the engine has never heard of, and the place', async () => {
    await expect(
      checkInsertSettings(store.writer, url, { ...insertSettings, insert_in_order: 1, insert_twice: 0 }),
    ).rejects.toMatchObject({
      code: 'ERR_STORE_SETTINGS',
      retryable: false,
      message: expect.stringContaining(
        `the store at "${url}" does not take what inserts need: "insert_in_order" is unknown there, "insert_twice" is unknown there;`,
      ),
    })
  })

  it('names a setting that the user may not change', async () => {
    await expect(checkInsertSettings(store.reader, url, insertSettings)).rejects.toMatchObject({
      code: 'ERR_STORE_SETTINGS',
      message: expect.stringMatching(/async_insert|insert_deduplicate|max_insert_block_size|materialize_skip_indexes/),
    })
  })

  it('names a setting that becomes another value than was sent', async () => {
    await expect(
      checkInsertSettings(store.writer, url, { ...insertSettings, max_insert_threads: '01' }),
    ).rejects.toThrow('"max_insert_threads" is 1 where 01 was sent')
  })
})
