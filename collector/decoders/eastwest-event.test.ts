// Proves that our own JSON says every kind of event, and that its published schema agrees with the decoder.

import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eastwestEventJsonSchema, eastwestMembers } from '../../schemas/eastwest-event.ts'
import { formatReference } from '../../schemas/token-reference.ts'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { eastwestEvent } from './eastwest-event.ts'

const decode = (record: object | string) =>
  decodeText(eastwestEvent, typeof record === 'string' ? record : JSON.stringify(record))

function only(record: object | string) {
  return onlyEvent(eastwestEvent, typeof record === 'string' ? record : JSON.stringify(record))
}

const at = '2025-03-14T11:42:01.123Z'

const hash = '0123456789abcdef0123456789abcdef'

describe('an event of our own form', () => {
  it.each([
    [
      {
        schema: 'eastwest.event/v1',
        kind: 'access',
        at,
        caller: 'spiffe://td/ns/shop/sa/cart',
        callerFrom: 'mtls',
        destination: 'payments.shop',
        sourceIp: '10.20.3.7:443',
        method: 'POST',
        path: '/v1/refunds',
        httpStatus: 403,
        outcome: 'denied',
        durationMs: 3,
        reporter: 'destination',
      },
      {
        caller: 'spiffe://td/ns/shop/sa/cart',
        callerFrom: 'mtls',
        destination: 'payments.shop',
        destinationFrom: 'field',
        sourceIp: '10.20.3.7',
        method: 'POST',
        path: '/v1/refunds',
        httpStatus: 403,
        outcome: 'denied',
        outcomeBasis: 'field',
        durationMs: 3,
        reporter: 'destination',
      },
    ],
    [
      {
        kind: 'authn',
        at: 1741952521123,
        action: 'LOGIN',
        subject: 'USR-99',
        outcome: 'failed',
        client: 'web',
        session: 's-1',
        device: 'dev-1',
        tlsFingerprint: 't13d',
      },
      {
        action: 'login',
        subject: 'USR-99',
        subjectFrom: 'field',
        outcome: 'failed',
        client: 'web',
        clientFrom: 'field',
        session: 's-1',
        sessionFrom: 'field',
        device: 'dev-1',
        tlsFingerprint: 't13d',
      },
    ],
    [
      {
        kind: 'authz',
        at: 1741952521.123,
        subject: 'U',
        subjectFrom: 'jwt',
        action: 'orders:read',
        resource: 'orders/1',
        outcome: 'denied',
        policy: 'p1',
        nativeId: 'd-1',
        shadowOutcome: 'would-deny',
      },
      {
        subject: 'U',
        subjectFrom: 'jwt',
        action: 'orders:read',
        resource: 'orders/1',
        outcome: 'denied',
        policy: 'p1',
        nativeId: 'd-1',
        shadowOutcome: 'would-deny',
      },
    ],
    [
      {
        kind: 'action',
        at,
        action: 'RefundIssued',
        subject: 'USR-99',
        actor: 'AGT-4',
        actorRole: 'support',
        payment: 'pay_7',
        operationId: 'rf_91',
        idempotencyKey: 'k',
        instrument: 'card_8',
        batch: 'b',
        amount: '89.99',
        currency: 'eur',
        environment: 'sandbox',
        attributes: { ticket: 'INC-1', nested: { a: [1] } },
      },
      {
        action: 'refund',
        outcome: 'allowed',
        outcomeBasis: '',
        actor: 'AGT-4',
        actorFrom: 'field',
        actorRole: 'support',
        payment: 'pay_7',
        operationId: 'rf_91',
        idempotencyKey: 'k',
        instrument: 'card_8',
        batch: 'b',
        amountMinor: 8999,
        currency: 'EUR',
        environment: 'sandbox',
        attributesJson: { ticket: 'INC-1', nested: { a: [1] } },
      },
    ],
    [
      {
        kind: 'span',
        at,
        traceId: '4BF92F3577B34DA6A3CE929D0E0E4736',
        spanId: '00f067aa0ba902b7',
        workload: 'cart',
        namespace: 'shop',
        instance: 'cart-1',
      },
      {
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: '00f067aa0ba902b7',
        workload: 'cart',
        namespace: 'shop',
        instance: 'cart-1',
      },
    ],
  ])('%j', (record, expected) => {
    expect(only(record)).toMatchObject({ kind: record.kind, eventAt: Date.parse(at), ...expected })
  })

  it('leaves unknown what is null or left out, and its time to the envelope', () => {
    expect(
      only({ schema: 'eastwest.event/v1', kind: 'action', action: 'deploy', subject: null, amount: null }),
    ).toMatchObject({
      subject: '',
      subjectFrom: '',
      currency: '',
      eventAt: 0,
    })
  })

  it('takes minor units as they are', () => {
    expect(only({ kind: 'action', at, action: 'refund', amountMinor: -5, currency: 'JPY' })).toMatchObject({
      amountMinor: -5,
      currency: 'JPY',
    })
  })

  it('names the token by its reference, and believes its claims only where the event is silent', () => {
    const token = formatReference({
      keyId: 'k1',
      hash,
      claims: { sub: 'USR-99', azp: 'web', jti: 'j-1', exp: 1741956121 },
    })
    expect(only({ kind: 'authn', at, outcome: 'allowed', subject: 'U', token: `Bearer ${token}` })).toMatchObject({
      subject: 'U',
      subjectFrom: 'field',
      client: 'web',
      clientFrom: 'asserted',
      token: `k1.${hash}`,
      tokenFrom: 'asserted',
      tokenId: 'j-1',
      tokenExpiresAt: 1741956121000,
    })
    expect(only({ kind: 'authn', at, outcome: 'allowed', token: `k1.${hash}` })).toMatchObject({
      token: `k1.${hash}`,
      tokenFrom: 'field',
    })
  })
})

describe('what is not of our form', () => {
  it.each([
    [{ kind: 'Event', apiVersion: 'audit.k8s.io/v1', stage: 'ResponseComplete' }],
    [{ kind: 'action', time: at }],
    [{ schema: { type: 'struct' }, payload: {} }],
    [{ schema: 'other/v1', kind: 'x' }],
    ['[1]'],
    ['text'],
  ])('%j is left alone', (record) => {
    expect(decode(record).recognised).toBe(false)
  })
})

describe('the published JSON Schema', () => {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } })
  const validate = ajv.compile(eastwestEventJsonSchema())

  it('describes every member', () => {
    const { properties } = eastwestEventJsonSchema() as { properties: Record<string, { description?: string }> } // a JSON Schema of an object
    for (const name of eastwestMembers) expect(properties[name]?.description, name).toBeTruthy()
  })

  it.each([
    [{ kind: 'action', at, action: 'refund', amount: '89.99', currency: 'EUR' }, true],
    [{ kind: 'action', at: 1741952521, action: 'refund', attributes: { a: [1, null] } }, true],
    [{ kind: 'action', user_id: 'U' }, false],
    [{ kind: 'other' }, false],
    [{ kind: 'action', httpStatus: '200' }, false],
  ])('agrees with the decoder: %j', (record, valid) => {
    expect(validate(record)).toBe(valid)
    expect(decode(record).refusal === undefined).toBe(valid)
  })
})

describe('any JSON at all', () => {
  it('gives one event or one refusal, never an exception', () => {
    const members = fc.dictionary(
      fc.oneof(fc.constantFrom(...eastwestMembers, 'at', 'amount', 'attributes', '__proto__'), fc.string()),
      fc.jsonValue(),
      { maxKeys: 6 },
    )
    fc.assert(
      fc.property(members, fc.constantFrom('access', 'authn', 'authz', 'action', 'span', 'x'), (record, kind) => {
        const { events, refusal } = decode({ schema: 'eastwest.event/v1', ...record, kind })
        expect(events.length + (refusal === undefined ? 0 : 1)).toBe(1)
        expect(refusal?.detail ?? '').not.toMatch(/[\u0000-\u001f]/)
      }),
      { numRuns: 2000 },
    )
  })
})
