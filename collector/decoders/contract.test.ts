// What holds for every decoder and any bytes: no exception, one outcome a part, the same answer twice, in linear time.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quarantineReasons } from '../../schemas/quarantine.ts'
import { accessLine } from '../../test/support/access-line.ts'
import { leastCpuMs } from '../../test/support/cpu-time.ts'
import { type DecodedLines, linesOf, openLineDecoder } from '../../test/support/decode-lines.ts'
import { recording } from '../../test/support/recordings.ts'
import { decoders } from './catalog.ts'

const corpus = [
  accessLine,
  ...['istio-json', 'envoy-gateway', 'envelopes'].flatMap((name) =>
    linesOf(import.meta.url, `./samples/${name}.jsonl`),
  ),
  '2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99',
  '{"level":"info","time":"2025-03-14T11:42:01Z","msg":"refund issued","user_id":"USR-99","amount":"89.99","order":"o1"}',
  '{"schema":"eastwest.event/v1","kind":"action","at":"2025-03-14T11:42:01Z","action":"refund","subject":"USR-99"}',
  '[2026-11-02T09:14:22.318Z] "GET /v1/orders/91 HTTP/1.1" 200 - 0 512 11 9 "10.20.3.7" "okhttp/4.12" "3f7c" "orders.shop:8080" "10.20.7.30:8080"',
  '[2026-11-02T09:14:24.771Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.20.7.21:8080 10.20.9.99:44120 - -',
  '{"client.addr":"10.20.3.7:51160","client.id":"-","host":"payments:8080","method":"POST","status":403,"timestamp":"2026-11-02T09:14:22Z","uri":"/"}',
  '2026-11-02T09:14:22.318Z stdout F hello',
  '{"decision_id":"d","labels":{},"path":"a/b","input":{"attributes":{"request":{"http":{"method":"GET","headers":{"dpop":"x"}}}}},"result":true,"timestamp":"2026-11-02T09:14:22Z"}',
  '{"decision_id":"d","labels":{},"input":{"user":"U","a":[1]},"masked":["/input/a/0"],"erased":["/result"],"timestamp":"2026-11-02T09:14:22Z"}',
  ...['parent-reused.log', 'hostile-names.log', 'administration.admin-events.jsonl', 'clients.events.jsonl'].map(
    (name) => recording(`keycloak/${name}`)[2] ?? '',
  ),
  recording('keycloak/json-console.jsonl')[0] ?? '',
  recording('oidc-provider/token-reused.jsonl')[3] ?? '',
]
const formats = [undefined, 'auto', ...decoders.map(({ id }) => id), 'nonsense']

/** Bytes of a known line with some replaced, doubled or left out; or any bytes. */
const changed = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(2000), fc.nat(255), fc.constantFrom('set', 'drop', 'double')), { maxLength: 4 }),
  )
  .map(([line, changes]) => {
    let bytes = Buffer.from(line)
    for (const [at, byte, how] of changes) {
      const from = at % Math.max(bytes.length, 1)
      if (how === 'set') bytes[from] = byte
      else if (how === 'drop') bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + (byte % 8))])
      else bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(Math.max(0, from - byte))])
    }
    return bytes
  })
const anything = fc.oneof(
  { weight: 6, arbitrary: changed },
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
)
const record = fc
  .array(anything, { maxLength: 5 })
  .map((lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.of(0x0a)])))

function expectAccounted({ events, quarantine }: DecodedLines): void {
  const rows = [...events, ...quarantine]
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.map(({ index }) => index).sort((a, b) => a - b)).toEqual(rows.map((_, at) => at))
  expect(new Set(rows.map(({ parts }) => parts))).toEqual(new Set([rows.length]))
  for (const { reason, detail, head } of quarantine) {
    expect(Object.keys(quarantineReasons)).toContain(reason)
    expect(detail).not.toMatch(/[\r\n]/)
    expect(detail.length).toBeLessThanOrEqual(500)
    expect(Buffer.byteLength(head)).toBeLessThanOrEqual(1024)
  }
  for (const event of events) {
    expect(event.eventAt).toBeGreaterThanOrEqual(0)
    expect(event.kind).not.toBe('')
    expect(event.format).not.toBe('')
    if (event.attributes !== '') expect(typeof JSON.parse(event.attributes)).toBe('object')
  }
}

describe('any record', () => {
  const first = openLineDecoder()
  const second = openLineDecoder()
  let offset = 0

  it('gives one row for each part, the same twice, and leaves prototypes alone', () => {
    fc.assert(
      fc.property(record, fc.constantFrom(...formats), (value, format) => {
        const headers = format === undefined ? {} : { format }
        offset += 1
        const outcome = first(value, headers, offset)
        expectAccounted(outcome)
        expect(second(value, headers, offset)).toEqual(outcome)
      }),
      { numRuns: 2000 },
    )
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(Object.getOwnPropertyNames({})).toEqual([])
  })

  it('is decoded the same whatever came before it', () => {
    const used = openLineDecoder()
    fc.assert(
      fc.property(changed, (line) => {
        const named = (outcome: DecodedLines): unknown => [
          outcome.events.map(({ copy: _, offset: __, ...event }) => event),
          outcome.quarantine.map(({ offset: _, ...row }) => row),
        ]
        expect(named(used(line))).toEqual(named(openLineDecoder()(line)))
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    ['__proto__ as a key', '{"start_time":"2026-11-02T09:14:22Z","response_code":200,"__proto__":{"polluted":true}}'],
    [
      'constructor as a key',
      '{"level":"info","time":"2026-11-02T09:14:22Z","constructor":{"prototype":{"polluted":1}},"msg":"login","user_id":"u"}',
    ],
    [
      '__proto__ in an envelope',
      '{"log":"x","stream":"stdout","kubernetes":{"__proto__":{"polluted":true},"labels":{"__proto__":"x","app":"a"}}}',
    ],
  ])('with %s pollutes nothing', (_, line) => {
    expectAccounted(openLineDecoder()(line))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  const hostile: readonly (readonly [string, (size: number) => string])[] = [
    ['quotes', (size) => '"'.repeat(size)],
    ['backslashes', (size) => `{"a":"${'\\'.repeat(size)}`],
    ['brackets', (size) => `[{${'[{'.repeat(size / 2)}`],
    ['commas in a list', (size) => `{"records":[${'1,'.repeat(size / 4)}1]}`],
    ['a long path', (size) => accessLine.replace('/v1/refunds/rf_91', '/a1'.repeat(size / 3))],
    ['a long user agent', (size) => accessLine.replace('node-fetch/3.3', 'x'.repeat(size))],
    ['a long certificate chain', (size) => accessLine.replace('By=', 'By=a,'.repeat(size / 5))],
    ['a long audit line', (size) => `2025-03-14 11:42:01 | ${'a=b | '.repeat(size / 6)}`],
    ['spaces', (size) => `[2026-11-02T09:14:22.318Z] "${' '.repeat(size)}"`],
    ['digits', (size) => `{"start_time":"2026-11-02T09:14:22Z","response_code":${'1'.repeat(size)}}`],
    ['escapes', (size) => `{"log":"${'\\u0061'.repeat(size / 6)}","stream":"stdout"}`],
    [
      'pointers',
      (size) =>
        `{"decision_id":"d","labels":{},"timestamp":"2026-11-02T09:14:22Z","masked":["${'/input/a'.repeat(size / 8)}"]}`,
    ],
    ['colons', (size) => accessLine.replace('10.20.3.7:51834', ':'.repeat(size))],
  ]
  it.each(hostile)('full of %s takes time in proportion to its length', (_, make) => {
    const decode = openLineDecoder({ limits: { depth: 64, keys: 2000, lineBytes: 16 << 20 } })
    const timed = (size: number): number => {
      const value = Buffer.from(make(size))
      return leastCpuMs(() => expectAccounted(decode(value)))
    }
    timed(10_000)
    // Quadratic work would be 64 times as much; the rest is room for a collection of garbage.
    expect(timed(480_000)).toBeLessThan(timed(60_000) * 24 + 60)
  })
})
