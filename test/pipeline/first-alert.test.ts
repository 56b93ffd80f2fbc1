// From three lines of log to one alert: told, listed, and the same byte for byte when the file is replayed.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalAlertJson } from '../../collector/wiring/canonical.ts'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { commandEntry, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { openSignedWebhooks, type SignedWebhooks } from '../support/signed-webhooks.ts'
import { until } from '../support/until.ts'

const linesOf = (user: string): readonly string[] => [
  `2025-03-14 11:42:01 | user_id=${user} | action=REFUND | order=ORD-1201 | amount=89.99`,
  `2025-03-14 11:42:05 | user_id=${user} | action=REFUND | order=ORD-1202 | amount=124.50`,
  `2025-03-14 11:42:07 | user_id=${user} | action=REFUND | order=ORD-1203 | amount=200.00`,
]
const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`
const titleOf = (user: string): string => `${user}: 3 refunds in 6 seconds by the same user, 414.49 in total`

const folder = mkdtempSync(join(tmpdir(), 'eastwest-first-alert-'))
let webhooks: SignedWebhooks
let settings: unknown

beforeAll(async () => {
  webhooks = await openSignedWebhooks()
  settings = { alerts: { channels: { 'on-call': webhooks.channel } } }
})

afterAll(async () => {
  await webhooks.receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

async function alertsOf(collector: RunningCollector, user: string): Promise<readonly Alert[]> {
  const { status, json } = await collector.get(`/api/alerts?entity=${user}`)
  expect(status).toBe(200)
  return alertSchema.array().parse((json as { alerts: unknown }).alerts) // the schema checks what is inside
}

/** Waits for the first alert of a user in the API. */
async function listed(collector: RunningCollector, user: string): Promise<readonly Alert[]> {
  let alerts: readonly Alert[] = []
  await until(async () => {
    alerts = await alertsOf(collector, user)
    return alerts.length > 0
  }, `an alert of ${user} is listed`)
  return alerts
}

async function replayed(collector: RunningCollector, lines: readonly string[]): Promise<readonly string[]> {
  const file = join(folder, 'replayed.log')
  writeFileSync(file, textOf(lines))
  const { stdout } = await promisify(execFile)(process.execPath, [
    commandEntry,
    'replay',
    '--json',
    '--data',
    collector.data,
    '--settings',
    collector.config,
    file,
  ])
  return stdout.split('\n').filter((line) => line !== '')
}

async function everythingJudged(collector: RunningCollector): Promise<void> {
  await until(async () => {
    const { text } = await collector.get('/readyz?verbose')
    return text.includes(' 0 not judged yet') && text.includes(' 0 records not stored yet')
  }, 'everything is judged and stored')
}

describe('a freshly started collector that gets three refunds', () => {
  it('tells, lists and replays the one alert they make', async () => {
    const collector = await runCollector({ settings })
    try {
      const taken = await collector.post(textOf(linesOf('USR-99')))
      expect(taken).toMatchObject({ status: 200, json: { accepted: 3, warnings: [] } })
      const alerts = await listed(collector, 'USR-99')
      expect(alerts).toMatchObject([
        { detector: 'refund-burst', title: titleOf('USR-99'), status: 'open', count: 3, evidence: [{}, {}, {}] },
      ])
      const [alert] = alerts
      if (alert === undefined) throw new Error('no alert')
      await until(() => webhooks.told.some(({ data }) => data.id === alert.id), 'the webhook is told')
      const told = webhooks.told.filter(({ data }) => data.id === alert.id)
      expect(told).toMatchObject([
        { type: 'alert.opened', data: { title: titleOf('USR-99'), severity: alert.severity } },
      ])
      expect(webhooks.unsigned).toEqual([])
      expect(await replayed(collector, linesOf('USR-99'))).toEqual([canonicalAlertJson(alert)])
    } finally {
      await collector.remove()
    }
  }, 90_000)

  it('gives the same canonical bytes when the replayed file holds other data too, and the lines twice', async () => {
    const collector = await runCollector({ settings })
    try {
      await collector.post(textOf(linesOf('USR-99')))
      const [alert] = await listed(collector, 'USR-99')
      const others = ['USR-1', 'USR-2'].flatMap(linesOf)
      const lines = [...linesOf('USR-99').toReversed(), ...others, 'not a line of any format', ...linesOf('USR-99')]
      expect(await replayed(collector, lines)).toContain(alert === undefined ? '' : canonicalAlertJson(alert))
    } finally {
      await collector.remove()
    }
  }, 90_000)

  it.each<readonly [string, (lines: readonly string[]) => readonly string[]]>([
    ['holds other data already and the lines come as one', (lines) => [textOf(lines)]],
    ['gets them one by one, the last first', (lines) => [...lines].reverse().map((line) => `${line}\n`)],
    ['gets them twice', (lines) => [textOf(lines), textOf(lines)]],
    ['gets them twice in one body', (lines) => [textOf([...lines, ...lines])]],
  ])(
    'gives the same canonical bytes when it %s',
    async (_, bodiesOf) => {
      const collector = await runCollector({ settings })
      try {
        const [expected] = await replayed(collector, linesOf('USR-99'))
        const others = ['USR-1', 'USR-2', 'USR-3', 'USR-4'].flatMap((user) => linesOf(user))
        const noise = '2025-03-14 11:42:03 | user_id=USR-99 | action=LOGIN | success=true\nnot a line of any format\n'
        await collector.post(`${textOf(others)}${noise}`)
        for (const body of bodiesOf(linesOf('USR-99')))
          expect(await collector.post(body)).toMatchObject({ status: 200 })
        await everythingJudged(collector)
        await until(
          async () => (await alertsOf(collector, 'USR-99')).some(({ title }) => title === titleOf('USR-99')),
          'the alert has its title',
        )
        const alerts = await alertsOf(collector, 'USR-99')
        expect(alerts.map(canonicalAlertJson)).toEqual([expected])
      } finally {
        await collector.remove()
      }
    },
    90_000,
  )
})

describe('a hundred users, one after the other', () => {
  it('each get their alert, told and listed', async () => {
    const collector = await runCollector({ settings })
    try {
      const toldAfterMs: number[] = []
      const listedAfterMs: number[] = []
      for (let number = 0; number < 100; number++) {
        const user = `USR-${1000 + number}`
        const sentAt = performance.now()
        await collector.post(textOf(linesOf(user)))
        const isTold = () => webhooks.told.find(({ data }) => data.title === titleOf(user))
        const [alerts] = await Promise.all([
          listed(collector, user).then((found) => {
            listedAfterMs.push(performance.now() - sentAt)
            return found
          }),
          until(() => isTold() !== undefined, `the webhook hears of ${user}`),
        ])
        toldAfterMs.push((isTold()?.at ?? Number.NaN) - sentAt)
        expect(alerts.map(({ title }) => title)).toEqual([titleOf(user)])
      }
      console.log(`posted → told ${summary(toldAfterMs)}; posted → listed ${summary(listedAfterMs)}`)
      expect(webhooks.unsigned).toEqual([])
    } finally {
      await collector.remove()
    }
  }, 300_000)
})

function summary(durationsMs: readonly number[]): string {
  const sorted = [...durationsMs].sort((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN).toFixed(0)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`
}
