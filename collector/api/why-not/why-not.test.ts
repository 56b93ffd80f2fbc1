// What is said of an event that came late: whom it was late to, of those that were asked and run.

import { describe, expect, it } from 'vitest'
import { whyNot } from './why-not.ts'

const event = { eventId: 'e', eventAt: '2026-03-02T09:00:00.000Z', appendedAt: '2026-03-02T09:01:00.000Z' }
const store = {
  events: async () => ({ entries: [event] }),
  alertsCiting: async () => [],
}
const examine = {
  examine: async () => [[]],
  detectors: ['quick', 'slow', 'disabled'],
  latenessMs: { quick: 30_000, slow: 900_000 },
}

async function notes(detector?: string): Promise<readonly string[]> {
  const reply = await whyNot({ tenant: 'default', realm: 'live', event: 'e', detector }, store, examine)
  return reply.events[0]?.notes ?? []
}

describe('an event that came a minute late', () => {
  it.each([
    ['all', undefined, [expect.stringContaining('later than quick (30 s) waits')]],
    ['one that does not wait so long', 'quick', [expect.stringContaining('later than quick (30 s) waits')]],
    ['one that waits longer', 'slow', []],
    ['one that does not run', 'disabled', []],
  ])('is told as late to those asked: %s', async (_, detector, expected) => {
    expect(await notes(detector)).toEqual(expected)
  })
})
