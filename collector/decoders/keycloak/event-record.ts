// One event of Keycloak as our decoders see it, whichever way it came: a listener's JSON, the admin API, or a line of its log.

import { objectIn } from '../envelopes/kubernetes.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'

export interface KeycloakEvent {
  /** `LOGIN`, `REFRESH_TOKEN_ERROR` …, without the prefix of a third-party listener. */
  readonly type: string
  readonly id: string
  readonly realmId: string
  readonly realmName: string
  readonly client: string
  /** `''` where Keycloak writes `null`, also as a text. */
  readonly user: string
  readonly session: string
  readonly address: string
  readonly error: string
  readonly details: ReadonlyMap<string, string>
  /** What else the record holds. */
  readonly rest: readonly (readonly [string, JsonValue])[]
}

export interface KeycloakAdminEvent {
  /** `CREATE`, `UPDATE`, `DELETE` or `ACTION`. */
  readonly operation: string
  readonly resourceType: string
  readonly resourcePath: string
  readonly id: string
  /** Realm whose resource it is. */
  readonly realm: string
  /** Who did it: realm, client, user, address and session. */
  readonly byRealm: string
  readonly byClient: string
  readonly byUser: string
  readonly bySession: string
  readonly address: string
  readonly error: string
  readonly rest: readonly (readonly [string, JsonValue])[]
}

const typeForm = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/
const prefix = 'access.'
const operations = new Set(['CREATE', 'UPDATE', 'DELETE', 'ACTION'])

/** Type of a user event without its listener's prefix; `''` where the object is none. */
export function eventTypeIn(json: JsonObject): string {
  const { type } = json
  if (typeof type !== 'string' || typeof json.operationType === 'string') return ''
  const bare = type.startsWith(prefix) ? type.slice(prefix.length) : type
  if (bare.length > 80 || !typeForm.test(bare)) return ''
  if (json.realmId === undefined && json.realmName === undefined) return ''
  return json.clientId !== undefined || json.ipAddress !== undefined || objectIn(json.authDetails) !== undefined
    ? bare
    : ''
}

export function isAdminEvent(json: JsonObject): boolean {
  return (
    typeof json.operationType === 'string' &&
    operations.has(json.operationType) &&
    objectIn(json.authDetails) !== undefined &&
    json.resourcePath !== undefined
  )
}

const eventKeys = new Set(
  'id uid time type realmId realmName clientId userId sessionId ipAddress error details authDetails'.split(' '),
)

/** `p2-inc/keycloak-events` has the parties under `authDetails`, whose `realmId` is a name, and its own id in `uid`. */
export function eventOfJson(json: JsonObject, type: string): KeycloakEvent {
  const by = objectIn(json.authDetails) ?? {}
  const details = new Map<string, string>()
  const rest: [string, JsonValue][] = []
  const given = objectIn(json.details) ?? {}
  for (const key of Object.keys(given)) {
    const value = given[key] ?? null
    const text = textOf(value)
    if (text !== undefined) details.set(key, text)
    else if (value !== null) rest.push([key, value])
  }
  for (const key of Object.keys(json)) if (!eventKeys.has(key)) rest.push([key, json[key] ?? null])
  return {
    type,
    id: named(json.id) || named(json.uid),
    realmId: named(json.realmId),
    realmName: named(json.realmName) || named(by.realmId),
    client: named(json.clientId) || named(by.clientId),
    user: named(json.userId) || named(by.userId),
    session: named(json.sessionId) || named(by.sessionId),
    address: named(json.ipAddress) || named(by.ipAddress),
    error: named(json.error),
    details,
    rest,
  }
}

const adminKeys = new Set(
  'id uid time type realmId realmName operationType resourceType resourcePath error authDetails representation details'.split(
    ' ',
  ),
)

/** What was written (`representation`) is left out: it may be whole users and clients, and says little of who did what. */
export function adminEventOfJson(json: JsonObject): KeycloakAdminEvent {
  const by = objectIn(json.authDetails) ?? {}
  const rest: [string, JsonValue][] = []
  const name = named(by.username)
  if (name !== '') rest.push(['username', name])
  for (const key of Object.keys(json)) if (!adminKeys.has(key)) rest.push([key, json[key] ?? null])
  return {
    operation: named(json.operationType),
    resourceType: named(json.resourceType),
    resourcePath: named(json.resourcePath),
    id: named(json.id) || named(json.uid),
    realm: named(json.realmName) || named(json.realmId),
    byRealm: named(by.realmName) || named(by.realmId),
    byClient: named(by.clientId),
    byUser: named(by.userId),
    bySession: named(by.sessionId),
    address: named(by.ipAddress),
    error: named(json.error),
    rest,
  }
}

function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** A name, or `''` for what stands where Keycloak knows none. */
export function named(value: JsonValue | undefined): string {
  return typeof value === 'string' && value !== 'null' ? value : ''
}
