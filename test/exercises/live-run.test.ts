// An exercise inside a running collector: scored there, and nothing of it anywhere outside of its realm.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { canonicalAlertJson } from '../../collector/wiring/canonical.ts'
import { alertSchema } from '../../schemas/alerts.ts'
import { type ExerciseRun, exerciseRunSchema } from '../../schemas/exercises/run.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { type Answer, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { openSignedWebhooks, type SignedWebhooks } from '../support/signed-webhooks.ts'
import { until } from '../support/until.ts'

const story = 'refund-3-in-6s'
const decider = 'the token of those who decide'.replaceAll(' ', '-')
let collector: RunningCollector
let onCall: SignedWebhooks
let drills: SignedWebhooks
let settings: Record<string, unknown>
/** One that is over: what most tests look at. */
let ran: ExerciseRun

beforeAll(async () => {
  onCall = await openSignedWebhooks()
  drills = await openSignedWebhooks()
  settings = {
    receivers: { http: { decisionToken: decider } },
    alerts: { channels: { 'on-call': onCall.channel, drills: { ...drills.channel, drills: true } } },
    // What may come late has its time before a run is scored: a short one here.
    detectors: { latenessMs: 200 },
  }
  collector = await runCollector({ settings })
  ran = await reached(await start({ speed: 0, twin: true, by: 'anna' }), 'scored')
})
afterAll(async () => {
  await collector.remove()
  await onCall.receiver.close()
  await drills.receiver.close()
})

const post = (path: string, body: unknown = {}, token = decider): Promise<Answer> =>
  collector.post(JSON.stringify(body), {
    path,
    headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
  })

async function start(body: unknown): Promise<string> {
  const { status, json } = await post(`/api/exercises/${story}/runs`, body)
  expect(status).toBe(200)
  return String((json as { run: unknown }).run) // as the API says it
}

async function runOf(run: string): Promise<ExerciseRun> {
  return exerciseRunSchema.parse((await collector.get(`/api/exercises/runs/${run}`)).json)
}

async function reached(run: string, state: ExerciseRun['state']): Promise<ExerciseRun> {
  let shown = await runOf(run)
  await until(
    async () => {
      shown = await runOf(run)
      return shown.state === state
    },
    `the run is ${state}, and not ${shown.state}: ${shown.note}${shown.problem}`,
    60_000,
  )
  return shown
}

async function countOf(path: string, list: string): Promise<number> {
  const { json } = await collector.get(path)
  return ((json as Record<string, readonly unknown[]>)[list] ?? []).length // a list of the API
}

describe('an exercise in a running collector', () => {
  it('is scored as it must be, its twin beside it', async () => {
    const shown = ran
    expect(shown).toMatchObject({ story, by: 'anna', note: '', problem: '', warnings: [], appended: shown.lines })
    expect(shown.score).toMatchObject({ holds: true, twin: { problems: [], falseAlerts: [], missing: [] } })
    expect(shown.score?.steps.map(({ outcome }) => outcome)).toEqual(['detected'])
    // What its own source lacks, though to the collector no source has sent anything.
    expect(shown.score?.blind.map(({ source, need }) => `${source} ${need}`)).toContain('payments-audit instrument')
  })

  it('raises the very alerts of a temporary collector, byte for byte', async () => {
    const shown = ran
    const { json } = await collector.get(`/api/alerts?realm=${shown.realm}`)
    const alerts = z
      .object({ alerts: z.array(alertSchema) })
      .parse(json)
      .alerts.map(canonicalAlertJson)
    const startsAt = shown.score?.startsAt ?? ''
    const words = ['exercise', 'run', story, '--json', '--starts-at', startsAt, '--data', collector.data]
    const { stdout, code } = await runCommand(words)
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toEqual(alerts)
    expect(alerts).toHaveLength(1)
  })

  it('is looked at by commands that are told its realm', async () => {
    const command = async (...words: readonly string[]): Promise<string> =>
      (await runCommand([...words, '--realm', ran.realm, '--url', collector.url])).stdout
    const { alerts } = JSON.parse(await command('alerts', 'list', '--output', 'json')) // of the API's own schema
    expect(alerts).toHaveLength(1)
    expect(await command('alerts', 'show', alerts[0].id)).toContain(alerts[0].title)
    expect(await command('explain', alerts[0].id)).toContain('As stored, after scrubbing')
    expect((await runCommand(['explain', alerts[0].id, '--url', collector.url])).stderr).toContain('?realm=exercise:')
  })

  it('ends now, so that no event is later than its append', async () => {
    const shown = ran
    const { json } = await collector.get(`/api/events?realm=${shown.realm}&limit=100`)
    const events = (json as { events: readonly { eventAt: string; appendedAt: string }[] }).events // as the API shows them
    expect(events.length).toBeGreaterThan(shown.lines / 2)
    for (const { eventAt, appendedAt } of events) expect(eventAt <= appendedAt).toBe(true)
    expect(Date.parse(shown.startedAt) - Date.parse(shown.storyAt)).toBeLessThan(2_000)
  })

  it('tells a channel for drills, and no other', async () => {
    const shown = ran
    await until(() => drills.told.some(({ data }) => data.realm === shown.realm), 'the channel for drills is told')
    expect(onCall.told).toEqual([])
    expect(drills.unsigned).toEqual([])
  })

  it('leaves reality as it was: no alert, no event, no edge, no source that looks seen', async () => {
    const shown = ran
    expect(await countOf(`/api/alerts?realm=${shown.realm}`, 'alerts')).toBe(1)
    for (const [path, list] of [
      ['/api/alerts', 'alerts'],
      ['/api/events', 'events'],
      ['/api/edges', 'edges'],
      ['/api/quarantine', 'quarantine'],
    ] as const)
      expect(await countOf(path, list)).toBe(0)
    const { json } = await collector.get('/readyz?verbose')
    const { abstentions } = json as { abstentions: readonly { source: string; seen: number }[] } // as the API shows it
    expect(new Set(abstentions.map(({ source, seen }) => `${source}${seen}`))).toEqual(new Set(['0']))
  })

  it('writes a report in both forms', async () => {
    const { run } = ran
    const html = await collector.get(`/api/exercises/runs/${run}/report`)
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(html.text).toContain('<svg')
    const markdown = await collector.get(`/api/exercises/runs/${run}/report.md`)
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(markdown.text).toMatch(/^# /)
  })

  it('is started by those who may decide alone', async () => {
    const { status, json } = await post(`/api/exercises/${story}/runs`, { speed: 0 }, '')
    expect([status, json]).toMatchObject([401, { error: { code: 'decision-token-required' } }])
  })

  it.each([
    ['nobody knows', '/api/exercises/no-such-story/runs', {}, 404, 'no-such-exercise'],
    ['goes backwards', `/api/exercises/${story}/runs`, { speed: -1 }, 400, 'bad-body'],
    ['is of another kind', `/api/exercises/${story}/runs`, { realm: 'live' }, 400, 'bad-body'],
    ['was never begun', '/api/exercises/runs/none/cancel', {}, 404, 'no-such-run'],
  ])('that %s is refused', async (_, path, body, status, code) => {
    const answer = await post(path, body)
    expect([answer.status, answer.json]).toMatchObject([status, { error: { code } }])
  })

  it('is the only way into its realm: a sender chooses none', async () => {
    const answer = await collector.post('a line', { path: '/v1/events?realm=exercise:mine' })
    expect([answer.status, answer.json]).toMatchObject([400, { error: { code: 'realm-not-yours' } }])
  })

  it('stops when it is cancelled, and is told as interrupted when the collector stops', async () => {
    const cancelled = await start({ speed: 1 })
    expect((await post(`/api/exercises/runs/${cancelled}/cancel`)).json).toMatchObject({ state: 'cancelled' })
    const scored = ran
    const broken = await start({ speed: 1 })
    await until(async () => (await runOf(broken)).appended > 0, 'a line of it was appended')
    const { data } = collector
    await collector.kill()
    collector = await runCollector({ settings, data })
    expect(await runOf(broken)).toMatchObject({ state: 'interrupted', problem: expect.stringContaining('stopped') })
    expect(await runOf(cancelled)).toMatchObject({ state: 'cancelled' })
    expect((await runOf(scored.run)).score).toEqual(scored.score)
  })

  it('is run and followed by the command', async () => {
    const ran: CommandResult = await runCommand(
      ['exercise', 'run', story, '--url', collector.url, '--speed', '0', '--twin'],
      { environment: { EASTWEST_TOKEN: decider } },
    )
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('scored')])
    expect(ran.stdout).toContain('detected')
  })
})
