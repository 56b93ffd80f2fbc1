// What becomes of export requests in JSON: lines that decoders read, without any hiding place for a credential.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import { referenceOf } from '../../scrub/references.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { atOnce } from '../../scrub/steps.ts'
import { RefusedRequest } from '../http/refusal.ts'
import { type ExportLines, readJson } from './read-json.ts'

const key = { id: 'k1', secret: new Uint8Array(32).fill(7) }
const scrubber = openScrubber(key, { fieldNames: [] })
const limits = { records: 5_000, depth: 32, keys: 200, lineBytes: 8 * 1024 }
const opaque = 'q8Zr4TnX2cVb7LmPw1Ks'

function read(body: string | Buffer, signal: Signal = traces): ExportLines {
  return atOnce(readJson(Buffer.from(body as string), signal, scrubber, limits)) // both are what a buffer is made from
}

function codeOf(body: string | Buffer): string {
  try {
    read(body)
  } catch (cause) {
    if (cause instanceof RefusedRequest) return cause.refusal.code
    throw cause
  }
  return 'taken'
}

function linesIn({ lines }: ExportLines): readonly string[] {
  return Buffer.from(lines).toString().split('\n').slice(0, -1)
}

const around = (...items: readonly string[]): string =>
  `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"pay"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[${items.join()}]}]}]}`
const withAttribute = (pair: string): string => around(`{"name":"n","attributes":[${pair}]}`)

describe('a request', () => {
  it('is written as it is where there is nothing to say against it', () => {
    const body = around(
      '{"traceId":"5B8EFFF798038103D269B633813FC60C","name":"n","kind":2,"startTimeUnixNano":"1793610862318000000"}',
    )
    expect(linesIn(read(body))).toEqual([body])
  })

  it('loses white space, unknown members and null, and keeps long numbers to the digit', () => {
    const body = `\ufeff{ "x" : [{}], "resourceSpans" : [ { "scopeSpans" : [ { "spans" : [
      { "name" : "a\\u0062", "y" : "${opaque}", "status" : null, "startTimeUnixNano" : 1793610862318000001,
        "attributes" : [ { "key" : "n", "value" : { "intValue" : 9007199254740993 } }, { "key" : "t", "value" : { "stringValue" : "1234567890123456789" } } ] } ] } ] } ] }`
    expect(linesIn(read(body))).toEqual([
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"ab","startTimeUnixNano":"1793610862318000001","attributes":[{"key":"n","value":{"intValue":"9007199254740993"}},{"key":"t","value":{"stringValue":"1234567890123456789"}}]}]}]}]}',
    ])
  })

  it('of logs is read as such', () => {
    const body = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":9,"body":{"stringValue":"x"}}]}]}]}'
    expect(linesIn(read(body, logs))).toEqual([body])
    expect(read(body, traces).items).toBe(0)
  })

  it('is cut into lines that decoders read', () => {
    const items = Array.from({ length: 900 }, (_, at) => `{"name":"span ${at}","kind":2}`)
    const found = read(around(...items))
    const lines = linesIn(found)
    expect(found.items).toBe(900)
    expect(lines.length).toBeGreaterThan(9)
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(limits.lineBytes)
      expect(line.match(/":/g)?.length).toBeLessThanOrEqual(limits.keys)
      expect(line).toContain('"service.name"')
    }
    expect(lines.flatMap((line) => line.match(/span \d+/g) ?? [])).toEqual(items.map((_, at) => `span ${at}`))
  })
})

describe('no credential', () => {
  it.each<readonly [string, string, string]>([
    ['under its name', '{"key":"password","value":{"stringValue":"@"}}', opaque],
    ['before its name', '{"value":{"stringValue":"@"},"key":"password"}', opaque],
    [
      'in a list under its name',
      '{"key":"http.request.header.x-api-key","value":{"arrayValue":{"values":[{"stringValue":"a"},{"stringValue":"@"}]}}}',
      opaque,
    ],
    ['in bytes', `{"key":"x","value":{"bytesValue":"${Buffer.from(`token=${opaque}`).toString('base64')}"}}`, opaque],
    [
      'in bytes under its name',
      `{"key":"password","value":{"bytesValue":"${Buffer.from(opaque).toString('base64')}"}}`,
      opaque,
    ],
    [
      'in a map',
      '{"key":"x","value":{"kvlistValue":{"values":[{"value":{"stringValue":"@"},"key":"secret"}]}}}',
      opaque,
    ],
    [
      'in a cookie',
      '{"key":"http.request.header.cookie","value":{"arrayValue":{"values":[{"stringValue":"a=@; b=1"}]}}}',
      opaque,
    ],
    ['in a number under its name', '{"key":"password","value":{"intValue":"12345678"}}', '12345678'],
    ['in another number under its name', '{"key":"password","value":{"doubleValue":1234.5678}}', '1234.5678'],
    [
      'in escapes',
      `{"key":"x","value":{"stringValue":"${[...`pwd=${opaque}`].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join('')}"}}`,
      opaque,
    ],
    ['in escapes of its name', '{"key":"\\u0070assword","value":{"stringValue":"@"}}', opaque],
  ])('stays %s', (_, pair, secret) => {
    const [line = ''] = linesIn(read(withAttribute(pair.replace('@', opaque))))
    expect(line).not.toContain(secret)
    expect(line).toContain(`"stringValue":"`)
    expect(line).toContain(referenceOf(secret, key))
    expect(line).not.toMatch(/"(intValue|doubleValue|bytesValue)":"ew/)
  })

  it('stays in bytes that are no text', () => {
    const bytes = Buffer.concat([
      Buffer.of(0xff, 0xfe),
      Buffer.from(`ghp_${'a1B2c3D4e5F6'.repeat(3)}`),
      Buffer.of(0xff),
    ])
    const [line = ''] = linesIn(read(withAttribute(`{"key":"x","value":{"bytesValue":"${bytes.toString('base64')}"}}`)))
    const kept = Buffer.from(/"x","value":\{"stringValue":"([^"]+)"/.exec(line)?.[1] ?? '', 'base64').toString('latin1')
    expect(kept).toContain('ew.ref.v1.k1.')
    expect(kept).not.toContain('a1B2c3')
  })

  it('stays of a private key that was logged line by line', () => {
    const lines = ['-----BEGIN PRIVATE KEY-----', 'A1b2'.repeat(16), 'C3d4'.repeat(16), '-----END PRIVATE KEY-----']
    const records = lines.map((line) => `{"body":{"stringValue":"${line}"}}`).join()
    const found = read(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[${records}]}]}]}`, logs)
    expect(found.items).toBe(4)
    expect(Buffer.from(found.lines).toString()).not.toMatch(/A1b2|C3d4/)
  })
})

describe('of a request the rest is taken when', () => {
  it.each([
    ['a span is no object', '7', 'wrong-type'],
    ['a span is no JSON', '{a}', 'not-json'],
    ['a span is not UTF-8', '\u00ff', 'not-json'],
    ['a name is a number', '{"name":7}', 'wrong-type'],
    ['an id is base64', '{"traceId":"W47/95gDgQPSabYzgT/GDA=="}', 'id-length'],
    ['a kind is a word', '{"kind":"SPAN_KIND_SERVER"}', 'wrong-type'],
    ['a time is a fraction', '{"startTimeUnixNano":1.5}', 'wrong-type'],
    ['a value is two', '{"attributes":[{"key":"a","value":{"stringValue":"x","intValue":1}}]}', 'repeated-field'],
    ['a span is too long', `{"name":"${'x'.repeat(9_000)}"}`, 'line-too-long'],
    [
      'a span has too many keys',
      `{"attributes":[${Array(80).fill('{"key":"k","value":{"stringValue":"v"}}').join()}]}`,
      'too-many-fields',
    ],
  ])('%s', (_, item, reason) => {
    const body = around('{"name":"before"}', item, '{"name":"after"}')
    const found = read(reason === 'not-json' && item === '\u00ff' ? Buffer.from(body, 'latin1') : body)
    expect(linesIn(found)).toEqual([around('{"name":"before"}', '{"name":"after"}')])
    expect([...found.rejections.entries()]).toEqual([[reason, 1]])
  })
})

describe('a request is refused whole', () => {
  it.each([
    ['of nothing', ''],
    ['of a list', '[]'],
    ['that is text', 'hello'],
    ['that ends too early', around('{"name":"n"}').slice(0, -2)],
    ['with something behind it', `${around()} x`],
    ['with spans that are no list', '{"resourceSpans":{}}'],
    ['of brackets', '['.repeat(100_000)],
    ['of spans of brackets', around('['.repeat(100_000))],
    ['without a comma', '{"resourceSpans":[] "x":1}'],
    ['with an empty item', around('{}', '', '{}')],
  ])('%s', (_, body) => {
    expect(codeOf(body)).toBe('malformed-otlp')
  })

  it('of too many spans', () => {
    expect(codeOf(around(...Array<string>(6_000).fill('{}')))).toBe('too-many-records')
  })

  it('or taken, whatever its bytes', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '"resourceSpans"',
      '"scopeSpans"',
      '"spans"',
      '"name"',
      '1',
      'null',
      ' ',
      '\\',
      '\u00e9',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
        expect(['taken', 'malformed-otlp']).toContain(codeOf(parts.join('')))
      }),
      { numRuns: 5_000 },
    )
  })

  it('wherever it is cut', () => {
    const body = withAttribute('{"key":"k","value":{"stringValue":"v\\"}"}}')
    for (let end = 0; end < body.length; end++) expect(codeOf(body.slice(0, end))).toBe('malformed-otlp')
  })
})
