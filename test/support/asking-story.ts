// A story told by an identity provider, a mesh, a policy engine and an application that spell one user differently.

import { createHmac } from 'node:crypto'
import { type RunningCollector, runCollector } from './running-collector.ts'
import { until } from './until.ts'

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
export const jwtOf = (claims: object): string => {
  const unsigned = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${unsigned}.${createHmac('sha256', 'k').update(unsigned).digest('base64url')}`
}
export const issuer = 'https://idp.example'
export const session = 'session-4711'
export const leaked = jwtOf({ iss: issuer, sub: 'u-77', jti: 'jti-leaked-1', exp: 1_700_000_000 })
export const fresh = jwtOf({ iss: issuer, sub: 'u-78', jti: 'jti-fresh-1', exp: 4_000_000_000 })
export const unheard = jwtOf({ iss: issuer, sub: 'u-79', jti: 'jti-unheard' })
export const opaque = 'hVn3Ck8Qm2TzR7Wd+4Lx/9Yb=='
export const trace = 'aaaaaaaabbbbbbbbccccccccdddddddd'
export const hostile = "alice'; DROP TABLE event_rows; -- \\' {x:String} <b>😀"

export const at = (second: number): string =>
  new Date(Date.parse('2026-11-02T09:00:00Z') + second * 1_000).toISOString()
const story = [
  // The identity provider knows the user by id, the session and the token's own id.
  {
    kind: 'authn',
    at: at(0),
    action: 'login',
    outcome: 'denied',
    subject: 'u-77',
    workload: 'idp',
    outcomeReason: 'bad_password',
  },
  {
    kind: 'authn',
    at: at(5),
    action: 'login',
    outcome: 'allowed',
    subject: 'u-77',
    workload: 'idp',
    session,
    tokenId: 'jti-leaked-1',
    tokenIssuer: issuer,
    client: 'web',
  },
  // The mesh saw the token itself, the application calls the user by name.
  {
    kind: 'access',
    at: at(10),
    caller: 'cart',
    destination: 'payments',
    method: 'POST',
    path: '/v1/refunds',
    httpStatus: 401,
    outcome: 'denied',
    subject: 'alice',
    token: leaked,
    requestId: 'request-1',
    traceId: trace,
  },
  {
    kind: 'authz',
    at: at(11),
    action: 'refund',
    resource: 'order/1',
    outcome: 'denied',
    subject: 'alice',
    traceId: trace,
    workload: 'opa',
  },
  {
    kind: 'authn',
    at: at(12),
    action: 'token.validate',
    outcome: 'failed',
    actor: 'alice',
    workload: 'payments',
    requestId: 'request-1',
  },
  ...[20, 22, 24].map((second) => ({
    kind: 'action',
    at: at(second),
    action: 'refund',
    subject: 'alice',
    payment: `P${second}`,
    operationId: `rf-${second}`,
    amount: '12.50',
    currency: 'EUR',
    outcome: 'allowed',
    session,
  })),
  {
    kind: 'access',
    at: at(30),
    caller: 'cart',
    destination: 'stock',
    httpStatus: 200,
    outcome: 'allowed',
    subject: 'u-78',
    token: fresh,
  },
  {
    kind: 'access',
    at: at(31),
    caller: 'cart',
    destination: 'stock',
    httpStatus: 200,
    outcome: 'allowed',
    subject: 'u-80',
    token: opaque,
  },
  { kind: 'authn', at: at(40), action: 'login', outcome: 'denied', subject: hostile },
]

/** A collector that has stored and judged all of it. */
export async function tellStory(): Promise<RunningCollector> {
  const collector = await runCollector()
  await collector.post(story.map((event) => JSON.stringify(event)).join('\n'), {
    path: '/v1/events?format=eastwest-event&source=story',
    headers: { 'content-type': 'application/x-ndjson' },
  })
  await until(
    async () => {
      const { text } = await collector.get('/api/alerts?entity=alice')
      const { text: events } = await collector.get('/api/events?limit=100')
      return text.includes('refund-burst') && events.includes('u-80')
    },
    'everything is stored and told',
    60_000,
  )
  return collector
}
