// What a query of events asks beside its look-ups, as conditions with bound values.

import type { EventsQuery, Failure } from '../../../schemas/api/events-query.ts'
import { clickhouseInstant } from '../insert-rows.ts'
import { readCursor } from './page.ts'
import { type Condition, when } from './select.ts'

export const instantType = "DateTime64(3, 'UTC')"

const refused = "outcome IN ('denied', 'failed')"

const failed: Readonly<Record<Failure, string>> = {
  authentication: `(kind = 'authn' AND ${refused}) OR (kind IN ('access', 'span') AND (http_status = 401 OR grpc_status = 16))`,
  authorization: `(kind = 'authz' AND ${refused}) OR (kind IN ('access', 'span') AND (http_status = 403 OR grpc_status = 7))`,
  any: refused,
}

export function scopeOf({ tenant, realm }: { readonly tenant: string; readonly realm: string }): Condition {
  return { sql: 'tenant = {tenant:String} AND realm = {realm:String}', values: { tenant, realm } }
}

export function happened({
  from,
  to,
}: {
  readonly from?: number | undefined
  readonly to?: number | undefined
}): readonly Condition[] {
  return [
    ...when(from, (at) => ({ sql: `event_at >= {from:${instantType}}`, values: { from: clickhouseInstant(at) } })),
    ...when(to, (at) => ({ sql: `event_at < {to:${instantType}}`, values: { to: clickhouseInstant(at) } })),
  ]
}

export function conditionsOf(query: EventsQuery): readonly Condition[] {
  const equals = (column: string, name: string) => (value: string) => ({
    sql: `${column} = {${name}:String}`,
    values: { [name]: value },
  })
  const anyOf = (column: string, name: string) => (values: readonly string[]) => ({
    sql: `${column} IN {${name}:Array(String)}`,
    values: { [name]: values },
  })
  return [
    scopeOf(query),
    // What is no id of ours is the nil id, which no event has.
    ...when(query.id, (id) => ({ sql: 'event_id = toUUIDOrZero({id:String})', values: { id } })),
    ...when(query.client, equals('client', 'client')),
    ...when(query.caller, equals('caller', 'caller')),
    ...when(query.destination, equals('destination', 'destination')),
    ...when(query.workload, (workload) => ({
      sql: 'workload = {workload:String} OR caller = {workload:String} OR destination = {workload:String}',
      values: { workload },
    })),
    ...when(query.source, equals('source', 'source')),
    ...when(query.kind, anyOf('kind', 'kind')),
    ...when(query.action, anyOf('action', 'action')),
    ...when(query.outcome, anyOf('outcome', 'outcome')),
    ...when(query.failed, (failure) => ({ sql: failed[failure], values: {} })),
    ...when(query.format, equals('format', 'format')),
    ...happened(query),
    ...when(readCursor(query.cursor), ({ at, id }) => ({
      sql: `(event_at, event_id) < ({at:${instantType}}, toUUIDOrZero({after:String}))`,
      values: { at: clickhouseInstant(at), after: id },
    })),
  ]
}
