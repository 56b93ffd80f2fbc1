// Proves what an audit line says, in every form people write one.

import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { auditLine } from './audit-line.ts'
import { defaultDecoderSettings } from './settings.ts'

const only = (text: string, settings: Partial<typeof defaultDecoderSettings> = {}, source = 'test') =>
  onlyEvent(auditLine, text, { source, settings: { ...defaultDecoderSettings, ...settings } })

const at = (iso: string): number => Date.parse(iso)

describe('the three lines of the first alert', () => {
  it.each([
    [
      '2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99',
      '11:42:01',
      'ORD-1201',
      8999,
    ],
    [
      '2025-03-14 11:42:05 | user_id=USR-99 | action=REFUND | order=ORD-1202 | amount=124.50',
      '11:42:05',
      'ORD-1202',
      12450,
    ],
    [
      '2025-03-14 11:42:07 | user_id=USR-99 | action=REFUND | order=ORD-1203 | amount=200.00',
      '11:42:07',
      'ORD-1203',
      20000,
    ],
  ])('%s', (line, time, payment, amountMinor) => {
    expect(only(line)).toMatchObject({
      kind: 'action',
      eventAt: at(`2025-03-14T${time}Z`),
      subject: 'USR-99',
      subjectFrom: 'field',
      actor: '',
      action: 'refund',
      outcome: 'allowed',
      outcomeBasis: '',
      payment,
      amountMinor,
      currency: 'XXX',
      attributes: '',
    })
  })
})

describe('an audit line', () => {
  it('has every fact in its column, in any order and any spelling', () => {
    const line =
      '2025-03-14T11:42:01,250+01:00 | Currency=eur | amount="1,234.50" | RefundId=rf_91 | idempotency-key: k-1 | payment_id=pay_7 | ' +
      'order=ORD-1201 | action=Refund | status=DECLINED | user.id=USR-99 | performed_by=AGT-4 | agent_role=support | card=card_8 | ' +
      'device_id=dev-1 | session=s-1 | batch=b-1 | env=sandbox | trace_id=4BF92F3577B34DA6A3CE929D0E0E4736 | request_id=req-1 | ' +
      'source_ip=10.20.3.7:51834 | service=payments | note="card lost | stolen, said \\"she\\"" | ticket=INC-12'
    expect(only(line)).toMatchObject({
      kind: 'action',
      eventAt: at('2025-03-14T10:42:01.250Z'),
      subject: 'USR-99',
      actor: 'AGT-4',
      actorFrom: 'field',
      actorRole: 'support',
      action: 'refund',
      outcome: 'denied',
      outcomeBasis: 'field',
      outcomeReason: 'DECLINED',
      payment: 'pay_7',
      operationId: 'rf_91',
      idempotencyKey: 'k-1',
      instrument: 'card_8',
      device: 'dev-1',
      session: 's-1',
      sessionFrom: 'field',
      batch: 'b-1',
      environment: 'sandbox',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      requestId: 'req-1',
      sourceIp: '10.20.3.7',
      workload: 'payments',
      amountMinor: 123450,
      currency: 'EUR',
      attributesJson: { order: 'ORD-1201', note: 'card lost | stolen, said "she"', ticket: 'INC-12' },
    })
  })

  it.each([
    ['2025-03-14 11:42:01|user_id=U|action=REFUND'],
    ['2025-03-14 11:42:01   |   user_id = U   |   action = REFUND   '],
    ['[2025-03-14 11:42:01] | user_id: U | action: REFUND'],
    ['2025-03-14 11:42:01 | user_id="U" | action="REFUND" |'],
    ['2025-03-14 11:42:01 |\tuser_id=\tU\t| action=REFUND'],
    ['time=2025-03-14T11:42:01Z | user_id=U | action=REFUND'],
    ['action=REFUND | user_id=U | ts: 1741952521'],
    ['2025-03-14 11:42:01 | REFUND | user_id=U | note='],
  ])('%j is read the same', (line) => {
    expect(only(line)).toMatchObject({
      subject: 'U',
      action: 'refund',
      eventAt: at('2025-03-14T11:42:01Z'),
      outcome: 'allowed',
    })
  })

  it.each([
    ['2025-03-14 11:42:01 | event=login | user_id=U | success=true', 'authn', 'login', 'allowed'],
    ['2025-03-14 11:42:01 | action=LOGIN_FAILED | user_id=U', 'authn', 'login', 'failed'],
    ['2025-03-14 11:42:01 | action=token.refresh | client_id=web | result=ok', 'authn', 'token.refresh', 'allowed'],
    [
      '2025-03-14 11:42:01 | event=authorization | action=refund | user_id=U | decision=deny',
      'authz',
      'refund',
      'denied',
    ],
    ['2025-03-14 11:42:01 | action=ROLE_CHANGE | user_id=U | role=admin', 'action', 'role.change', 'allowed'],
    ['2025-03-14 11:42:01 | action=EXPORT_REPORT | user_id=U', 'action', 'export.report', 'allowed'],
    ['2025-03-14 11:42:01 | action=REFUND | user_id=U | status=pending', 'action', 'refund', 'pending'],
    ['2025-03-14 11:42:01 | action=REFUND | user_id=U | status=409', 'action', 'refund', 'failed'],
    ['2025-03-14 11:42:01 | ERROR | action=REFUND | user_id=U', 'action', 'refund', 'failed'],
    ['2025-03-14 11:42:01 | action=REFUND | user_id=U | status=sparkling', 'action', 'refund', ''],
  ])('%s is %s %s %s', (line, kind, action, outcome) => {
    expect(only(line)).toMatchObject({ kind, action, outcome })
  })

  it('is about the actor where the settings map user_id so', () => {
    const event = only('2025-03-14 11:42:01 | user_id=AGT-4 | customer_id=C-1 | action=REFUND', {
      fieldNames: { actor: ['user_id'] },
    })
    expect(event).toMatchObject({ actor: 'AGT-4', actorFrom: 'field', subject: 'C-1' })
  })

  it('is stamped in the zone of its source', () => {
    const timeZones = { payments: 'Europe/Berlin', '': 'America/New_York' }
    const line = '2025-07-14 11:42:01 | user_id=U | action=REFUND'
    expect(only(line, { timeZones }, 'payments').eventAt).toBe(at('2025-07-14T09:42:01Z'))
    expect(only(line, { timeZones }, 'orders').eventAt).toBe(at('2025-07-14T15:42:01Z'))
    expect(only(line.replace(' |', 'Z |'), { timeZones }, 'payments').eventAt).toBe(at('2025-07-14T11:42:01Z'))
  })

  it('counts in the currency of the settings where it names none', () => {
    const line = '2025-03-14 11:42:01 | user_id=U | action=REFUND | amount=1500'
    expect(only(line, { currency: 'JPY' })).toMatchObject({ amountMinor: 1500, currency: 'JPY' })
    expect(only(`${line} | currency=EUR`, { currency: 'JPY' })).toMatchObject({ amountMinor: 150000, currency: 'EUR' })
  })

  it('keeps an amount it cannot read where the action moves no money', () => {
    const event = only('2025-03-14 11:42:01 | user_id=U | action=deploy | amount=3 pods')
    expect(event).toMatchObject({ currency: '', attributesJson: { amount: '3 pods' } })
  })

  it('keeps many and long extra keys only up to a bound, and says how many it left out', () => {
    const extra = Array.from({ length: 300 }, (_, at) => `k${at}=${'v'.repeat(200)}`).join(' | ')
    const event = only(`2025-03-14 11:42:01 | user_id=U | action=REFUND | ${extra}`)
    expect(event.attributes.length).toBeLessThan(8300)
    expect(event.attributesJson).toMatchObject({ k0: 'v'.repeat(200), omitted: expect.any(Number) })
  })

  it('keeps keys named like properties of objects', () => {
    const event = only('2025-03-14 11:42:01 | __proto__=x | constructor=y | user_id=U | action=REFUND')
    expect(event.attributes).toBe('{"__proto__":"x","constructor":"y"}')
  })
})

describe('the form of an audit line', () => {
  it.each([
    [''],
    ['|'],
    ['hello | world'],
    ['2025-03-14 11:42:01 payments started'],
    ['2025-03-14 11:42:01 | payments started'],
    ['{"time":"2025-03-14T11:42:01Z","a":"x | y=z"}'],
    ['[2026-11-02T09:14:22.318Z] "GET /a|b=c HTTP/1.1" 200 - 0 512 11 9 "-" "-" "-" "-" "-"'],
    ['2026-11-02T09:14:22.318291Z\tinfo\taccess\tconnection complete\tsrc.addr=10.20.3.7:51834 a="|"'],
    ['user_id=U | action=REFUND'],
  ])('%j is not of it', (text) => {
    expect(decodeText(auditLine, text).recognised).toBe(false)
  })
})
