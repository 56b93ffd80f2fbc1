// OTLP that nobody should send: each item is judged by itself, the rest is read, and nothing throws, stalls or grows.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectAccounted } from '../../test/support/accounted.ts'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import {
  attributesOf,
  logsBytes,
  logsOf,
  type SpanJson,
  tracesBytes,
  tracesOf,
} from '../../test/support/otlp-messages.ts'
import { fullLogRecord as record, fullSpan as span } from '../../test/support/otlp-samples.ts'

const good = tracesBytes(tracesOf([span], { 'service.name': 'payments' }))
const goodLogs = logsBytes(logsOf([record], { 'service.name': 'payments' }))
const binary = { encoding: 'protobuf', format: 'otlp-traces' }
const binaryLogs = { encoding: 'protobuf', format: 'otlp-logs' }

/** A list of lists, so deep. */
function nested(depth: number): SpanJson['attributes'] {
  let value: NonNullable<SpanJson['attributes']>[number]['value'] = { stringValue: 'x' }
  for (let at = 0; at < depth; at++) value = { arrayValue: { values: [value] } }
  return [{ key: 'deep', value }]
}

describe('one bad span among others', () => {
  it.each<[string, Partial<SpanJson>, string]>([
    ['a trace id of seven bytes', { traceId: 'ab'.repeat(7) }, 'invalid-field'],
    ['a trace id of zeros', { traceId: '00'.repeat(16) }, 'invalid-field'],
    ['no trace id', { traceId: '' }, 'invalid-field'],
    ['a span id of nine bytes', { spanId: 'ab'.repeat(9) }, 'invalid-field'],
    ['a parent of three bytes', { parentSpanId: 'ababab' }, 'invalid-field'],
    ['a start in the year 2500', { startTimeUnixNano: '16725225600000000000' }, 'invalid-time'],
    ['no time', { startTimeUnixNano: '0' }, 'missing-time'],
    ['values nested too deep', { attributes: nested(40) ?? [] }, 'too-deep'],
    [
      'more attributes than allowed',
      { attributes: attributesOf(Object.fromEntries(Array.from({ length: 2001 }, (_, at) => [`k${at}`, at]))) },
      'too-many-keys',
    ],
    ['a user that reads backwards', { attributes: attributesOf({ 'user.id': 'u-\u202e1' }) }, 'invalid-field'],
    ['a user of two kilobytes', { attributes: attributesOf({ 'user.id': 'u'.repeat(2000) }) }, 'invalid-field'],
    [
      'an event of Hydra without a time',
      { events: [{ timeUnixNano: '0', name: 'OAuth2LoginAccepted' }] },
      'invalid-time',
    ],
  ])('with %s is put aside alone, by either encoding', (_, changes, reason) => {
    const traces = tracesOf([span, { ...span, ...changes }, { ...span, name: 'last' }])
    for (const outcome of [openLineDecoder()(tracesBytes(traces), binary), openLineDecoder()(JSON.stringify(traces))]) {
      expectAccounted(outcome)
      expect(outcome.quarantine.map((row) => [row.reason, row.index, row.format])).toEqual([[reason, 2, 'otlp-traces']])
      expect(outcome.events.filter(({ kind }) => kind === 'span').map(({ spanName }) => spanName)).toEqual([
        'GET /',
        'last',
      ])
    }
  })

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    [
      'whose name is not UTF-8',
      (bytes) => replaced(bytes, 'GET /bad', Buffer.from('GET \xff\xfe\xfd\xfc', 'latin1')),
      'invalid-utf8',
    ],
    [
      'with a value that is not UTF-8',
      (bytes) => replaced(bytes, 'bad-user', Buffer.from('bad\xff\xff\xff\xff\xff', 'latin1')),
      'invalid-utf8',
    ],
    [
      'with a key that is not UTF-8',
      (bytes) => replaced(bytes, 'bad.key', Buffer.from('\xff\xffd.key', 'latin1')),
      'invalid-utf8',
    ],
  ])('%s is put aside alone', (_, spoil, reason) => {
    const bad = { ...span, name: 'GET /bad', attributes: attributesOf({ 'user.id': 'bad-user', 'bad.key': 1 }) }
    const outcome = openLineDecoder()(spoil(tracesBytes(tracesOf([span, bad, span]))), binary)
    expectAccounted(outcome)
    expect(outcome.quarantine.map((row) => row.reason)).toEqual([reason])
    expect(outcome.events.filter(({ kind }) => kind === 'span')).toHaveLength(2)
  })

  it.each<[string, unknown]>([
    ['that is no object', 7],
    ['that is a list', []],
    ['with a kind in words', { ...span, kind: 'SPAN_KIND_SERVER' }],
    ['with an id that is no hex', { ...span, traceId: 'xyz' }],
    ['with attributes that are no list', { ...span, attributes: { a: 1 } }],
    ['with an attribute that is a text', { ...span, attributes: ['a'] }],
    ['with a number of 70 bits', { ...span, startTimeUnixNano: '1000000000000000000000' }],
    ['with a time before 1970', { ...span, startTimeUnixNano: '-1' }],
    ['with bytes that are no base64', { ...span, attributes: [{ key: 'a', value: { bytesValue: '***' } }] }],
  ])('in JSON %s is put aside alone', (_, bad) => {
    const traces = { resourceSpans: [{ scopeSpans: [{ spans: [span, bad, span] }] }] }
    const outcome = openLineDecoder()(JSON.stringify(traces))
    expectAccounted(outcome)
    expect(outcome.quarantine).toMatchObject([{ reason: 'invalid-field', index: 2, head: JSON.stringify(bad) }])
    expect(outcome.events).toHaveLength(4)
  })
})

function replaced(bytes: Buffer, text: string, by: Buffer): Buffer {
  const at = bytes.indexOf(text)
  by.copy(bytes, at)
  return bytes
}

describe('fields that come twice', () => {
  it('count as the last of them', () => {
    const once = tracesBytes(tracesOf([{ ...span, attributes: [] }]))
    const withMethods = tracesBytes(
      tracesOf([
        {
          ...span,
          attributes: [
            ...attributesOf({ 'http.method': 'GET' }),
            ...attributesOf({ 'http.method': 'PUT' }),
            ...attributesOf({ own: 1 }),
            ...attributesOf({ own: 2 }),
          ],
        },
      ]),
    )
    const [event] = openLineDecoder()(withMethods, binary).events
    expect(event?.method).toBe('PUT')
    expect(JSON.parse(event?.attributes ?? '')).toMatchObject({ own: 2 })
    expect(event?.attributes.match(/"own"/g)).toHaveLength(1)
    expect(openLineDecoder()(once, binary).events[0]?.method).toBe('')
  })

  it('make one resource of several', () => {
    const [a, b] = [{ 'service.name': 'payments' }, { 'service.name': 'orders', 'service.namespace': 'shop' }].map(
      (about) => tracesBytes(tracesOf([], about)),
    )
    const content = (bytes: Buffer | undefined): Buffer => bytes?.subarray(2) ?? Buffer.alloc(0)
    const scopes = content(
      tracesBytes({
        resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, events: [], attributes: [], links: [] }] }] }],
      }),
    )
    const merged = Buffer.concat([content(a), content(b), scopes])
    const [event] = openLineDecoder()(Buffer.concat([Buffer.of(0x0a), varint(merged.length), merged]), binary).events
    expect([event?.workload, event?.namespace]).toEqual(['orders', 'shop'])
  })
})

function varint(value: number): Buffer {
  return value < 0x80 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >>> 7)
}

describe('a broken message', () => {
  it.each([
    ['spans', good, binary],
    ['log records', goodLogs, binaryLogs],
  ])('of %s, cut at any byte, is accounted for, and the next one is read', (_, whole, headers) => {
    const decode = openLineDecoder()
    const expected = decode(whole, headers).events.length
    for (let cut = 0; cut < whole.length; cut++) {
      const outcome = decode(whole.subarray(0, cut), headers)
      expectAccounted(outcome)
      expect(outcome.events).toEqual([])
    }
    expect(decode(whole, headers).events).toHaveLength(expected)
  })

  it.each([
    ['spans', good, binary],
    ['log records', goodLogs, binaryLogs],
  ])('of %s, changed anywhere, is accounted for, and the next one is read', (_, whole, headers) => {
    const decode = openLineDecoder()
    const expected = decode(whole, headers).events.length
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.constantFrom('set', 'drop', 'double'))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        let bytes = Buffer.from(whole)
        for (const [at, byte, how] of changes) {
          const from = at % Math.max(bytes.length, 1)
          if (how === 'set') bytes[from] = byte
          else if (how === 'drop') bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + (byte % 8))])
          else bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.max(0, from - byte))])
        }
        expectAccounted(decode(bytes, headers))
        expect(decode(whole, headers).events).toHaveLength(expected)
      }),
      { numRuns: 800 },
    )
  })

  it.each<[string, Buffer | string, Record<string, string>, string]>([
    ['nothing', '', binary, 'empty'],
    ['a message without items', tracesBytes(tracesOf([])), binary, 'empty'],
    ['JSON without items', '{"resourceSpans":[]}', {}, 'empty'],
    ['JSON that does not parse', '{"resourceSpans":[', {}, 'invalid-json'],
    ['JSON in JSON in JSON', `{"resourceSpans":${'['.repeat(5000)}${']'.repeat(5000)}}`, {}, 'too-deep'],
    ['a group', Buffer.of(0x0b, 0x0c), binary, 'invalid-protobuf'],
    ['log records that are called spans', goodLogs, binary, 'missing-field'],
    ['more than four mebibytes', Buffer.alloc(4 * 1024 * 1024 + 1, 0x0a), binary, 'too-long'],
    ['a format that has no protobuf', good, { encoding: 'protobuf', format: 'istio-json' }, 'unknown-format'],
    ['protobuf of something else', Buffer.from('0a03666f6f', 'hex'), { encoding: 'protobuf' }, 'unknown-format'],
    ['a text that is called spans', 'hello', { format: 'otlp-traces' }, 'invalid-json'],
  ])('that is %s has a reason', (_, value, headers, reason) => {
    const { events, quarantine } = openLineDecoder()(value, headers)
    expect(events).toEqual([])
    expect(quarantine.map((row) => row.reason)).toEqual([reason])
  })
})
