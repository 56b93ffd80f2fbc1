// Decisions outlive the log: what it let go of is told again to a stage that has to learn anew.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import type { Log } from '../../log/log.ts'
import { heldIn, keepsDecisions, tellEarlierDecisions } from './earlier-decisions.ts'

let files: TemporaryLog
let log: Log
beforeEach(async () => {
  files = temporaryLog()
  log = await files.open()
})
afterEach(async () => {
  await log.close()
  files.remove()
})

function eventOf(caller: string, change: Partial<PlainEvent> = {}): PlainEvent {
  return {
    format: 'eastwest-decision',
    eventAt: '2026-11-02T09:14:22.318Z',
    action: 'edge.deny',
    actor: 'anna',
    caller,
    destination: 'payments',
    attributes: { note: 'retired' },
    incarnation: 'an earlier one',
    offset: 0,
    ...change,
  }
}

/** Two to a page, newest first. */
const pagesOf =
  (events: readonly PlainEvent[]) =>
  async ({ cursor = '0' }: { readonly cursor?: string | undefined }) => {
    const from = Number(cursor)
    return { entries: events.slice(from, from + 2), ...(from + 2 < events.length ? { next: String(from + 2) } : {}) }
  }

it('as they were, the oldest first, each once and only those on edges', async () => {
  const present = { incarnation: log.bounds('ingest').incarnation, offset: 5 }
  const events = [
    eventOf('still in the log', present),
    eventOf('c'),
    eventOf('told again before', present),
    eventOf('told again before'),
    eventOf('', { action: 'alert.close', resource: 'ab'.repeat(16), attributes: { note: 'n', as: 'true' } }),
    eventOf('b', { action: 'edge.accept' }),
    eventOf('b', { action: 'edge.accept' }),
  ]
  expect(await tellEarlierDecisions({ log, events: pagesOf(events), tenant: 'shop', isHeld: heldIn(log) })).toBe(2)
  const { records } = log.read('ingest', 0, { maxBytes: 1 << 20 })
  expect(records.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()))).toMatchObject([
    { decision: 'edge.accept', caller: 'b', by: 'anna', note: 'retired', at: '2026-11-02T09:14:22.318Z' },
    { decision: 'edge.deny', caller: 'c' },
  ])
  expect(records[0]?.headers).toMatchObject({ receiver: 'decisions', tenant: 'shop', realm: 'live' })
})

it('and nothing where nobody decided anything', async () => {
  expect(await tellEarlierDecisions({ log, events: pagesOf([]), tenant: 'shop', isHeld: heldIn(log) })).toBe(0)
  expect(log.bounds('ingest').nextOffset).toBe(0)
})

it.each([
  ['unexpected-caller/by-destination: other-version', true],
  ['all: the log is another one', true],
  ['unexpected-caller/by-caller: other-version', false],
  ['refund-burst/by-beneficiary: missing', false],
])('is needed after "%s": %s', (rebuilt, expected) => {
  expect(keepsDecisions(rebuilt)).toBe(expected)
})
