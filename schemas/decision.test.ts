// A decision reads the same wherever it is: in the log, in the store, and in a file for a replay.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLineDecoder } from '../test/support/decode-lines.ts'
import { type Decision, decisionLine, decisionOf, decisionReceiver, decisionSchema } from './decision.ts'

const plainText = (most: number) =>
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: most }).filter((text) => text.length <= most)
const said = {
  schema: fc.constant('eastwest.decision/v1' as const),
  at: fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }).map((at) => at.toISOString()),
  by: plainText(200),
  note: plainText(1_000),
}
const decisions = fc
  .oneof(
    fc.record({
      ...said,
      decision: fc.constantFrom('edge.accept' as const, 'edge.deny' as const),
      caller: plainText(100),
      destination: plainText(100),
    }),
    fc.record({
      ...said,
      decision: fc.constant('alert.close' as const),
      alert: fc.constant('0a'.repeat(16)),
      as: fc.constantFrom('true' as const, 'benign' as const, 'expected' as const),
    }),
  )
  .filter((decision) => decisionSchema.safeParse(decision).success)

describe('a decision', () => {
  it('is the same line and the same event once it was exported and read again', () => {
    fc.assert(
      fc.property(decisions, (decision: Decision) => {
        const line = decisionLine(decision)
        const decode = openLineDecoder()
        const headers = { receiver: decisionReceiver, format: 'eastwest-decision' }
        const { events } = decode(line, headers)
        const [event] = events
        if (event === undefined) throw new Error('no event')
        const shown = {
          ...event,
          eventAt: new Date(event.eventAt).toISOString(),
          attributes: JSON.parse(event.attributes) as unknown,
        }
        const exported = decisionOf(shown)
        expect(exported && decisionLine(exported)).toBe(line)
        expect(decode(decisionLine(exported as Decision), headers).events[0]?.eventId).toBe(event.eventId) // exported, as expected above
      }),
    )
  })

  it('is one line, whatever its note holds', () => {
    const decision = {
      schema: 'eastwest.decision/v1' as const,
      at: '2026-11-02T09:14:22.318Z',
      by: 'anna',
      note: 'first\nsecond\t{"schema":"eastwest.decision/v1"}',
      decision: 'edge.deny' as const,
      caller: 'a',
      destination: 'b',
    }
    expect(decisionLine(decision)).not.toContain('\n')
  })

  it.each([
    ['another event', { format: 'app-json', attributes: {} }],
    [
      'settings that were applied',
      { format: 'eastwest-decision', action: 'settings.apply', attributes: { note: 'n' } },
    ],
    ['an event without attributes', { format: 'eastwest-decision' }],
  ])('is not made of %s', (_, event) => {
    expect(decisionOf(event)).toBeUndefined()
  })
})
