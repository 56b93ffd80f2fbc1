// One user, session, token, trace or request followed across sources, over the API and by the commands.

import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TimelineReply, TokenReply } from '../../schemas/api/asking.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwtOf = (claims: object): string => {
  const unsigned = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${unsigned}.${createHmac('sha256', 'k').update(unsigned).digest('base64url')}`
}
const issuer = 'https://idp.example'
const session = 'session-4711'
const leaked = jwtOf({ iss: issuer, sub: 'u-77', jti: 'jti-leaked-1', exp: 1_700_000_000 })
const fresh = jwtOf({ iss: issuer, sub: 'u-78', jti: 'jti-fresh-1', exp: 4_000_000_000 })
const unheard = jwtOf({ iss: issuer, sub: 'u-79', jti: 'jti-unheard' })
const opaque = 'hVn3Ck8Qm2TzR7Wd+4Lx/9Yb=='
const trace = 'aaaaaaaabbbbbbbbccccccccdddddddd'
const hostile = "alice'; DROP TABLE event_rows; -- \\' {x:String} <b>😀"

const at = (second: number): string => new Date(Date.parse('2026-11-02T09:00:00Z') + second * 1_000).toISOString()
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

const ask = (words: readonly string[], input = ''): Promise<CommandResult> =>
  runCommand([...words, '--url', collector.url], { input })

async function timeline(query: string): Promise<TimelineReply> {
  const { json } = await collector.get(`/api/timeline?${query}`)
  return json as TimelineReply // the API's own schema
}

const seconds = ({ entries }: TimelineReply): readonly (number | string)[] =>
  entries.map((entry) =>
    entry.kind === 'alert' ? entry.alert.detector : (Date.parse(entry.at) - Date.parse(at(0))) / 1_000,
  )

beforeAll(async () => {
  collector = await runCollector()
  await collector.post(story.map((event) => JSON.stringify(event)).join('\n'), {
    path: '/v1/events?format=eastwest-event&source=story',
    headers: { 'content-type': 'application/x-ndjson' },
  })
  await until(async () => {
    const { text } = await collector.get('/api/alerts?entity=alice')
    const { text: events } = await collector.get('/api/events?limit=100')
    return text.includes('refund-burst') && events.includes('u-80')
  }, 'everything is stored and told')
}, 120_000)
afterAll(() => collector.remove())

describe('all failed authentication attempts of a user', () => {
  it('come in one call, from every service, under every spelling given', async () => {
    const { json } = await collector.get('/api/events?user=alice&user=u-77&failed=authentication')
    const { events } = json as { events: { workload?: string; kind: string; source: string }[] } // the API's own schema
    expect(events.map(({ kind, workload }) => [kind, workload])).toEqual([
      ['authn', 'payments'],
      ['access', undefined],
      ['authn', 'idp'],
    ])
  })

  it('are refused with the reason where the call is wrong', async () => {
    const wrong = await collector.get('/api/events?user=alice&failed=perhaps&kind=nothing')
    expect(wrong.status).toBe(400)
    expect(wrong.text).toContain('failed')
    expect(wrong.text).toContain('kind')
    expect((await collector.get(`/api/events?token=${leaked}`)).json).toMatchObject({
      error: { code: 'token-in-address' },
    })
    expect((await collector.get(`/api/events?token=${leaked}`)).text).not.toContain(leaked.slice(-20))
  })
})

describe('a timeline', () => {
  it('of a session holds what its token did elsewhere, and the alert behind what it cites', async () => {
    const reply = await timeline(`session=${session}`)
    expect(seconds(reply)).toEqual([5, 10, 20, 22, 24, 'refund-burst'])
    expect(reply.entries[1]).toMatchObject({ joinedBy: 'token jti-leaked-1', who: 'alice' })
    expect(reply.joined).toMatchObject([{ by: 'token', events: 1 }])
    expect(reply.cut).toEqual([])
  })

  it('of a user reaches by session and token what sources spell otherwise', async () => {
    expect(seconds(await timeline('user=u-77'))).toEqual([0, 5, 10, 20, 22, 24, 'refund-burst'])
    expect(seconds(await timeline('user=u-77&expand=false'))).toEqual([0, 5])
  })

  it('of a trace holds its requests, of a request its trace', async () => {
    expect(seconds(await timeline(`trace=${trace.toUpperCase()}`))).toEqual([10, 11, 12])
    expect(seconds(await timeline('request=request-1'))).toEqual([10, 11, 12])
  })

  it('is bounded, keeps the newest and says what it left out', async () => {
    const reply = await timeline('user=alice&limit=2')
    expect(seconds(reply)).toEqual([22, 24, 'refund-burst'])
    expect(reply.cut.join()).toContain('earlier ones with --to 2026-11-02T09:00:22.000Z')
    expect(seconds(await timeline(`user=alice&expand=false&from=${at(10)}&to=${at(12)}`))).toEqual([10, 11])
  })

  it.each([
    ['nothing', ''],
    ['two things', 'user=a&session=b'],
    ['a wrong limit', 'user=a&limit=100000'],
    ['a wrong instant', 'user=a&from=yesterday'],
    ['the token itself', `token=${leaked}`],
  ])('is refused for %s', async (_, query) => {
    expect((await collector.get(`/api/timeline?${query}`)).status).toBe(400)
  })

  it('is printed a line an event, whatever a value holds', async () => {
    const { code, stdout, stderr } = await ask(['timeline', '--session', session])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/09:00:10\.000Z.*payments → 401 +denied +alice.*token jti-leaked-1/)
    expect(stdout.indexOf('ALERT high')).toBeGreaterThan(stdout.indexOf('09:00:24'))
    const forged = await ask(['timeline', '--user', hostile])
    expect(forged.stdout).toContain('1 event,')
    expect(forged.stdout).toContain(hostile)
  }, 60_000)

  it('ends with 4 for what nothing holds, and with 2 for a call that is wrong', async () => {
    const nobody = await ask(['timeline', '--user', 'nobody'])
    expect(nobody).toMatchObject({ code: 4, stdout: 'nothing stored holds user nobody\n' })
    expect((await ask(['timeline', '--user', 'a', '--trace', 'b'])).code).toBe(2)
    expect((await ask(['timeline'])).code).toBe(2)
    const asJson = await ask(['timeline', '--user', 'alice', 'u-77', '--output', 'json'])
    expect(JSON.parse(asJson.stdout)).toMatchObject({ asked: { by: 'user', values: ['alice', 'u-77'] } })
  }, 60_000)
})

describe('a leaked token', () => {
  const found = async (text: string): Promise<{ code: number | null; reply: TokenReply }> => {
    const { code, stdout } = await ask(['token', 'find', '-', '--output', 'json'], text)
    return { code, reply: JSON.parse(stdout) }
  }

  it.each([
    ['bare, with a line end', `${leaked}\n`],
    ['as a header', `Authorization: Bearer ${leaked}\r\n`],
    ['in quotes', `"${leaked}"`],
  ])(
    'is found %s: in the mesh by reference, at its issuer by id',
    async (_, text) => {
      const { code, reply } = await found(text)
      expect(code).toBe(0)
      expect(reply).toMatchObject({
        form: 'jwt',
        events: 2,
        firstSeenAt: at(5),
        lastSeenAt: at(10),
        expired: true,
        sessions: [session],
        sightings: [
          { workload: 'idp', clients: ['web'], subjects: ['u-77'] },
          { kind: 'access', callers: ['cart'], subjects: ['alice'] },
        ],
      })
      expect((await ask(reply.timeline.split(' ').slice(1))).stdout).toContain('→ 401')
    },
    60_000,
  )

  it('is found where it is opaque, with its padding, and said to be good where it is', async () => {
    expect((await found(`Bearer ${opaque}`)).reply).toMatchObject({ form: 'opaque', events: 1, sessions: [] })
    const { stdout } = await ask(['token', 'find', '-'], fresh)
    expect(stdout).toContain('it is still good, revoke it')
    expect(stdout).toContain('eastwest timeline --token ew.ref.v1.')
  }, 60_000)

  it('that was never seen ends with 4, what is no token with 1, and one in the call with 2', async () => {
    expect((await found(unheard)).code).toBe(4)
    expect((await ask(['token', 'find', '-'], 'two words')).code).toBe(1)
    expect((await ask(['token', 'find', '-'], '\n')).code).toBe(2)
    const inCall = await ask(['token', 'find', leaked])
    expect(inCall.code).toBe(2)
    expect(inCall.stdout + inCall.stderr).not.toContain(leaked)
    const inAddress = await ask(['timeline', '--token', leaked])
    expect(inAddress.code).toBe(1)
    expect(inAddress.stdout + inAddress.stderr).not.toContain(leaked)
  }, 60_000)

  it('leaves no trace: neither in replies, nor in what is written, nor in the data folder', async () => {
    const secret = unheard.split('.')[2] ?? ''
    const reply = await collector.post(`Bearer ${unheard}`, { path: '/api/tokens/find' })
    expect(reply.status).toBe(200)
    expect(reply.text).not.toContain(secret)
    const large = await collector.post(unheard.repeat(1_000), { path: '/api/tokens/find' })
    expect(large.status).toBe(400)
    expect(large.text).not.toContain(secret)
    expect(await collector.post('', { path: '/api/tokens/find' })).toMatchObject({ status: 400 })
    expect(collector.stdout() + collector.stderr()).not.toContain(secret)
    const holders = filesIn(collector.data).filter((path) => readFileSync(path).includes(secret))
    expect(holders).toEqual([])
  })

  it('does not go over a network in clear text', async () => {
    const { code, stderr } = await runCommand(['token', 'find', '-', '--url', 'http://collector.example'], {
      input: leaked,
    })
    expect(code).toBe(2)
    expect(stderr).toContain('will not send a token in clear text')
  }, 60_000)
})

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}
