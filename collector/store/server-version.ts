// Asks a server for its version, and refuses one that is too old to store rows.

import type { ClickHouseClient } from '@clickhouse/client'
import { asStoreError, StoreError } from './store-error.ts'

/** The first long-term release that knows all of `insertSettings`: the last of them came with 24.6. */
const floor = { major: 24, minor: 8 }

/**
 * @param url for the refusal
 * @throws StoreError `ERR_STORE_SERVER_TOO_OLD`
 */
export async function checkServerVersion(client: ClickHouseClient, url: string): Promise<void> {
  const found = await versionOf(client)
  // Anything else than two numbers at its head is no version that ever was.
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(found) ?? ['', '0', '0']
  const tooOld = Number(major) < floor.major || (Number(major) === floor.major && Number(minor) < floor.minor)
  if (!tooOld) return
  throw new StoreError(
    'ERR_STORE_SERVER_TOO_OLD',
    `the store at "${url}" is ClickHouse ${found}, this program needs ${floor.major}.${floor.minor} or newer: ` +
      'upgrade that server, or leave its URL out of "store" for the embedded store',
    { retryable: false, ambiguous: false },
  )
}

async function versionOf(client: ClickHouseClient): Promise<string> {
  try {
    const result = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' })
    const [row] = await result.json<{ version: string }>()
    return row?.version ?? 'of no version'
  } catch (cause) {
    throw asStoreError(cause, 'asking for its version')
  }
}
