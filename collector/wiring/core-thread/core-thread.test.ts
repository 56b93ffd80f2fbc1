// The real thread over a real log: it judges what is there and what comes, and its end is never overlooked.

import { getPriority } from 'node:os'
import { afterEach, expect, it } from 'vitest'
import { isClosing } from '../../../schemas/findings.ts'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import { until } from '../../../test/support/until.ts'
import type { Log } from '../../log/log.ts'
import { threadsOfProcess } from '../../store/embedded/lower-priority.ts'
import { watchAppends } from '../run/watched-log.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { type CoreThread, openCoreThread } from './core-thread.ts'

const opened: { readonly files: TemporaryLog; log: Log; thread?: CoreThread }[] = []
afterEach(async () => {
  for (const { files, log, thread } of opened.splice(0)) {
    await thread?.close(1_000)
    await log.close()
    files.remove()
  }
})

const refund = (order: number): { readonly value: Buffer } => ({
  value: Buffer.from(`2025-03-14 11:42:0${order} | user_id=USR-7 | action=REFUND | order=O-${order} | amount=10.00\n`),
})

/** The thread as a collector opens it; no store answers. `change` stands before the log. */
async function openThread(before: readonly { readonly value: Buffer }[], change: (log: Log) => Log = (log) => log) {
  const files = temporaryLog()
  const log = await files.open()
  const entry: (typeof opened)[number] = { files, log }
  opened.push(entry)
  if (before.length > 0) await log.append('ingest', before)
  const rules: string[] = []
  const failures: unknown[] = []
  const counted = new Map<string, number>()
  const thread = await openCoreThread({
    settings: defaultSettings(),
    log: change(log),
    store: {
      address: { urls: ['http://127.0.0.1:9'], username: '', password: '', database: 'default', timeoutMs: 1_000 },
      ready: new Promise(() => undefined),
    },
    applyVerdicts: async (records) => {
      rules.push(
        ...records.flatMap((record) => (isClosing(record) ? [] : [`${record.verdict.rule} ${record.verdict.count}`])),
      )
    },
    meters: {
      count: (name, by = 1) => counted.set(name, (counted.get(name) ?? 0) + by),
      time: () => undefined,
    },
    onOutage: () => undefined,
    onRebuilt: () => undefined,
    onFailure: (cause) => failures.push(cause),
  })
  entry.thread = thread
  return { thread, log, rules, failures, counted }
}

it('judges what the log holds and what comes, and says how far it is', async () => {
  const { thread, log, rules, failures, counted } = await openThread([refund(1)])
  await log.append('ingest', [refund(2)])
  await log.append('ingest', [refund(3)])
  await until(() => thread.progress().position === 3, 'everything was judged')
  await until(() => rules.some((rule) => rule.endsWith(' 3')), 'three refunds were told')
  await until(() => counted.get('events') === 3, 'three events were counted')
  expect(thread.progress()).toMatchObject({ storedBelow: 0, unaccounted: 0 })
  await until(() => thread.standing().stages.some(({ keys }) => keys > 0), 'a stage holds a key')
  expect(failures).toEqual([])
})

it.runIf(process.platform === 'linux')('goes before the rest of its process', async () => {
  await openThread([])
  const own = (threadsOfProcess() ?? []).map((thread) => getPriority(thread))
  expect(getPriority()).toBeGreaterThan(Math.min(...own))
})

it('hands on a failure of the front, and closes all the same', async () => {
  const { thread, failures } = await openThread([], (log) => ({
    ...watchAppends(log, () => undefined),
    read: () => {
      throw new RangeError('a bug')
    },
  }))
  await until(() => failures.length > 0, 'the failure was told')
  expect(failures[0]).toMatchObject({ name: 'RangeError', message: 'a bug' })
  await thread.close(1_000)
})
