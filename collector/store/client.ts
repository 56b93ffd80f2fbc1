// Opens the ClickHouse client: the one way to the store, whether it is the embedded child or a server.

import { type ClickHouseClient, createClient } from '@clickhouse/client'

export interface StoreAddress {
  /** `http://127.0.0.1:18123` or a server's URL. */
  readonly url: string
  readonly username: string
  readonly password: string
  readonly database: string
  /** Milliseconds before a request is given up. */
  readonly timeoutMs: number
  /** Epoch of this process's claim; inserts of an older owner are refused by the embedded store. */
  readonly claim?: number
}

export function openStoreClient(address: StoreAddress): ClickHouseClient {
  return createClient({
    url: address.url,
    username: address.username,
    password: address.password,
    database: address.database,
    request_timeout: address.timeoutMs,
    max_open_connections: 8,
    compression: { request: false, response: false },
    // The embedded store closes idle sockets; a fresh one costs less than a failed request.
    keep_alive: { enabled: true, idle_socket_ttl: 1500 },
    ...(address.claim === undefined ? {} : { http_headers: { 'X-Eastwest-Claim': String(address.claim) } }),
    application: 'eastwest',
    log: { level: 127 satisfies ClickHouseLogOff },
  })
}

/** `ClickHouseLogLevel.OFF`: the client would print to the console; what fails is told by our own errors. */
type ClickHouseLogOff = 127
