// Disks that fill up under a running collector: what it acknowledged stays, it says what to do, and it goes on by itself.

import { afterEach, describe, expect, it } from 'vitest'
import { type Answer, type RunningCollector, runCollector } from '../support/running-collector.ts'
import { fillDisk } from '../support/small-disks.ts'
import { askStoreOf } from '../support/stored-text.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector | undefined

afterEach(async () => {
  await collector?.remove()
  collector = undefined
})

const mebi = 1024 * 1024
const settings = { store: { minFreeDiskBytes: 4 * mebi }, log: { segmentBytes: mebi } }
const lineOf = (user: number): string =>
  `2025-03-14 11:42:01 | user_id=USR-${user} | action=EXPORT | order=O-${user} | note=${'x'.repeat(2_000)}\n`
const refusalOf = ({ json }: Answer): Record<string, string> =>
  (json as { error?: Record<string, string> } | undefined)?.error ?? {} // a refusal of our own API

/** Every acknowledged record is stored, once. */
async function allStored(running: RunningCollector, acknowledged: readonly number[]): Promise<void> {
  const sql = 'SELECT toString(count()) AS rows, toString(uniqExact(subject)) AS subjects FROM events'
  const asked = () => askStoreOf(running).one<{ rows: string; subjects: string }>(sql)
  const count = String(acknowledged.length)
  await until(async () => (await asked().catch(() => undefined))?.rows === count, 'all are stored', 60_000)
  expect(await asked()).toEqual({ rows: count, subjects: count })
}

async function readyOf(running: RunningCollector): Promise<string> {
  const { status, text } = await running.get('/readyz')
  return `${status} ${text}`
}

describe('a full disk', () => {
  it('refuses records and says what to do, loses none that it took, and takes them again when there is room', async () => {
    collector = await runCollector({ settings, disks: { '': 320 * mebi } })
    const running = collector
    const acknowledged: number[] = []
    const post = async (user: number): Promise<Answer> => {
      const reply = await running.post(lineOf(user))
      if (reply.status === 200) acknowledged.push(user)
      return reply
    }
    for (let user = 0; user < 20; user++) expect((await post(user)).status).toBe(200)
    await allStored(running, acknowledged)

    const makeRoom = fillDisk(running.data)
    let user = 20
    let refused: Answer | undefined
    for (; refused === undefined && user < 5_000; user++) {
      const reply = await post(user)
      if (reply.status !== 200) refused = reply
    }
    expect(refused).toMatchObject({ status: 507 })
    expect(refused?.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(refusalOf(refused as Answer)).toMatchObject({
      code: 'ERR_LOG_DISK_FULL',
      message: expect.stringMatching(/is full .*make room there or shorten the retention/),
      hint: expect.stringContaining('nothing of the body was taken'),
    })
    expect(await readyOf(running)).toMatch(/^503 not ready: .*receiving: since .*make room there/)

    makeRoom()
    await until(
      async () => (await readyOf(running)).startsWith('200'),
      'it is ready again, with nobody sending',
      60_000,
    )
    for (let more = 0; more < 20; more++) expect((await post(user + more)).status).toBe(200)
    await allStored(running, acknowledged)
    expect(running.stderr()).toContain('"part":"receiving","outageMs"')
  }, 180_000)

  it('of the store alone holds up no record, is told, and what waited is stored when there is room', async () => {
    collector = await runCollector({ settings, disks: { store: 256 * mebi } })
    const running = collector
    const acknowledged: number[] = []
    const post = async (from: number, count: number): Promise<void> => {
      for (let user = from; user < from + count; user++) {
        expect(await running.post(lineOf(user))).toMatchObject({ status: 200 })
        acknowledged.push(user)
      }
    }
    await post(0, 20)
    await allStored(running, acknowledged)

    const makeRoom = fillDisk(`${running.data}/store`)
    await post(20, 40)
    await until(async () => /^503 .*store: since .*(disk|space)/i.test(await readyOf(running)), 'it is told', 60_000)
    await post(60, 20)

    makeRoom()
    await allStored(running, acknowledged)
    await until(async () => (await readyOf(running)).startsWith('200'), 'it is ready again', 60_000)
  }, 180_000)
})
