// Proves, against the real oidc-provider, that our bridge tells every token by one name and never in clear.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendToEastwest, writeEvents } from '#oidc-provider-bridge'
import { openScrubber } from '../../../collector/scrub/scrubber.ts'
import { scrubSettings } from '../../../collector/scrub/settings.ts'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import { openLineDecoder } from '../../support/decode-lines.ts'
import { until } from '../../support/until.ts'
import { openProvider, type RunningProvider } from './provider.ts'
import { owner, stories, thief } from './stories.ts'

let running: RunningProvider
beforeAll(async () => {
  running = await openProvider()
})
afterAll(() => running.stop())

const scrubber = openScrubber({ id: 'k1', secret: Buffer.alloc(32, 7) }, scrubSettings.parse({}))
function decoded(lines: readonly string[]): readonly SecurityEvent[] {
  const { events, quarantine } = openLineDecoder()(scrubber.scrub(Buffer.from(lines.join('\n'))))
  expect(quarantine).toEqual([])
  return events
}

/** Lines that the bridge writes while something happens. */
async function written(happening: () => Promise<void>): Promise<readonly string[]> {
  const lines: string[] = []
  const problems: unknown[] = []
  const stop = writeEvents(running.provider, (line) => lines.push(line), { onProblem: (cause) => problems.push(cause) })
  await happening()
  stop()
  expect(problems).toEqual([])
  return lines
}

/** Takes bodies as a collector would, and may refuse the first ones. */
async function openSink(
  refusals: readonly number[] = [],
): Promise<{ url: string; lines: string[]; requests: string[]; server: Server }> {
  const lines: string[] = []
  const requests: string[] = []
  const left = [...refusals]
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
      const status = left.shift() ?? 200
      if (status === 200) lines.push(...body.split('\n'))
      response.writeHead(status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has one
  return { url: `http://127.0.0.1:${port}`, lines, requests, server }
}

describe('what the bridge writes', () => {
  it('holds no bearer value, in any story', async () => {
    const secrets: string[] = []
    const lines = await written(async () => {
      const visitor = owner(running)
      const code = await visitor.code('ada')
      const first = await visitor.exchange(code)
      const second = await visitor.refresh(first.refresh)
      await thief(running).refresh(first.refresh)
      await visitor.post('/token/revocation', { client_id: 'web', token: second.access })
      await visitor.logOut(second.id)
      for (const { access, refresh, id } of [first, second]) secrets.push(access, refresh, id)
      secrets.push(code)
    })
    expect(secrets.filter((secret) => secret.length > 20).length).toBe(7)
    const all = lines.join('\n')
    for (const secret of secrets) expect(all).not.toContain(secret)
    // What is hashed stays as it is; nothing else in a line looks like a credential either.
    expect(scrubber.scrub(Buffer.from(all)).toString()).toBe(all)
  })

  it('names a token alike where it is issued and where it is presented, so that lineage joins', async () => {
    const events = decoded(
      await written(async () => {
        const visitor = owner(running)
        const first = await visitor.logIn('bob')
        const second = await visitor.refresh(first.refresh)
        await visitor.refresh(second.refresh)
        await thief(running).refresh(first.refresh)
      }),
    )
    const [login, , exchange, ...rest] = events.filter(({ action }) => action !== 'interaction.end')
    const [first, second, revoked, reused] = rest
    expect(login).toMatchObject({ action: 'login', outcome: 'allowed', subject: 'bob', client: 'web' })
    expect(exchange).toMatchObject({ action: 'code.exchange', outcome: 'allowed', tokenKind: 'authorization-code' })
    expect(first).toMatchObject({ action: 'token.refresh', outcome: 'allowed', tokenId: exchange?.issuedRefreshToken })
    expect(second).toMatchObject({ action: 'token.refresh', outcome: 'allowed', tokenId: first?.issuedRefreshToken })
    expect(revoked).toMatchObject({ action: 'grant.revoke', tokenFamily: exchange?.tokenFamily, tokenId: '' })
    expect(reused).toMatchObject({
      action: 'token.refresh',
      outcome: 'denied',
      tokenVerdict: 'reused',
      outcomeReason: 'refresh token already used',
      tokenId: first?.tokenId,
      tokenFamily: exchange?.tokenFamily,
      session: login?.session,
      subject: 'bob',
      clientIp: '198.51.100.77',
      userAgent: 'curl/8.5.0',
    })
    expect(exchange?.tokenFamily).not.toBe('')
  })

  it.each(Object.keys(stories))('is read whole in the story %s', async (name) => {
    const story = stories[name]
    const events = decoded(await written(async () => story?.(running)))
    expect(events.length).toBeGreaterThan(4)
    expect(events.every(({ format, kind }) => format === 'oidc-provider' && kind === 'authn')).toBe(true)
    expect(events.every(({ tokenIssuer }) => tokenIssuer === running.url)).toBe(true)
  })

  it('never lets the provider fail, whatever becomes of the lines', async () => {
    const problems: unknown[] = []
    const stop = writeEvents(
      running.provider,
      () => {
        throw new Error('disk full')
      },
      { onProblem: (cause) => problems.push(cause) },
    )
    const tokens = await owner(running).logIn('carol')
    stop()
    expect(tokens.status).toBe(200)
    expect(problems.length).toBeGreaterThan(2)
  })

  it('stops when it is told to', async () => {
    const before = running.provider.eventNames().length
    const stop = writeEvents(running.provider, () => {})
    expect(running.provider.eventNames().length).toBeGreaterThan(before)
    stop()
    expect(running.provider.eventNames().length).toBe(before)
  })
})

describe('what the bridge sends to eastwest', () => {
  it('gives a token the reference that it has in mesh logs and decisions', async () => {
    const sink = await openSink()
    const close = sendToEastwest(running.provider, { url: sink.url, bearer: 'sixteen characters', source: 'shop-id' })
    const visitor = owner(running)
    const tokens = await visitor.logIn('dave')
    const next = await visitor.refresh(tokens.refresh)
    await close()
    sink.server.close()
    expect(new Set(sink.requests)).toEqual(
      new Set(['POST /v1/events?format=oidc-provider&source=shop-id Bearer sixteen characters']),
    )
    const events = decoded(sink.lines)
    const refreshed = events.find(({ action }) => action === 'token.refresh')
    const elsewhere = scrubber
      .scrub(
        Buffer.from(
          [
            `{"method":"GET","authorization":"Bearer ${next.access}"}`,
            `{"input":{"attributes":{"request":{"http":{"headers":{"authorization":"Bearer ${next.access}"}}}}}}`,
            `POST /token grant_type=refresh_token&refresh_token=${tokens.refresh}`,
          ].join('\n'),
        ),
      )
      .toString()
      .split('\n')
      .map((line) => /ew\.ref\.v1\.(k1\.[0-9a-f]{32})/.exec(line)?.[1])
    expect(elsewhere).toEqual([refreshed?.issuedToken, refreshed?.issuedToken, refreshed?.token])
    expect(refreshed).toMatchObject({ tokenId: '', tokenFrom: 'field', tokenKind: 'refresh-token' })
    expect(events.find(({ action }) => action === 'code.exchange')?.issuedRefreshToken).toBe(refreshed?.token)
    expect(JSON.stringify(events)).not.toContain(tokens.refresh)
  })

  it('sends again what was refused for a while, in order and once', async () => {
    const sink = await openSink([503, 429])
    const problems: string[] = []
    const close = sendToEastwest(running.provider, {
      url: sink.url,
      onProblem: (cause) => problems.push(String(cause)),
    })
    await owner(running).logIn('erin')
    await until(() => sink.lines.length >= 4, 'the lines arrive')
    await close()
    sink.server.close()
    const at = sink.lines.map((line) => String(Reflect.get(JSON.parse(line), 'at')))
    expect(at).toEqual([...at].sort())
    expect(new Set(sink.lines).size).toBe(sink.lines.length)
    expect(problems.join()).toMatch(/503.*429/)
  })

  it.each([['http://collector.shop.example:8484'], ['http://10.0.0.7:8484'], ['http://127.0.0.1.evil.example']])(
    'never goes to %s in clear',
    (url) => {
      expect(() => sendToEastwest(running.provider, { url })).toThrow('https or to this machine only')
    },
  )

  it('drops and says so where too much waits', async () => {
    const sink = await openSink(Array(50).fill(503))
    const problems: string[] = []
    const close = sendToEastwest(running.provider, {
      url: sink.url,
      maxQueued: 1,
      onProblem: (cause) => problems.push(String(cause)),
    })
    await owner(running).logIn('frank')
    await until(() => problems.some((problem) => problem.includes('dropped')), 'the loss is told')
    await close()
    sink.server.close()
  })
})
