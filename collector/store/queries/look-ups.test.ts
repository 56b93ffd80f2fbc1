// Look-ups use their indexes, find a value in every column it may stand in, and run nothing that a value says.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EventsQuery, eventsQuery } from '../../../schemas/api/events-query.ts'
import type { EventColumnName } from '../../../schemas/events/columns.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import { IdColumn } from '../../../schemas/events/id-column.ts'
import { NumberColumn } from '../../../schemas/events/number-column.ts'
import { openTestStore, type TestStore } from '../../../test/support/store.ts'
import { insertEvents } from '../insert-events.ts'
import { eventsSelect, queryEvents } from './events.ts'
import { statementOf } from './select.ts'
import { querySightings } from './sightings.ts'

let store: TestStore
// Rows are kept by when they were appended.
const noon = Math.floor(Date.now() / 86_400_000) * 86_400_000
const hostile = "x' OR 1=1 --\\'; DROP TABLE event_rows; /* \u0000 \u202e 😀"

type Fields = Partial<Record<EventColumnName, string | number>>

/** `nativeId` names each, so that a test can say which it found. */
const rows: readonly Fields[] = [
  { nativeId: 'login-denied', kind: 'authn', action: 'login', outcome: 'denied', subject: 'u-1' },
  {
    nativeId: 'refresh-failed',
    kind: 'authn',
    action: 'token.refresh',
    outcome: 'failed',
    actor: 'u-1',
    tokenId: 'rt-1',
  },
  { nativeId: 'login-fine', kind: 'authn', action: 'login', outcome: 'allowed', subject: 'u-1', session: 's-1' },
  {
    nativeId: 'unauthenticated',
    kind: 'access',
    outcome: 'denied',
    httpStatus: 401,
    subject: 'alice',
    requestId: 'r-1',
  },
  { nativeId: 'rpc', kind: 'span', outcome: 'failed', grpcStatus: 16, subject: 'u-1', traceId: 'ab12' },
  { nativeId: 'forbidden', kind: 'access', outcome: 'denied', httpStatus: 403, subject: 'u-1', caller: 'cart' },
  { nativeId: 'decision', kind: 'authz', outcome: 'denied', subject: 'u-1', actor: 'u-1', destination: 'pay' },
  { nativeId: 'down', kind: 'access', outcome: 'failed', httpStatus: 503, subject: 'u-1', source: 'mesh' },
  { nativeId: 'other', kind: 'authn', outcome: 'denied', subject: 'u-2', client: 'web' },
  { nativeId: 'presented', kind: 'access', token: `k1.${'a'.repeat(32)}`, tokenIssuer: 'https://idp' },
  { nativeId: 'issued', kind: 'authn', issuedToken: 'jti-9', issuedRefreshToken: 'rt-2', tokenIssuer: 'https://idp' },
  { nativeId: 'elsewhere', kind: 'authn', tokenId: 'jti-9', tokenIssuer: 'https://other' },
  { nativeId: 'family', kind: 'authn', tokenFamily: 'grant-1' },
  { nativeId: 'hostile', kind: 'action', subject: hostile, action: hostile, session: hostile },
]

beforeAll(async () => {
  store = await openTestStore()
  const batch = new EventBatch(rows.length)
  for (const [at, fields] of rows.entries()) {
    const all: Fields = {
      tenant: 'default',
      realm: 'live',
      source: 's',
      eventAt: noon + at,
      appendedAt: noon + at,
      ...fields,
    }
    for (const [name, value] of Object.entries(all)) {
      const column = batch.columns[name as EventColumnName] // names of `rows` are columns
      if (column instanceof NumberColumn) column.set(batch.row, Number(value))
      else if (!(column instanceof IdColumn)) column.setText(batch.row, String(value))
    }
    batch.columns.eventId.setDigest(batch.row, String(fields.nativeId).padEnd(16).slice(0, 16))
    batch.columns.offset.set(batch.row, at)
    batch.commit()
  }
  await insertEvents(store.writer, batch)
}, 60_000)
afterAll(() => store.close())

async function found(query: Readonly<Record<string, unknown>>): Promise<readonly unknown[]> {
  const { entries } = await queryEvents(store.reader, eventsQuery.parse(query))
  return entries.map(({ nativeId }) => nativeId).toReversed()
}

describe('a look-up', () => {
  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['user', { user: 'u-1', kind: 'authn' }, ['login-denied', 'refresh-failed', 'login-fine']],
    ['user, once where subject and actor are the same', { user: 'u-1', kind: 'authz' }, ['decision']],
    ['user in two spellings', { user: ['u-2', 'alice'] }, ['unauthenticated', 'other']],
    ['subject alone', { subject: 'u-1', kind: 'authn' }, ['login-denied', 'login-fine']],
    ['actor alone', { actor: 'u-1' }, ['refresh-failed', 'decision']],
    ['session', { session: 's-1' }, ['login-fine']],
    ['request', { request: 'r-1' }, ['unauthenticated']],
    ['trace in capitals', { trace: 'AB12' }, ['rpc']],
    ['token family', { tokenFamily: 'grant-1' }, ['family']],
    ['token as presented', { token: `k1.${'a'.repeat(32)}` }, ['presented']],
    ['token by the issuer’s id', { token: 'rt-1' }, ['refresh-failed']],
    ['token as issued and as presented', { token: ['jti-9', 'rt-2'] }, ['issued', 'elsewhere']],
    ['client', { client: 'web' }, ['other']],
    ['caller', { caller: 'cart' }, ['forbidden']],
    ['destination', { destination: 'pay' }, ['decision']],
    ['source', { source: 'mesh' }, ['down']],
    ['two look-ups at once', { user: 'u-1', token: 'rt-1' }, ['refresh-failed']],
    [
      'several kinds and outcomes',
      { user: 'u-1', kind: ['authn', 'authz'], outcome: ['denied'] },
      ['login-denied', 'decision'],
    ],
    [
      'several actions',
      { user: 'u-1', action: ['login', 'token.refresh'], outcome: ['failed', 'denied'] },
      ['login-denied', 'refresh-failed'],
    ],
    ['a hostile value', { user: hostile }, ['hostile']],
    ['a hostile value in a list', { action: [hostile, "')"], session: hostile }, ['hostile']],
    ['a hostile id', { id: hostile }, []],
    ['a hostile cursor', { user: 'u-2', cursor: Buffer.from(`5~${hostile}`).toString('base64url') }, []],
  ])('by %s', async (_, query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  it('finds an event by its id', async () => {
    const { entries } = await queryEvents(store.reader, eventsQuery.parse({ user: 'u-2' }))
    expect(await found({ id: entries[0]?.eventId })).toEqual(['other'])
  })

  it('pages through branches in one order', async () => {
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await queryEvents(store.reader, eventsQuery.parse({ user: 'u-1', limit: '2', cursor }))
      seen.push(...page.entries.map(({ nativeId }) => nativeId))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(await found({ user: 'u-1' }).then((all) => all.toReversed()))
    expect(seen).toHaveLength(7)
  })
})

describe('failed attempts', () => {
  it.each([
    ['authentication', ['login-denied', 'refresh-failed', 'unauthenticated', 'rpc']],
    ['authorization', ['forbidden', 'decision']],
    ['any', ['login-denied', 'refresh-failed', 'unauthenticated', 'rpc', 'forbidden', 'decision', 'down']],
  ] as const)('of %s are found in every source by one query', async (failed, expected) => {
    expect(await found({ user: ['u-1', 'alice'], failed })).toEqual(expected)
  })

  it.each([
    [{ failed: 'sometimes' }, 'failed'],
    [{ kind: 'nothing' }, 'kind'],
    [{ outcome: ['denied', 'x'] }, 'outcome'],
    [{ user: [] }, 'user'],
    [{ user: Array.from({ length: 21 }, String) }, 'user'],
    [{ user: 'x'.repeat(1_001) }, 'user'],
    [{ unheard: 'of' }, undefined],
  ])('are refused for %j', (query, path) => {
    const parsed = eventsQuery.safeParse(query)
    expect(parsed.error?.issues[0]?.path[0]).toBe(path)
    expect(parsed.success).toBe(false)
  })
})

describe('how a look-up is read', () => {
  it.each<[keyof EventsQuery, readonly string[]]>([
    ['user', ['subject_index', 'actor_index']],
    ['subject', ['subject_index']],
    ['actor', ['actor_index']],
    ['session', ['session_index']],
    ['token', ['token_index', 'token_id_index', 'issued_token_index', 'issued_refresh_token_index']],
    ['tokenFamily', ['token_family_index']],
    ['trace', ['trace_id_index']],
    ['request', ['request_id_index']],
    ['id', ['event_id_index']],
  ])('by %s uses the index of each column', async (name, indexes) => {
    const value = name === 'id' ? '00000000-0000-8000-8000-000000000001' : 'v-1'
    const { sql, values } = statementOf(eventsSelect(eventsQuery.parse({ [name]: value })))
    const result = await store.writer.query({
      query: `EXPLAIN indexes = 1 ${sql}`,
      query_params: { ...values },
      format: 'TabSeparated',
    })
    const plan = await result.text()
    expect(indexes.filter((index) => !plan.includes(`Name: ${index}`))).toEqual([])
  })
})

describe('sightings of a token', () => {
  const scope = { tenant: 'default', realm: 'live' }

  it('are told apart by whether it was presented or issued, and only of its own issuer', async () => {
    const id = { issuer: 'https://idp', value: 'jti-9' }
    const seen = await querySightings(store.reader, { ...scope, references: [`k1.${'a'.repeat(32)}`], id }, 10)
    expect(seen.map(({ as, kind, events }) => [as, kind, events])).toEqual([
      ['presented', 'access', 1],
      ['issued', 'authn', 1],
    ])
    expect(seen[0]).toMatchObject({ firstSeenAt: new Date(noon + 9).toISOString(), subjects: [], sessions: [] })
  })

  it('are none of what no event holds', async () => {
    expect(await querySightings(store.reader, { ...scope, references: [hostile] }, 10)).toEqual([])
  })
})
