// Proves that a record of each format is taken by that format's decoder, and that every decoder bears any record.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, defaultContext, recordOf } from '../../test/support/decode-text.ts'
import { decoders } from './catalog.ts'

const formatOf = (text: string): string | undefined =>
  decoders.find((decoder) => decoder.recognises(recordOf(text), defaultContext.settings))?.id

describe('the format of', () => {
  it.each([
    ['2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99', 'audit-line'],
    ['[2026-11-02T09:14:22.318Z] "GET / HTTP/1.1" 200 - 0 512 11 9 "-" "-" "-" "-" "-"', 'envoy-text'],
    [
      '[2026-11-02T09:14:22.318Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 5 1 - "-" "-" "-" "-" "-" - - - - - -',
      'istio-text',
    ],
    [
      '{"client.addr":"10.0.0.1:5","client.id":"-","method":"GET","status":200,"timestamp":"2026-11-02T09:14:22Z","uri":"/"}',
      'linkerd-json',
    ],
    [
      '{"start_time":"2026-11-02T09:14:22.318Z","method":"GET","path":"/","response_code":200,"response_flags":"-"}',
      'istio-json',
    ],
    [
      '{"start_time":"2026-11-02T09:14:22.318Z","method":"GET",":authority":"a","response_code":"200"}',
      'envoy-gateway',
    ],
    ['{"schema":"eastwest.event/v1","kind":"action","action":"refund","subject":"U"}', 'eastwest-event'],
    ['{"kind":"authn","at":1741952521,"outcome":"failed","subject":"U"}', 'eastwest-event'],
    ['{"level":"info","time":"2025-03-14T11:42:01Z","msg":"refund","user_id":"U"}', 'app-json'],
    ['{"@t":"2025-03-14T11:42:01Z","@mt":"Refund issued"}', 'app-json'],
    ['{"refund_id":"rf_91","amount_minor":4200}', 'app-json'],
    ['{"decision_id":"d","labels":{},"result":true,"timestamp":"2025-03-14T11:42:01Z"}', 'opa-decision'],
    [
      '{"decision_id":"d","level":"info","msg":"Decision Log","result":true,"time":"2025-03-14T11:42:01Z"}',
      'opa-decision',
    ],
    ['{"level":"info","msg":"Received request.","req_id":1,"time":"2025-03-14T11:42:01Z"}', 'app-json'],
    ['10.20.3.7:51160 - - [2026-11-02T09:14:22.07Z] "POST http://payments:8080/v1/refunds HTTP/2.0" 403', undefined],
    ['2026-11-02T09:14:22.318291Z\tinfo\taccess\tconnection complete\tsrc.addr=10.20.3.7:51834', undefined],
    ['hello', undefined],
  ])('%s is %s', (text, format) => {
    expect(formatOf(text)).toBe(format)
  })
})

it('every decoder gives one event or one refusal for any text, never an exception', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '"',
    ':',
    ',',
    '|',
    '=',
    ' ',
    '[',
    ']',
    '"start_time":"2026-11-02T09:14:22.318Z"',
    '"user_id":"U"',
    '"event":"refund"',
    '2025-03-14 11:42:01',
    '\\u202e',
    '__proto__',
    '1e400',
    '\ud800',
    '\u0000',
  )
  const text = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 25 }).map((all) => all.join(''))
  fc.assert(
    fc.property(fc.oneof(text, fc.json()), (record) => {
      for (const decoder of decoders) {
        const { events, refusal } = decodeText(decoder, record)
        expect(events.length + (refusal === undefined ? 0 : 1), decoder.id).toBe(1)
      }
    }),
    { numRuns: 400 },
  )
})

it('every decoder says what it reads and what it cannot say', () => {
  for (const { id, title, description, kinds } of decoders) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title.length).toBeGreaterThan(10)
    expect(description.length).toBeGreaterThan(80)
    expect(kinds.length).toBeGreaterThan(0)
  }
})
