// The event that the pairs of a log line state: the parties first, in the listener's own order, then details.

import type { Refusal } from '../decoder.ts'
import { quoted } from '../hidden-characters.ts'
import { type KeycloakAdminEvent, type KeycloakEvent, named } from './event-record.ts'
import type { Pairs, ReadPairs } from './pairs.ts'

const eventHead = ['type', 'realmId', 'realmName', 'clientId', 'userId', 'sessionId', 'ipAddress', 'error']
const adminHead = [
  'operationType',
  'realmId',
  'realmName',
  'clientId',
  'userId',
  'sessionId',
  'ipAddress',
  'resourceType',
  'resourcePath',
  'error',
]
/** Left out by some versions or events. */
const optional = new Set(['realmName', 'sessionId', 'error'])
/** Details that name tokens and people: nobody may have typed them. */
const facts = new Set(
  'refresh_token_id updated_refresh_token_id refresh_token_sub token_id reason impersonator'.split(' '),
)

export type LogEvent =
  | { readonly what: 'event'; readonly event: KeycloakEvent }
  | { readonly what: 'admin'; readonly event: KeycloakAdminEvent }

/** Without double quotes, a line is refused whose parties stand in another order than the listener writes, or whose facts may be forged. */
export function logEventOf({ pairs, sealed, doubtful }: ReadPairs): LogEvent | Refusal {
  const isAdmin = pairs.has('operationType')
  const head = isAdmin ? adminHead : eventHead
  const problem = sealed ? undefined : (orderProblem(pairs, head) ?? doubt(doubtful))
  if (problem !== undefined) return { reason: 'log-injection-suspect', detail: problem }
  const value = (key: string): string => named(pairs.get(key))
  const details = new Map(
    [...pairs].filter(([key, text]) => !head.includes(key) && key !== 'cookies' && text !== 'null'),
  )
  if (isAdmin) {
    const event: KeycloakAdminEvent = {
      operation: value('operationType'),
      resourceType: value('resourceType'),
      resourcePath: value('resourcePath'),
      id: '',
      realm: '',
      byRealm: value('realmName') || value('realmId'),
      byClient: value('clientId'),
      byUser: value('userId'),
      bySession: value('sessionId'),
      address: value('ipAddress'),
      error: value('error'),
      rest: [...details],
    }
    return { what: 'admin', event }
  }
  const event: KeycloakEvent = {
    type: value('type'),
    id: '',
    realmId: value('realmId'),
    realmName: value('realmName'),
    client: value('clientId'),
    user: value('userId'),
    session: value('sessionId'),
    address: value('ipAddress'),
    error: value('error'),
    details,
    rest: [],
  }
  return { what: 'event', event }
}

function orderProblem(pairs: Pairs, head: readonly string[]): string | undefined {
  const keys = [...pairs.keys()]
  let at = 0
  for (const key of head) {
    if (keys[at] === key) at += 1
    else if (!optional.has(key) || pairs.has(key))
      return pairs.has(key)
        ? `${quoted(key)} stands in a place where Keycloak does not write it`
        : `${quoted(key)} is missing`
  }
  return undefined
}

function doubt(doubtful: ReadonlySet<string>): string | undefined {
  for (const key of doubtful)
    if (facts.has(key))
      return `${quoted(key)} stands behind a value that anybody may have typed, and no double quotes keep them apart`
  return undefined
}
