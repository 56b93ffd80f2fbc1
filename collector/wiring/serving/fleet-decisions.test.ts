// A decision on an alert is answered with what its owner made of it, as soon as that is heard.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Alert } from '../../../schemas/alerts.ts'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import { card, closingRecord, noon, verdictRecord } from '../../../test/support/verdict-record.ts'
import { type AlertLife, closeByPerson, reviseAlert } from '../../alerts/lifecycle.ts'
import type { Log } from '../../log/log.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { ephemeralScrubKey } from '../data-folder.ts'
import { AlertStream } from '../run/alert-stream.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { type FleetDecisionsOptions, openFleetDecisions } from './fleet-decisions.ts'

const said = { as: 'benign', by: 'anna', note: 'a test of ours' } as const
const scope = { tenant: 'default', realm: 'live' }
let files: TemporaryLog
let log: Log
let stream: AlertStream

beforeEach(async () => {
  files = temporaryLog()
  log = await files.open()
  stream = new AlertStream()
})
afterEach(async () => {
  await log.close()
  files.remove()
})

function open(change: Partial<FleetDecisionsOptions> = {}) {
  return openFleetDecisions({
    log,
    scrubber: openScrubber(ephemeralScrubKey(), defaultSettings().scrub),
    tenant: 'default',
    store: { alert: async (_tenant, _realm, id) => (id === opened.alert.id ? opened.alert : undefined), edges: nobody },
    stream,
    now: () => noon + 90_000,
    wait: () => new Promise(() => undefined),
    forgetAfterMs: 60_000,
    ingestPartitions: 1,
    ...change,
  })
}

const nobody = async () => ({ entries: [] })
const opened = lifeOf(reviseAlert(undefined, verdictRecord(), card, defaultSettings().alerts, undefined))

/** What the owner of the alert makes of the newest decision in the log. */
function closed(): Alert {
  const decision = log.read('ingest', 0, { maxBytes: 1 << 20 }).records.at(-1)
  const { at } = JSON.parse(Buffer.from(decision?.value ?? []).toString()) as { at: string } // our own line
  const record = closingRecord({ at: 2, alertId: opened.alert.id })
  return lifeOf(closeByPerson(opened, { ...record, ...said, decidedAt: Date.parse(at) })).alert
}

function lifeOf(revision: ReturnType<typeof reviseAlert>): AlertLife {
  if (!revision.changed) throw new Error(revision.why)
  return revision.life
}

const appended = () => log.bounds('ingest').nextOffset

it('is answered once its owner has written down what became of it', async () => {
  const answered = open().closeAlert(scope, opened.alert.id, said)
  await expect.poll(appended).toBe(1)
  stream.tell(opened.alert)
  stream.tell(closed())
  expect(await answered).toMatchObject({ applied: true, alert: { status: 'closed', feedback: { by: 'anna' } } })
})

it('said twice at once is answered twice: the owner has nothing to write down for the second', async () => {
  const decisions = open()
  const both = [1, 2].map(() => decisions.closeAlert(scope, opened.alert.id, said))
  await expect.poll(appended).toBe(2)
  stream.tell(closed())
  expect(await Promise.all(both)).toMatchObject([{ applied: true }, { applied: true }])
})

it('is known to be made already where it was told before', async () => {
  const answered = open().closeAlert(scope, opened.alert.id, said)
  await expect.poll(appended).toBe(1)
  stream.tell(closed())
  await answered
  expect(await open().closeAlert(scope, opened.alert.id, said)).toMatchObject({ applied: true })
  expect(appended()).toBe(1)
})

it('is durable though its owner is not heard of in time', async () => {
  const decisions = open({ wait: async () => undefined })
  expect(await decisions.closeAlert(scope, opened.alert.id, said)).toMatchObject({
    applied: false,
    alert: { status: 'open' },
  })
  expect(appended()).toBe(1)
})

it.each([
  ['that nobody knows', scope, 'f'.repeat(32)],
  ['of another tenant', { ...scope, tenant: 'other' }, opened.alert.id],
])('is none on an alert %s', async (_, asked, id) => {
  const store = { alert: async () => undefined, edges: nobody }
  stream.tell(opened.alert)
  expect(await open({ store }).closeAlert(asked, id, said)).toBeUndefined()
  expect(appended()).toBe(0)
})

it('is none on an alert that has rested for so long that its owner has let go of it', async () => {
  const { alert } = lifeOf(closeByPerson(opened, closingRecord({ at: 2, alertId: opened.alert.id })))
  const later = noon + 3_600_000
  const decisions = open({ store: { alert: async () => alert, edges: nobody }, now: () => later })
  expect(await decisions.closeAlert(scope, alert.id, said)).toBeUndefined()
})
