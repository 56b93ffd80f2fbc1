// Compares the settings that inserts lean on with what a server makes of them, before a row is sent.

import { type ClickHouseClient, ClickHouseError, type ClickHouseSettings } from '@clickhouse/client'
import { asStoreError, StoreError } from './store-error.ts'

/** Read by the HTTP interface itself, and unknown to `system.settings`. */
const ofInterface: readonly string[] = ['wait_end_of_query']
/** A setting that is unknown, that may not be changed, or not to this value. */
const refusals: readonly string[] = ['115', '164', '452']

/**
 * @param url for the refusal
 * @throws StoreError `ERR_STORE_SETTINGS`, which names each setting that does not become what inserts need
 */
export async function checkInsertSettings(
  client: ClickHouseClient,
  url: string,
  settings: ClickHouseSettings,
): Promise<void> {
  const needed = Object.entries(settings).filter(([name]) => !ofInterface.includes(name))
  const names = needed.map(([name]) => name)
  const known = await valuesOf(client, names, {})
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) throw refused(url, unknown.map((name) => `"${name}" is unknown there`).join(', '))
  const become = await valuesOf(client, names, settings).catch((cause: unknown) => {
    if (cause instanceof StoreError && cause.cause instanceof ClickHouseError && refusals.includes(cause.cause.code))
      throw refused(url, cause.cause.message)
    throw cause
  })
  const others = needed.filter(([name, value]) => become.get(name) !== String(value))
  if (others.length === 0) return
  const told = others.map(([name, value]) => `"${name}" is ${become.get(name)} where ${value} was sent`)
  throw refused(url, told.join(', '))
}

async function valuesOf(
  client: ClickHouseClient,
  names: readonly string[],
  sent: ClickHouseSettings,
): Promise<ReadonlyMap<string, string>> {
  try {
    const result = await client.query({
      query: 'SELECT name, value FROM system.settings WHERE name IN {names:Array(String)}',
      query_params: { names },
      clickhouse_settings: sent,
      format: 'JSONCompactEachRow',
    })
    return new Map(await result.json<[string, string]>())
  } catch (cause) {
    throw asStoreError(cause, 'telling its settings')
  }
}

function refused(url: string, problems: string): StoreError {
  return new StoreError(
    'ERR_STORE_SETTINGS',
    `the store at "${url}" does not take what inserts need: ${problems}; ` +
      'let the user of "store.username" change these settings, and run a ClickHouse that knows them',
    { retryable: false, ambiguous: false },
  )
}
