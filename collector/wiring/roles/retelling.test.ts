// Decisions on edges outlive the topic `keyed`: whoever begins anew is told of them, by whoever is there.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import type { Log } from '../../log/log.ts'
import { StoreError } from '../../store/store-error.ts'
import { openRetelling, type Retelling, type RetellingOptions } from './retelling.ts'

const heldFrom = Date.parse('2026-11-02T12:00:00.000Z')
let files: TemporaryLog
let log: Log
let outages: [part: string, isOut: boolean][]
const opened: Retelling[] = []

beforeEach(async () => {
  files = temporaryLog()
  log = await files.open()
  outages = []
})
afterEach(async () => {
  for (const each of opened.splice(0)) each.close()
  await log.close()
  files.remove()
})

function decided(caller: string, appendedAt: string): PlainEvent {
  return {
    format: 'eastwest-decision',
    eventAt: appendedAt,
    appendedAt,
    action: 'edge.deny',
    actor: 'anna',
    caller,
    destination: 'payments',
    attributes: { note: 'retired' },
  }
}

const stored = [decided('held', '2026-11-02T12:00:00.001Z'), decided('gone', '2026-11-02T11:59:59.999Z')]

function open(change: Partial<RetellingOptions> = {}): Retelling {
  const retelling = openRetelling({
    tenant: 'shop',
    member: 'm',
    log,
    events: async () => ({ entries: stored }),
    outages: { set: (part, cause) => void outages.push([part, cause !== undefined]) },
    onFailure: (cause) => {
      throw cause
    },
    ...change,
  })
  opened.push(retelling)
  return retelling
}

const toldAgain = () =>
  log.read('ingest', 0, { maxBytes: 1 << 20 }).records.map(({ value }) => {
    return JSON.parse(Buffer.from(value ?? []).toString()).caller
  })
const owed = () => [...log.readCompacted('control')].map(({ key }) => key)

it('tells what the topic does not hold, once', async () => {
  await open().forgot(heldFrom)
  expect(owed()).toEqual(['retelling/m'])
  await expect.poll(owed, { timeout: 10_000 }).toEqual([])
  expect(toldAgain()).toEqual(['gone'])
})

it('is done by another where the process ended before the store answered', async () => {
  const unreachable = new StoreError('ERR_STORE_UNREACHABLE', 'no', { retryable: true, ambiguous: false })
  const first = open({ events: () => Promise.reject(unreachable) })
  await first.forgot(heldFrom)
  await expect
    .poll(() => outages.some(([part, isOut]) => part === 'earlier decisions' && isOut), { timeout: 10_000 })
    .toBe(true)
  first.close()
  open({ member: 'n' })
  await expect.poll(owed, { timeout: 10_000 }).toEqual([])
  expect(toldAgain()).toEqual(['gone'])
})
