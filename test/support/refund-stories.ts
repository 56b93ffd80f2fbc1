// Stories of refunds for tests: what happened, told in plain columns, and what stands after it.

import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { openEngine } from '../../detectors/engine/engine.ts'
import { detectorEntry } from '../../detectors/engine/entry.ts'
import { batchOf, placed, recordedEvent } from '../../detectors/engine/recording.ts'
import { standingSummary, standingVerdicts } from '../../detectors/engine/standing.ts'
import { refundBurst } from '../../detectors/refund-burst/refund-burst.ts'
import type { SlotVerdict, VerdictRecord } from '../../schemas/findings.ts'

export const start = Date.parse('2025-03-14T11:42:00Z')
export type Fields = Readonly<Record<string, string | number>>

/** A refund so many seconds after the start, to USR-1 for a payment of its own unless said. */
export function refund(atSeconds: number, fields: Fields = {}): Fields {
  const at = Math.round(atSeconds * 1_000)
  return {
    kind: 'action',
    action: 'refund',
    eventAt: start + at,
    subject: 'USR-1',
    subjectFrom: 'jwt',
    payment: `PAY-${at}`,
    operationId: `rf-${at}`,
    amountMinor: 1_000,
    currency: 'EUR',
    outcome: 'allowed',
    ...fields,
  }
}

export const declined: Fields = { outcome: 'failed', outcomeBasis: 'http', httpStatus: 409 }

/** Three refunds of three payments within four seconds. */
export const three = (fields: Fields = {}): Fields[] => [0, 2, 4].map((at) => refund(at, fields))

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Every verdict on the way, the events handed over one by one as they happened. */
export function verdictsOf(stories: readonly Fields[], settings: unknown = {}): VerdictRecord[] {
  const engine = openEngine({ detectors: [detectorEntry(refundBurst).open(settings)], digest })
  const out: VerdictRecord[] = []
  for (const event of placed(stories.map(recordedEvent))) engine.observe(batchOf([event]), 0, 1, out)
  return out
}

/** What stands, as `standingSummary`; posted backwards and all at once much later, the same must stand. */
export function standing(stories: readonly Fields[], settings: unknown = {}): readonly string[] {
  const summary = standingSummary(verdictsOf(stories, settings))
  const engine = openEngine({ detectors: [detectorEntry(refundBurst).open(settings)], digest })
  const out: VerdictRecord[] = []
  const events = stories.map(recordedEvent).reverse()
  const arrived = events.map((event, offset) => ({ event, offset, appendedAt: start + 400 * 86_400_000 }))
  engine.observe(batchOf(arrived), 0, arrived.length, out)
  expect(standingSummary(out)).toEqual(summary)
  return summary
}

/** The one verdict that stands. */
export function theVerdict(stories: readonly Fields[], settings: unknown = {}): SlotVerdict {
  const [only, ...more] = standingVerdicts(verdictsOf(stories, settings)).values()
  if (only === undefined || more.length > 0) throw new Error(`not one verdict stands but ${more.length + 1}, or none`)
  return only.verdict
}
