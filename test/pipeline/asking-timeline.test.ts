// One user, session, token, trace or request followed across sources, over the API and by the commands.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TimelineReply } from '../../schemas/api/asking.ts'
import { at, hostile, leaked, session, tellStory, trace } from '../support/asking-story.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import type { RunningCollector } from '../support/running-collector.ts'

let collector: RunningCollector

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
  collector = await tellStory()
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
