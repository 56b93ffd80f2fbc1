// Bodies of notifications: promised shape, under 20 kB whatever is in the alert, the same bytes for the same alert.

import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alert, Transition } from '../../schemas/alerts.ts'
import { maxWebhookBytes, webhookJsonSchema, webhookMessageSchema } from '../../schemas/webhook.ts'
import { card, noon, type VerdictChange, verdictRecord } from '../../test/support/verdict-record.ts'
import { reviseAlert } from './lifecycle.ts'
import { messageBody } from './message.ts'

const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(webhookJsonSchema())

function alertOf(verdict: VerdictChange['verdict'] = {}, facts = card): Alert {
  const policy = { quietMs: 600_000, closeAfterMs: 86_400_000 }
  const revision = reviseAlert(undefined, verdictRecord({ verdict }), facts, policy, undefined)
  if (!revision.changed) throw new Error(`no alert: ${revision.why}`)
  return revision.life.alert
}

describe('messageBody', () => {
  it.each<[Transition, string]>([
    ['opened', 'alert.opened'],
    ['reopened', 'alert.opened'],
    ['severity:critical', 'alert.updated'],
    ['rung:5-in-10m', 'alert.updated'],
    ['continued-after-quiet', 'alert.updated'],
    ['withdrawn', 'alert.withdrawn'],
    ['closed', 'alert.closed'],
  ])('of %s is of type %s and holds the whole alert', (transition, type) => {
    const alert = alertOf()
    const message = webhookMessageSchema.parse(JSON.parse(messageBody(alert, transition)))
    expect(message).toEqual({ type, transition, timestamp: alert.updatedAt, trimmed: false, data: alert })
    expect(validate(message), JSON.stringify(validate.errors)).toBe(true)
  })

  it('gives the same bytes for the same alert', () => {
    const alert = alertOf()
    const reordered = Object.fromEntries(Object.entries(alert).reverse()) as Alert
    expect(messageBody(reordered, 'opened')).toBe(messageBody(alert, 'opened'))
  })

  it('stays under 20 kB, valid and about the same alert, however large its texts are', () => {
    const character = fc.constantFrom('a', '\u0001', '"', '\\', '漢', '😀', '\ud800', '<script>')
    const giant = fc.tuple(character, fc.constantFrom(1, 50, 5_000)).map(([unit, times]) => unit.repeat(times))
    fc.assert(
      fc.property(giant, giant, fc.constantFrom(0, 3, 200), (text, other, many) => {
        const list = Array.from({ length: many }, (_, index) => `${text}${index}`)
        const alert = alertOf(
          {
            title: text,
            entity: { keyspace: 'subject', key: other, name: text, from: 'field' },
            slot: text,
            baseline: other,
            labels: Object.fromEntries(list.map((key) => [key, other])),
            findings: [text, other, ...list].map((rung, at) => ({
              eventId: text,
              at,
              rung,
              severity: 'high' as const,
            })),
            evidence: Array.from({ length: 10 }, () => ({ eventId: other, at: noon, summary: text })),
            explanation: {
              why: list,
              windowFrom: noon,
              windowTo: noon,
              margins: list.map((name) => ({ name, value: 1e300, limit: -1e300, unit: other })),
              wouldNotFireIf: list,
            },
          },
          { attack: list.map((name) => ({ technique: name, name, tactic: other })), runbook: list },
        )
        const transition = `rung:${alert.rungs[0] ?? ''}` as const
        const body = messageBody(alert, transition)
        expect(Buffer.byteLength(body)).toBeLessThan(maxWebhookBytes)
        const message = webhookMessageSchema.parse(JSON.parse(body))
        expect(message.data.id).toBe(alert.id)
        expect(message.type).toBe('alert.updated')
        expect(validate(message)).toBe(true)
        expect(messageBody(alert, transition)).toBe(body)
      }),
      { numRuns: 40 },
    )
  })

  it('says when it was trimmed, and then only', () => {
    const trimmed = (alert: Alert) => webhookMessageSchema.parse(JSON.parse(messageBody(alert, 'opened'))).trimmed
    expect(trimmed(alertOf())).toBe(false)
    const why = Array.from({ length: 60 }, () => 'w'.repeat(900))
    const explanation = { why, windowFrom: noon, windowTo: noon, margins: [], wouldNotFireIf: [] }
    expect(trimmed(alertOf({ explanation }))).toBe(true)
  })
})
