// An alert fits its schema and has canonical bytes, whatever an attacker wrote into the events.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertSchema } from '../../schemas/alerts.ts'
import { card, noon, verdictRecord } from '../../test/support/verdict-record.ts'
import { alertContent, instantText } from './build-alert.ts'
import { canonicalAlert } from './canonical.ts'
import { reviseAlert } from './lifecycle.ts'

const policy = { quietMs: 600_000, closeAfterMs: 86_400_000 }

function alertOf(record: ReturnType<typeof verdictRecord>) {
  const revision = reviseAlert(undefined, record, card, policy, undefined)
  if (!revision.changed) throw new Error(`no alert: ${revision.why}`)
  return revision.life.alert
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom('\ud800', 'a\udc00b', '\u0000\u001b[31m', '\u202etxt', '__proto__', 'x'.repeat(100_000), ''),
)
const hostileNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e308, 8.64e15 + 1),
)

describe('an alert of a verdict', () => {
  it('fits its schema and has canonical bytes whatever the texts and numbers are', () => {
    fc.assert(
      fc.property(hostileText, hostileNumber, fc.dictionary(hostileText, hostileText), (text, number, labels) => {
        const record = verdictRecord({
          verdict: {
            title: text,
            entity: { keyspace: 'subject', key: text, name: text, from: '' },
            slot: text,
            firstSeenAt: number,
            lastSeenAt: number,
            count: number,
            suppressed: number,
            baseline: text,
            continues: text,
            labels,
            evidence: Array.from({ length: 12 }, () => ({ eventId: text, at: number, summary: text })),
            explanation: {
              why: Array.from({ length: 100 }, () => text),
              windowFrom: number,
              windowTo: number,
              margins: [{ name: text, value: number, limit: number, unit: text }],
              wouldNotFireIf: [text],
            },
          },
        })
        const alert = alertOf(record)
        expect(alertSchema.safeParse(alert).error).toBeUndefined()
        expect(alertSchema.parse(JSON.parse(JSON.stringify(alert)))).toEqual(alert)
        expect(canonicalAlert(alert)).not.toMatch(/\p{Surrogate}/u)
      }),
      { numRuns: 300 },
    )
  })

  it('has the same canonical bytes whatever the order of labels, the realm and the arrival', () => {
    const one = alertOf(verdictRecord({ verdict: { labels: { a: '1', b: '2' } } }))
    const other = alertOf(
      verdictRecord({
        at: 77,
        realm: 'exercise:7',
        late: true,
        evictions: 4,
        verdict: { labels: { b: '2', a: '1' } },
      }),
    )
    expect(canonicalAlert(other)).toBe(canonicalAlert(one))
  })

  it('names the alert it continues by its id', () => {
    const before = alertContent(verdictRecord({ verdict: { slot: 'ten' } }), card)
    const after = alertContent(verdictRecord({ verdict: { slot: 'eleven', continues: 'ten' } }), card)
    expect(after.continues).toBe(before.id)
    expect(before.continues).toBe('')
  })

  it('says how long after its first finding it was raised', () => {
    const alert = alertOf(verdictRecord({ appendedAt: noon + 6_250 }))
    expect(alert.lagMs).toBe(250)
    expect(alert.raisedAt).toBe('2026-03-14T12:00:06.250Z')
  })
})

describe('instantText', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [-1e18, '0001-01-01T00:00:00.000Z'],
    [1e18, '9999-12-31T23:59:59.999Z'],
    [Number.NaN, '1970-01-01T00:00:00.000Z'],
  ])('writes %d as %s', (at, text) => {
    expect(instantText(at)).toBe(text)
  })
})
