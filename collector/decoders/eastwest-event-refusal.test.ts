// Proves that a mistake in our own JSON is named, with what was meant.

import { describe, expect, it } from 'vitest'
import { decodeText } from '../../test/support/decode-text.ts'
import { eastwestEvent } from './eastwest-event.ts'
import { nearestName } from './nearest-name.ts'

const decode = (record: object | string) =>
  decodeText(eastwestEvent, typeof record === 'string' ? record : JSON.stringify(record))

const at = '2025-03-14T11:42:01.123Z'

describe('a mistake is refused', () => {
  const event = { kind: 'action', at, action: 'refund' }
  it.each([
    [{ ...event, user_id: 'U' }, 'invalid-field', '"user_id" is no member of an event: did you mean "subject"?'],
    [{ ...event, subjct: 'U' }, 'invalid-field', '"subjct" is no member of an event: did you mean "subject"?'],
    [
      { ...event, source_ip: '10.0.0.1' },
      'invalid-field',
      '"source_ip" is no member of an event: did you mean "sourceIp"?',
    ],
    [{ ...event, timestamp: at }, 'invalid-field', '"timestamp" is no member of an event: did you mean "at"?'],
    [{ ...event, order_id: 'o' }, 'invalid-field', '"order_id" is no member of an event: did you mean "payment"?'],
    [
      { ...event, favouriteColour: 'blue' },
      'invalid-field',
      '"favouriteColour" is no member of an event: put it under "attributes"',
    ],
    [{ ...event, eventId: 'x' }, 'invalid-field', '"eventId" is no member of an event'],
    [{ ...event, tenant: 'other' }, 'invalid-field', '"tenant" is no member of an event'],
    [{ ...event, realm: 'exercise:1' }, 'invalid-field', '"realm" is no member of an event'],
    [
      '{"kind":"action","at":1741952521,"action":"x","__proto__":{"a":1}}',
      'invalid-field',
      '"__proto__" is no member of an event',
    ],
    [{ ...event, outcome: 'ok' }, 'invalid-field', '"outcome" is "ok": it is one of "allowed", "denied", "failed"'],
    [{ ...event, callerFrom: 'god' }, 'invalid-field', '"callerFrom" is "god": it is one of "mtls"'],
    [
      { ...event, kind: 'login', schema: 'eastwest.event/v1' },
      'invalid-field',
      '"kind" is "login": it is one of "access", "authn"',
    ],
    [{ schema: 'eastwest.event/v1', at }, 'missing-field', '"kind" is missing'],
    [
      { ...event, schema: 'eastwest.event/v2' },
      'invalid-field',
      '"schema" is "eastwest.event/v2"; this collector reads "eastwest.event/v1"',
    ],
    [{ ...event, subject: 99 }, 'invalid-field', '"subject" is "99": expected string'],
    [{ ...event, httpStatus: '403' }, 'invalid-field', '"httpStatus" is "403"'],
    [{ ...event, httpStatus: 40000 }, 'invalid-field', '"httpStatus" is "40000"'],
    [{ ...event, at: 'noon' }, 'invalid-time', '"at" is "noon", which is no instant'],
    [{ ...event, at: -5 }, 'invalid-field', '"at" is "-5"'],
    [{ ...event, sourceIp: 'localhost' }, 'invalid-field', '"sourceIp" is "localhost", which is no IP address'],
    [{ ...event, amount: '1', amountMinor: 100 }, 'invalid-field', '"amount" and "amountMinor" are both there'],
    [
      { ...event, amount: '1.999', currency: 'EUR' },
      'invalid-field',
      '"amount" is "1.999": it has more decimals than EUR',
    ],
    [{ ...event, amount: '1', currency: 'euro' }, 'invalid-field', '"currency" is "euro"'],
    [{ ...event, token: 'abc' }, 'invalid-field', '"token" is no credential that eastwest knows'],
    [{ ...event, subject: 'U\u202e' }, 'invalid-field', '"subject" holds the character U+202E'],
    [{ ...event, subject: 'x'.repeat(1025) }, 'invalid-field', '"subject" is '],
    [{ ...event, attributes: 'text' }, 'invalid-field', '"attributes" is "text"'],
    [{ kind: 'action', at, subject: 'U' }, 'missing-field', 'an event of kind "action" needs "action"'],
    [
      { kind: 'access', at, path: '/' },
      'missing-field',
      'an event of kind "access" needs "caller", "destination", "sourceIp"',
    ],
    [{ kind: 'authz', at, subject: 'U' }, 'missing-field', 'an event of kind "authz" needs "outcome"'],
    [{ kind: 'span', at, spanId: 'x' }, 'missing-field', 'an event of kind "span" needs "traceId"'],
  ])('%j', (record, reason, detail) => {
    const { refusal, events } = decode(record)
    expect(refusal).toMatchObject({ reason, detail: expect.stringContaining(detail) })
    expect(events).toEqual([])
  })
})

describe('the nearest name', () => {
  it.each([
    ['subjct', 'subject'],
    ['REQUEST_ID', 'requestId'],
    ['zzzzzz', undefined],
    ['', undefined],
    ['x'.repeat(1000), undefined],
  ])('of %s is %s', (text, expected) => {
    expect(nearestName(text, ['subject', 'requestId', 'device'])).toBe(expected)
  })
})
