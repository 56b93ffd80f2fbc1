// One span is one event, by whatever encoding, in whatever batch and envelope it came.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import {
  type AnyValueJson,
  attributesOf,
  type KeyValueJson,
  type LogRecordJson,
  logsBytes,
  logsOf,
  type SpanJson,
  tracesBytes,
  tracesOf,
} from '../../test/support/otlp-messages.ts'

const knownKeys = [
  'http.request.method',
  'http.status_code',
  'url.path',
  'url.query',
  'user.id',
  'session.id',
  'peer.service',
  'network.peer.address',
  'response_flags',
  'rpc.method',
  'guid:x-request-id',
  'istio.canonical_service',
] as const
const scalar: fc.Arbitrary<AnyValueJson> = fc.oneof(
  fc.record({ stringValue: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
  fc.record({ stringValue: fc.constantFrom('10.20.3.7', '200', '-', '', 'GET', '/v1/orders/91', 'a"b\\c\n') }),
  fc.record({ boolValue: fc.boolean() }),
  fc.record({ intValue: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(String) }),
  fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  fc.record({ bytesValue: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
)
const value: fc.Arbitrary<AnyValueJson> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
  fc
    .array(fc.record({ key: fc.string({ minLength: 1, maxLength: 5 }), value: scalar }), { maxLength: 3 })
    .map((values) => ({ kvlistValue: { values } })),
)
const attributes: fc.Arbitrary<readonly KeyValueJson[]> = fc.uniqueArray(
  fc.record({
    key: fc.oneof(fc.constantFrom(...knownKeys), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })),
    value,
  }),
  { maxLength: 12, selector: ({ key }) => key },
)
const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: digits / 2, maxLength: digits / 2 })
    .filter((bytes) => bytes.some((byte) => byte !== 0))
    .map((bytes) => Buffer.from(bytes).toString('hex'))
const nanos = fc.bigInt({ min: 1n, max: 4_102_444_800_000_000_000n }).map(String)
const anySpan: fc.Arbitrary<SpanJson> = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    traceState: fc.constantFrom('a=1', 'rojo=00f067aa0ba902b7'),
    parentSpanId: hex(16),
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    kind: fc.integer({ min: 1, max: 5 }),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    droppedAttributesCount: fc.integer({ min: 1, max: 1000 }),
    events: fc.array(
      fc.record({ timeUnixNano: nanos, name: fc.constantFrom('exception', 'OAuth2LoginAccepted'), attributes }),
      { minLength: 1, maxLength: 2 },
    ),
    links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16) }), { minLength: 1, maxLength: 2 }),
    status: fc.record({ message: fc.string({ minLength: 1, maxLength: 20 }), code: fc.integer({ min: 1, max: 2 }) }),
  },
  { requiredKeys: ['traceId', 'spanId', 'name', 'startTimeUnixNano'] },
)
const resource = { 'service.name': 'payments', 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'payments-7c9' }

const withoutPlace = (events: readonly SecurityEvent[]): unknown =>
  events.map(({ offset: _, index: __, parts: ___, copy: ____, ...event }) => event)

describe('a span', () => {
  it('in JSON is what it is in protobuf, its name too', () => {
    const decode = openLineDecoder()
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: 1, maxLength: 3 }), (spans) => {
        const traces = tracesOf(spans, resource)
        const binary = decode(tracesBytes(traces), { encoding: 'protobuf', format: 'otlp-traces' }, 1)
        const text = decode(JSON.stringify(traces), {}, 1)
        expect(text.events).toEqual(binary.events)
        expect(text.quarantine.map(({ reason, index }) => [reason, index])).toEqual(
          binary.quarantine.map(({ reason, index }) => [reason, index]),
        )
        expect(binary.events.length + binary.quarantine.length).toBeGreaterThanOrEqual(spans.length)
      }),
      { numRuns: 300 },
    )
  })

  const spans: readonly SpanJson[] = Array.from({ length: 20 }, (_, at) => ({
    traceId: Buffer.alloc(16, at + 1).toString('hex'),
    spanId: Buffer.alloc(8, at + 1).toString('hex'),
    name: 'GET /v1/orders/{id}',
    kind: 2,
    startTimeUnixNano: String(1_793_610_862_318_000_000n + BigInt(at)),
    endTimeUnixNano: '1793610862418000000',
    attributes: attributesOf({ 'http.request.method': 'GET', 'url.path': `/v1/orders/${at}`, [`own.${at}`]: at }),
  }))
  const whole = openLineDecoder()(tracesBytes(tracesOf(spans, resource)), { encoding: 'protobuf' }).events

  it.each<[string, readonly (string | Buffer)[]]>([
    ['one by one', spans.map((span) => tracesBytes(tracesOf([span], resource)))],
    ['one by one in JSON', spans.map((span) => JSON.stringify(tracesOf([span], resource)))],
    [
      'in several resources of one message',
      [Buffer.concat(spans.map((span) => tracesBytes(tracesOf([span], resource))))],
    ],
    ['as lines of a file', [spans.map((span) => JSON.stringify(tracesOf([span], resource))).join('\n')]],
    [
      'in a container’s lines',
      spans.map((span) => `2026-11-02T09:14:22.4Z stdout F ${JSON.stringify(tracesOf([span], resource))}`),
    ],
    ['with white space', [JSON.stringify(tracesOf(spans, resource), null, ' ').replaceAll('\n', ' ')]],
    [
      'with ids in capitals',
      [
        JSON.stringify(tracesOf(spans, resource)).replace(
          /"(traceId|spanId)":"([0-9a-f]+)"/g,
          (_, key: string, id: string) => `"${key}":"${id.toUpperCase()}"`,
        ),
      ],
    ],
    [
      'with numbers instead of texts',
      [JSON.stringify(tracesOf(spans, resource)).replace(/UnixNano":"(\d+)"/g, 'UnixNano":$1')],
    ],
    [
      'with fields that nobody knows',
      [JSON.stringify(tracesOf(spans, resource)).replaceAll('"kind":2', '"kind":2,"newField":{"a":[1]},"other":null')],
    ],
    ['without a header', [tracesBytes(tracesOf(spans, resource))]],
  ])('is the same event %s', (_, records) => {
    const decode = openLineDecoder()
    const outcomes = records.map((record) => decode(record))
    expect(outcomes.flatMap(({ quarantine }) => quarantine)).toEqual([])
    expect(withoutPlace(outcomes.flatMap(({ events }) => events))).toEqual(withoutPlace(whole))
  })

  it('is another event from another pod', () => {
    const other = openLineDecoder()(
      tracesBytes(tracesOf(spans, { ...resource, 'k8s.pod.name': 'payments-7cb' })),
    ).events
    expect(new Set([...whole, ...other].map(({ eventId }) => eventId)).size).toBe(40)
  })

  it('is known by its resource, wherever in the message that stands', () => {
    // The content of the one resource of each message: its scopes are field 2, what it is itself field 1.
    const contentOf = (bytes: Buffer): Buffer => bytes.subarray(bytes.length > 0x81 ? 3 : 2)
    const about = contentOf(
      tracesBytes({ resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans: [] }] }),
    )
    const scopes = contentOf(tracesBytes({ resourceSpans: [{ scopeSpans: [{ spans: spans.slice(0, 3) }] }] }))
    const length = scopes.length + about.length
    const moved = Buffer.concat([Buffer.of(0x0a, (length & 0x7f) | 0x80, length >>> 7), scopes, about])
    expect(withoutPlace(openLineDecoder()(moved, { encoding: 'protobuf' }).events)).toEqual(
      withoutPlace(whole.slice(0, 3)),
    )
  })
})

describe('a log record', () => {
  const anyRecord: fc.Arbitrary<LogRecordJson> = fc.record({
    timeUnixNano: nanos,
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: fc.constantFrom('INFO', 'ERROR'),
    body: value,
    attributes: attributes.map((some) => [...some, ...attributesOf({ action: 'refund' })]),
    traceId: hex(32),
    spanId: hex(16),
    observedTimeUnixNano: nanos,
  })

  it('in JSON is what it is in protobuf, its name too', () => {
    const decode = openLineDecoder()
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 3 }), (records) => {
        const logs = logsOf(records, resource)
        const binary = decode(logsBytes(logs), { encoding: 'protobuf', format: 'otlp-logs' }, 1)
        const text = decode(JSON.stringify(logs), {}, 1)
        expect(text.events).toEqual(binary.events)
        expect(text.quarantine.map(({ reason }) => reason)).toEqual(binary.quarantine.map(({ reason }) => reason))
      }),
      { numRuns: 300 },
    )
  })

  it('and a span are told apart where no header does', () => {
    const logs = logsBytes(
      logsOf([
        {
          timeUnixNano: '1793610862318000000',
          body: { stringValue: 'refund issued' },
          attributes: attributesOf({ 'user.id': 'U1' }),
        },
      ]),
    )
    expect(openLineDecoder()(logs).events.map(({ format }) => format)).toEqual(['otlp-logs'])
    expect(
      openLineDecoder()('\n{"level":"info","time":"2026-11-02T09:14:22Z","msg":"refund","user_id":"U"}').events.map(
        ({ format }) => format,
      ),
    ).toEqual(['app-json'])
  })
})
