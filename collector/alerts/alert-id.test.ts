// Ids name one thing each, and the same thing always.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertId, webhookId } from './alert-id.ts'

describe('alertId', () => {
  it('is the same in every process and release', () => {
    const id = alertId('default', 'refund-burst', 'burst', 'subject', 'USR-99', '2025-03-14T11:00:00.000Z')
    expect(id).toBe('9434f95a0647b57df3378eaad21727b8')
  })

  it('keeps its parts apart, whatever they hold', () => {
    const part = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('', '"', '","', '[', '\\', '\ud800', 'a', ','))
    const parts = fc.tuple(part, part, part, part, part)
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const idOf = ([tenant, detector, rule, key, slot]: typeof a) =>
          alertId(tenant, detector, rule, 'subject', key, slot)
        expect(idOf(a) === idOf(b)).toBe(a.every((text, index) => text === b[index]))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('webhookId', () => {
  it('differs by realm, alert, channel, transition and cause', () => {
    const ids = [
      webhookId('live', 'a', 'ops', 'opened', 'e1'),
      webhookId('exercise:1', 'a', 'ops', 'opened', 'e1'),
      webhookId('live', 'b', 'ops', 'opened', 'e1'),
      webhookId('live', 'a', 'pager', 'opened', 'e1'),
      webhookId('live', 'a', 'ops', 'reopened', 'e1'),
      webhookId('live', 'a', 'ops', 'opened', 'e2'),
    ]
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
  })
})
