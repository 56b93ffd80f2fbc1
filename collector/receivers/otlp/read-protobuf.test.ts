// What becomes of export requests in protobuf: which records, which rejections, which refusals.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import {
  decodeExport,
  delimited,
  encode,
  encodeExport,
  type Group,
  type Json,
} from '../../../test/support/otlp-wire.ts'
import { openMessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { atOnce } from '../../scrub/steps.ts'
import { RefusedRequest } from '../http/refusal.ts'
import type { ExportBody } from './export-body.ts'
import { readProtobuf } from './read-protobuf.ts'

const settings = { fieldNames: [] }
const scrubber = openMessageScrubber(openScrubber({ id: 'k1', secret: new Uint8Array(32).fill(7) }, settings), settings)
const limits = { records: 5_000, depth: 32, keys: 2_000, lineBytes: 256 * 1024 }

function read(body: Buffer, signal: Signal = traces): ExportBody {
  return atOnce(readProtobuf(body, signal, scrubber, limits))
}

function codeOf(body: Buffer): string {
  try {
    read(body)
  } catch (cause) {
    if (cause instanceof RefusedRequest) return cause.refusal.code
    throw cause
  }
  return 'taken'
}

function groupsIn({ values }: ExportBody, signal: Signal = traces): readonly Group[] {
  return values.flatMap((value) => decodeExport(signal, value))
}

function namesIn(body: ExportBody): readonly unknown[] {
  return groupsIn(body).flatMap(({ scopes }) => scopes.flatMap(({ items }) => items.map(({ name }) => name)))
}

const named = (name: string): Json => ({ name })
const attribute = (key: string, stringValue: string): Json => ({ attributes: [{ key, value: { stringValue } }] })
const spans = (count: number, make: (at: number) => Json = (at) => named(`s${at}`)): readonly Json[] =>
  Array.from({ length: count }, (_, at) => make(at))
const one = (items: readonly Json[], head: Partial<Group> = {}): Buffer =>
  encodeExport(traces, [
    { resource: attribute('service.name', 'pay'), ...head, scopes: [{ scope: { name: 'lib' }, items }] },
  ])

describe('a request', () => {
  it('that is clean and small is one record, in the memory it came in', () => {
    const body = one(spans(3))
    const { values, items, rejections } = read(body)
    expect(values).toEqual([body])
    expect(values[0]).toBe(body)
    expect([items, rejections.total]).toEqual([3, 0])
  })

  it('that is clean and large is looked through to its end', () => {
    const { items } = read(one(spans(100, (at) => named(`${at} ${'x'.repeat(3_000)}`))))
    expect(items).toBe(100)
  })

  it('of log records is read as such', () => {
    const group = { resource: {}, scopes: [{ items: [{ body: { stringValue: 'x' }, severityNumber: 9 }] }] }
    expect(groupsIn(read(encodeExport(logs, [group]), logs), logs)).toEqual([group])
  })

  it('is cut after 256 items, with resource, scope and schemas before each part', () => {
    const group: Group = {
      resource: attribute('service.name', 'pay'),
      schemaUrl: 'https://opentelemetry.io/schemas/1.9.0',
      scopes: [
        { scope: { name: 'a' }, schemaUrl: 'https://a.example', items: spans(300) },
        { scope: { name: 'b' }, items: spans(250, (at) => named(`t${at}`)) },
      ],
    }
    const found = read(encodeExport(traces, [group]))
    expect(
      found.values.map((value) =>
        decodeExport(traces, value).flatMap(({ scopes }) =>
          scopes.map(({ scope, items }) => [scope?.name, items.length]),
        ),
      ),
    ).toEqual([
      [['a', 256]],
      [
        ['a', 44],
        ['b', 212],
      ],
      [['b', 38]],
    ])
    for (const { resource, schemaUrl, scopes } of groupsIn(found)) {
      expect([resource, schemaUrl]).toEqual([group.resource, group.schemaUrl])
      expect(scopes[0]?.schemaUrl).toBe(scopes[0]?.scope?.name === 'a' ? 'https://a.example' : undefined)
    }
    expect(namesIn(found)).toEqual([...spans(300), ...spans(250, (at) => named(`t${at}`))].map(({ name }) => name))
  })

  it('is cut before a record grows beyond 1 MiB', () => {
    const { values, items } = read(one(spans(200, (at) => named(`${at}${'x'.repeat(20_000)}`))))
    expect(items).toBe(200)
    expect(values.length).toBe(4)
    for (const { length } of values) expect(length).toBeLessThanOrEqual(1024 * 1024)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a resource without spans', encodeExport(traces, [{ resource: attribute('a', 'b'), scopes: [] }])],
    ['fields that are not known', delimited(1000, 'x')],
  ])('of %s is taken and leaves no record', (_, body) => {
    expect(read(body)).toMatchObject({ values: [], items: 0, rejections: { total: 0 } })
  })

  it('loses what is not known at any level', () => {
    const unknown = delimited(77, 'ghp_a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4e5F6')
    const scope = Buffer.concat([unknown, delimited(2, encode(traces.item, named('n'))), unknown])
    const body = Buffer.concat([unknown, delimited(1, Buffer.concat([unknown, delimited(2, scope)]))])
    expect(groupsIn(read(body))).toEqual([{ scopes: [{ items: [named('n')] }] }])
  })

  it('may say a resource behind its spans', () => {
    const scopes = delimited(2, delimited(2, encode(traces.item, named('n'))))
    const body = delimited(
      1,
      Buffer.concat([
        scopes,
        delimited(
          1,
          delimited(1, Buffer.concat([delimited(1, 'password'), delimited(2, delimited(1, 'q8Zr4TnX2cVb7'))])),
        ),
      ]),
    )
    const [group] = groupsIn(read(body))
    expect(JSON.stringify(group?.resource)).toMatch(/"password","value":\{"stringValue":"ew\.ref\.v1\./)
  })
})

describe('of a request the rest is taken when', () => {
  it.each<readonly [string, Buffer, string]>([
    ['a span is larger than a record', encode(traces.item, named('x'.repeat(1024 * 1024))), 'too-large'],
    ['a span fits only without its resource', encode(traces.item, named('x'.repeat(1024 * 1024 - 20))), 'too-large'],
    ['a name is not UTF-8', delimited(5, Buffer.of(0xff)), 'invalid-utf8'],
    ['a span breaks off', Buffer.of(0x2a, 0x7f, 0x61), 'truncated'],
    ['a span is a million fields', Buffer.alloc(1_000_000, Buffer.of(0x4a, 0)), 'too-many-fields'],
    ['a span has two names', Buffer.concat([delimited(5, 'a'), delimited(5, 'b')]), 'repeated-field'],
    ['a trace id is none', delimited(1, 'short'), 'id-length'],
  ])('%s', (_, bad, reason) => {
    const body = one([named('before'), bad as unknown as Json, named('after')]) // bytes stand for the item
    const found = read(body)
    expect(namesIn(found)).toEqual(['before', 'after'])
    expect([...found.rejections.entries()]).toEqual([[reason, 1]])
    expect(found.rejections.message(traces)).toMatch(/^1 spans were not taken: 1 × ./)
  })

  it('a resource is broken: its spans go with it', () => {
    const broken = delimited(
      1,
      Buffer.concat([delimited(1, Buffer.of(0x0a, 9)), delimited(2, delimited(2, encode(traces.item, named('lost'))))]),
    )
    const found = read(Buffer.concat([broken, one(spans(2))]))
    expect(namesIn(found)).toEqual(['s0', 's1'])
    expect([...found.rejections.entries()]).toEqual([['truncated', 1]])
  })
})

describe('a request is refused whole', () => {
  it.each([
    ['that is text', Buffer.from('hello'), 'malformed-otlp'],
    ['that is JSON', Buffer.from('{"resourceSpans":[]}'), 'malformed-otlp'],
    ['with a length that reaches beyond it', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'malformed-otlp'],
    [
      'with a length of 2^63',
      Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
      'malformed-otlp',
    ],
    ['of a million empty resources', Buffer.alloc(2_000_000, Buffer.of(0x0a, 0)), 'too-many-records'],
    [
      'of a million empty spans',
      encodeExport(
        traces,
        [{ scopes: [{ items: [] }] }],
        [delimited(1, delimited(2, Buffer.alloc(2_000_000, Buffer.of(0x12, 0))))],
      ),
      'too-many-records',
    ],
    [
      'whose resource would be written a hundred times over',
      one(
        spans(4_900, () => ({})),
        { resource: attribute('a', 'x'.repeat(900_000)) },
      ),
      'resource-repeated',
    ],
  ])('%s', (_, body, code) => {
    expect(codeOf(body)).toBe(code)
  })

  it('cut anywhere but between its resources', () => {
    const body = Buffer.concat([one(spans(2)), one(spans(1))])
    const taken = Array.from({ length: body.length }, (_, end) => codeOf(body.subarray(0, end)))
    expect(taken.filter((code) => code === 'taken').length).toBe(2)
    expect(new Set(taken)).toEqual(new Set(['taken', 'malformed-otlp']))
  })
})

describe('any request', () => {
  const whole = one(spans(5, (at) => ({ ...named(`s${at}`), ...attribute('password', `q8Zr4TnX2cVb7LmPw1K${at}`) })))

  it('with some bytes changed is taken or refused, and what is taken is whole', () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const body = Buffer.from(whole)
        for (const [at, byte] of changes) body[at] = byte
        try {
          const found = read(body)
          const items = groupsIn(found).flatMap(({ scopes }) => scopes.flatMap((scope) => scope.items))
          expect(items.length).toBe(found.items)
        } catch (cause) {
          if (!(cause instanceof RefusedRequest)) throw cause
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('of any bytes is taken or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['taken', 'malformed-otlp']).toContain(codeOf(Buffer.from(bytes)))
      }),
      { numRuns: 3_000 },
    )
  })
})
