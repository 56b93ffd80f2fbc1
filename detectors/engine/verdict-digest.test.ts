// An alert is told again when the calls that it shows become others, although the calls that raised it stay.

import { describe, expect, it } from 'vitest'
import type { SlotVerdict } from '../../schemas/findings.ts'
import { hourMs } from '../calls/hours.ts'
import {
  type Call,
  callEvent,
  engineFor,
  foldPlaced,
  lastVerdicts,
  learnedDay,
  storyStart,
  usual,
} from '../unexpected-caller/stories.ts'
import { verdictDigest } from './verdict-digest.ts'

const settings = { probing: { targets: 3 }, scanning: { templates: 2 } }
const now = learnedDay(10)

/** Everything arrives within the lateness, in the order given. */
function stands(rule: string, calls: readonly Call[]): SlotVerdict | undefined {
  const appendedAt = storyStart + now + hourMs
  const events = calls.map((call, offset) => ({ event: callEvent(call), offset, appendedAt }))
  return lastVerdicts(foldPlaced(engineFor(settings), events)).find((verdict) => verdict.rule === rule)
}

const denied = (destination: string, seconds: number, more: Partial<Call> = {}): Call => ({
  caller: 'cart',
  destination,
  at: now + seconds * 1_000,
  status: 403,
  ...more,
})
const opened = (route: string, seconds: number, more: Partial<Call> = {}): Call => ({
  caller: 'cart',
  destination: 'payments',
  at: now + seconds * 1_000,
  route,
  ...more,
})

describe('of two calls of one instant, whichever arrives last', () => {
  it.each<[rule: string, before: readonly Call[], one: Call, other: Call, raising: readonly Call[]]>([
    [
      'probing',
      [],
      denied('payments', 0, { requestId: 'one' }),
      denied('payments', 0, { requestId: 'other' }),
      [denied('orders', 1), denied('refunds', 2)],
    ],
    [
      'scanning',
      usual('cart', 'payments'),
      opened('/v1/a', 0, { requestId: 'one' }),
      opened('/v1/a', 0, { requestId: 'other' }),
      [opened('/v1/b', 1), opened('/v1/c', 2)],
    ],
  ])('%s shows the same', (rule, before, one, other, raising) => {
    const otherLast = stands(rule, [...before, one, ...raising, other])
    expect(otherLast?.evidence).toHaveLength(3)
    expect(otherLast?.findings.map(({ at }) => at)).toEqual([storyStart + now + 2_000])
    expect(stands(rule, [...before, other, ...raising, one])).toEqual(otherLast)
  })
})

describe('what a verdict is told by', () => {
  it('is another number where the severity of one finding is another', () => {
    const verdict = stands('probing', [denied('payments', 0), denied('orders', 1), denied('refunds', 2)])
    if (verdict === undefined) throw new Error('the story raises no alert')
    const [finding] = verdict.findings
    if (finding === undefined) throw new Error('the alert has no finding')
    // A graver finding of the same alert hides it from everything else that a verdict says.
    const otherwise = { ...verdict, findings: [{ ...finding, severity: 'info' as const }] }
    expect(otherwise.findings).not.toEqual(verdict.findings)
    expect(verdictDigest(otherwise)).not.toBe(verdictDigest({ ...verdict, findings: [finding] }))
  })
})
