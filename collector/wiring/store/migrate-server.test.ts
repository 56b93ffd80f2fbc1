// A server is migrated once; without one, or without an answer, it is said what to do.

import { expect, it } from 'vitest'
import { freePort } from '../../../test/support/free-port.ts'
import { openTestStore } from '../../../test/support/store.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { migrateServer } from './migrate-server.ts'

const { store: settings } = defaultSettings()

it('leaves a server alone that is at the newest schema', async () => {
  const store = await openTestStore()
  const { url, writer } = store.child
  const migrated = await migrateServer({ ...settings, url, ...writer })
  await store.close()
  expect(migrated.applied).toEqual([])
  expect(migrated.number).toBeGreaterThan(0)
})

it('says that an embedded store migrates by itself', async () => {
  await expect(migrateServer(settings)).rejects.toMatchObject({
    code: 'ERR_USAGE',
    message: expect.stringContaining('store.url'),
  })
})

it('says that a server does not answer, as an outage', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  await expect(migrateServer({ ...settings, url })).rejects.toMatchObject({
    code: 'ERR_STORE_UNREACHABLE',
    retryable: true,
  })
})
