// The quick way through a record gives what the slow way gives, for every column, whatever the record looks like.

import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventBatch } from '../../schemas/events/event-batch.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import { accessLine } from '../../test/support/access-line.ts'
import { AccessReader } from './access/access-reader.ts'
import { accessFieldNames, envoyGatewayKeys } from './access/fields.ts'
import { decoders } from './catalog.ts'
import { openRecordDecoder, type RecordDecoder } from './decode-record.ts'
import type { Decoder } from './decoder.ts'
import { noEnvelope } from './decoder.ts'
import { defaultDecoderSettings } from './settings.ts'

const settings = {
  ...defaultDecoderSettings,
  accessLogKeys: { start_time: 'ts', response_code: 'status', user_agent: 'specversion' },
  trustedHops: ['gateway'],
}
const slowOnly = decoders.map(({ openFastLane: _, ...decoder }): Decoder => ({ ...decoder }))

function open(from: readonly Decoder[]): RecordDecoder {
  return openRecordDecoder({
    decoders: from,
    settings: { ...settings },
    digest: (bytes) => hash('sha256', bytes, 'binary'),
    recentIds: 256,
  })
}

const batch = new EventBatch(2)

function outcomeOf(decoder: RecordDecoder, value: Uint8Array, offset: number): unknown {
  batch.clear()
  const quarantine: QuarantineRow[] = []
  const coordinate = { topic: 'ingest', incarnation: 'a', partition: 0, offset }
  decoder.decode({ coordinate, value, headers: { source: 's' }, appendedAt: Date.UTC(2026, 10, 3) }, batch, quarantine)
  const cursor = openEventCursor()
  const events = Array.from({ length: batch.length }, (_, row) => {
    cursor.at(batch, row)
    return plainEvent(cursor)
  })
  return { events, quarantine }
}

// Both decoders live on across cases, so that what one has learned from a record shows in the next.
const quick = open(decoders)
const slow = open(slowOnly)
let offset = 0

/** Seen for the first time, the second and the third: what a record's words made of its row is remembered in between. */
function expectSame(value: Uint8Array): void {
  for (let time = 0; time < 3; time++) {
    offset += 1
    expect(outcomeOf(quick, value, offset)).toEqual(outcomeOf(slow, value, offset))
  }
}

/** JSON that no value of ours is written as. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...accessFieldNames) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...Object.keys(envoyGatewayKeys), 'ts', 'status', 'log', 'stream', 'kubernetes'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'team',
      'cost_centre',
      '0',
      '17',
      '__proto__',
      'constructor',
      'é',
      'a"b',
      'specversion',
      '',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 80 }) },
)
const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '-',
    '',
    'null',
    true,
    false,
    0,
    -1,
    403,
    200,
    1e21,
    1.5,
    '403',
    '7',
    'UAEX',
    'NR,UF',
    'denied',
    'unknown',
  ),
  fc.constantFrom<unknown>(
    ...['-0', '0123', '-7', '1e5', '1.0', '12345678901234567890', 'nul', '[1,]', '["a",2]', '[ 1]'].map(
      (text) => new Raw(text),
    ),
    -0,
    123456789012345,
    '2026-11-02T09:14:22.318Z',
    '2026-11-02 09:14:22',
    1793610862.318,
  ),
  fc.constantFrom<unknown>(
    'inbound|8080||',
    'outbound|80||a.b.svc.cluster.local',
    'httproute/a/b',
    '10.0.0.1:80',
    '[::1]:80',
    '/a/91?b',
    'a,b',
  ),
  fc.constantFrom<unknown>(
    'spiffe://A.b/ns/x/sa/gateway',
    'spiffe://a.b/ns/x/sa/y,z',
    'By=spiffe://a.b/ns/x/sa/gateway;URI=spiffe://a.b/q',
    '00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01',
  ),
  fc.string({ maxLength: 30 }),
  fc.string({ maxLength: 30, unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant('x'.repeat(2100)),
)

const member = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(keys, values) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<[string, unknown]>(
      ['stream', 'stdout'],
      ['log', accessLine],
      ['specversion', '1.0'],
      ['type', 'a.b'],
      ['data', { start_time: '2026-11-02T09:14:22Z', response_code: 1 }],
    ),
  },
)

function written(members: readonly (readonly [string, unknown])[]): string {
  const texts = members.map(([key, value]) => {
    const text = value instanceof Raw ? value.text : (JSON.stringify(value) ?? 'null')
    return `${JSON.stringify(key)}:${text}`
  })
  return `{${texts.join(',')}}`
}

describe('the fast lane', () => {
  it('is what ordinary lines take', () => {
    const reader = new AccessReader(defaultDecoderSettings)
    const bytes = Buffer.from(`${accessLine}\n`)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const context = {
      settings: defaultDecoderSettings,
      source: '',
      isFromPeople: false,
      envelope: noEnvelope,
      envelopeEvent: () => '',
    }
    const plain = Buffer.from(accessLine.replace(',"cost_centre":"cc-7"', ''))
    const plainLine = Buffer.concat([plain, Buffer.of(0x0a)])
    const plainView = new DataView(plainLine.buffer, plainLine.byteOffset, plainLine.length)
    expect(reader.read(plainLine, plainView, 0, plain.length, true, new EventBatch(1), context)).toBe('istio-json')
    expect(reader.read(bytes, view, 0, bytes.length - 1, true, new EventBatch(1), context)).toBeUndefined()
    reader.readObject(
      { bytes, start: 0, end: bytes.length - 1, text: () => accessLine, json: () => JSON.parse(accessLine) },
      new EventBatch(1),
      context,
      'istio-json',
    )
    expect(reader.read(bytes, view, 0, bytes.length - 1, true, new EventBatch(1), context)).toBe('istio-json')
  })

  it('gives the same rows for any keys and values', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 12 }), fc.boolean(), (members, timed) => {
        const start: [string, unknown][] = timed
          ? [
              ['start_time', '2026-11-02T09:14:22.318Z'],
              ['response_code', 200],
            ]
          : []
        expectSame(Buffer.from(written([...start, ...members])))
      }),
      { numRuns: 4000 },
    )
  })

  it('gives the same rows for any order and choice of our keys', () => {
    const entries = Object.entries(JSON.parse(accessLine))
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: 5 }), (members) =>
        expectSame(Buffer.from(written(members))),
      ),
      { numRuns: 2000 },
    )
  })

  it('gives the same rows for any bytes in place of others', () => {
    const line = Buffer.from(accessLine)
    const change = fc.tuple(
      fc.nat(line.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(0x22, 0x5c, 0x7b, 0x7d, 0x2c, 0x3a, 0x0a, 0x20)),
    )
    fc.assert(
      fc.property(fc.array(change, { maxLength: 3 }), fc.nat(line.length), fc.boolean(), (changes, cut, whole) => {
        const bytes = Buffer.from(line)
        for (const [at, byte] of changes) bytes[at] = byte
        expectSame(whole ? bytes : bytes.subarray(0, cut))
      }),
      { numRuns: 4000 },
    )
  })

  it('gives the same rows for many lines at once', () => {
    const line = fc
      .array(member, { maxLength: 6 })
      .map((members) => written([...Object.entries(JSON.parse(accessLine)).slice(0, 12), ...members]))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => expectSame(Buffer.from(lines.join('\r\n')))),
      { numRuns: 500 },
    )
  })

  it('leaves envelopes alone whose keys it has met one by one', () => {
    const bare = '{"start_time":"2026-11-02T09:14:22Z","response_code":200'
    for (const rest of ['"specversion":"1.0"', '"type":"a.b"', '"stream":"stdout"', '"log":7', '"data":1'])
      expectSame(Buffer.from(`${bare},${rest}}`))
    expectSame(Buffer.from(`${bare},"specversion":"1.0","type":"a.b","data":"x"}`))
    const shipped = `${bare},"stream":"stdout","log":"x"}`
    expect(outcomeOf(quick, Buffer.from(shipped), 0)).toMatchObject({ quarantine: [{ head: 'x' }] })
    expectSame(Buffer.from(shipped))
  })
})
