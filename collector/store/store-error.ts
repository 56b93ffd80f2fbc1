// An outage or refusal of the store, told apart by code so that nobody reads messages to decide.

import { ClickHouseError } from '@clickhouse/client'

export type StoreErrorCode =
  | 'ERR_STORE_UNREACHABLE'
  | 'ERR_STORE_TIMEOUT'
  | 'ERR_STORE_DISK_FULL'
  | 'ERR_STORE_OVERLOADED'
  | 'ERR_STORE_STALE_OWNER'
  | 'ERR_STORE_UNAUTHORIZED'
  | 'ERR_STORE_NEWER_SCHEMA'
  | 'ERR_STORE_SERVER_TOO_OLD'
  | 'ERR_STORE_SETTINGS'
  | 'ERR_STORE_CLUSTER'
  | 'ERR_STORE_REJECTED'

export class StoreError extends Error {
  readonly code: StoreErrorCode
  /** True: the same call may succeed later. */
  readonly retryable: boolean
  /** True: what was sent may have been stored all the same. */
  readonly ambiguous: boolean

  constructor(
    code: StoreErrorCode,
    message: string,
    facts: { retryable: boolean; ambiguous: boolean },
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'StoreError'
    this.code = code
    this.retryable = facts.retryable
    this.ambiguous = facts.ambiguous
  }
}

// ClickHouse error codes: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
const byClickHouseCode: Readonly<Record<string, { code: StoreErrorCode; retryable: boolean; ambiguous: boolean }>> = {
  '159': { code: 'ERR_STORE_TIMEOUT', retryable: true, ambiguous: true },
  '202': { code: 'ERR_STORE_OVERLOADED', retryable: true, ambiguous: false },
  '209': { code: 'ERR_STORE_TIMEOUT', retryable: true, ambiguous: true },
  '210': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: true },
  // A query of the same id is running: an earlier owner's, which will be ended.
  '216': { code: 'ERR_STORE_OVERLOADED', retryable: true, ambiguous: true },
  '236': { code: 'ERR_STORE_STALE_OWNER', retryable: false, ambiguous: false },
  '241': { code: 'ERR_STORE_OVERLOADED', retryable: true, ambiguous: true },
  '243': { code: 'ERR_STORE_DISK_FULL', retryable: true, ambiguous: true },
  '252': { code: 'ERR_STORE_OVERLOADED', retryable: true, ambiguous: false },
  // Of a cluster: replicas or their keeper are away, and a quorum that was not reached may still be.
  '225': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: false },
  '242': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: true },
  '279': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: false },
  '285': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: false },
  '286': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: true },
  '319': { code: 'ERR_STORE_TIMEOUT', retryable: true, ambiguous: true },
  '999': { code: 'ERR_STORE_UNREACHABLE', retryable: true, ambiguous: true },
  '497': { code: 'ERR_STORE_UNAUTHORIZED', retryable: true, ambiguous: false },
  '516': { code: 'ERR_STORE_UNAUTHORIZED', retryable: true, ambiguous: false },
}

/** Turns whatever the client threw into a `StoreError`; a bug of ours is passed through as it is. */
export function asStoreError(cause: unknown, doing: string): unknown {
  if (cause instanceof StoreError) return cause
  if (cause instanceof ClickHouseError) {
    const known = byClickHouseCode[cause.code]
    // An engine that dies of a full disk says so in the text of a generic error: no code tells it apart.
    const full = /No space left on device|NOT_ENOUGH_SPACE/.test(cause.message)
    const facts = full
      ? ({ code: 'ERR_STORE_DISK_FULL', retryable: true, ambiguous: true } as const)
      : (known ?? ({ code: 'ERR_STORE_REJECTED', retryable: false, ambiguous: true } as const))
    return new StoreError(facts.code, `store refused ${doing}: ${cause.message}`, facts, { cause })
  }
  if (cause instanceof Error && isTransport(cause)) {
    const timeout = cause.message.includes('Timeout')
    return new StoreError(
      timeout ? 'ERR_STORE_TIMEOUT' : 'ERR_STORE_UNREACHABLE',
      `store did not answer while ${doing}: ${cause.message}`,
      { retryable: true, ambiguous: true },
      { cause },
    )
  }
  return cause
}

const transportCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
])

function isTransport(cause: Error): boolean {
  if ('code' in cause && typeof cause.code === 'string' && transportCodes.has(cause.code)) return true
  // The client's own errors for a deadline and a closed socket carry no code.
  return /^Timeout error\.$|socket hang up|other side closed|request was aborted/i.test(cause.message)
}
