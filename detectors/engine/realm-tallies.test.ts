// Readiness of one realm says nothing of another.

import { expect, it } from 'vitest'
import { openCountingEngine } from '../../test/support/counting-engine.ts'
import { batchOf, type EventFields, recordedEvent } from './recording.ts'

it('is counted for each realm: an exercise makes nothing look seen outside of it, and a flood of them stays bounded', () => {
  const engine = openCountingEngine({ limit: 2 })
  let at = 0
  const observe = (...fields: readonly EventFields[]): void => {
    const rows = fields.map((each) => {
      at += 1
      const event = recordedEvent({ kind: 'action', action: 'counted', subject: 'anna', eventAt: at, ...each })
      return { event, offset: at, appendedAt: 1_000 + at }
    })
    engine.observe(batchOf(rows), 0, rows.length, [])
  }
  const seen = (realm?: string) => engine.readiness(realm).map(({ source, seen: count }) => [source, count])
  const drilled = { realm: 'exercise:1', format: 'audit-line', source: 'till' }
  observe(drilled, { format: 'app-json', source: 'shop' }, drilled)
  expect([seen(), seen('exercise:1'), seen('exercise:2')]).toEqual([[['shop', 1]], [['till', 2]], [['', 0]]])
  observe(...Array.from({ length: 8 }, (_, nth) => ({ realm: `exercise:flood-${nth}`, source: 'till' })))
  expect([seen(), seen('exercise:1'), seen('exercise:flood-7')]).toEqual([[['shop', 1]], [['', 0]], [['till', 1]]])
})
