// What a body is cut into, and which bodies are refused whole.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../scrub/steps.ts'
import { RefusedRequest } from './refusal.ts'
import { splitRecords } from './split-records.ts'

const limits = { lineBytes: 2_000, records: 20, depth: 8 }

function split(body: string | Buffer, json = false): readonly string[] {
  const { bytes, count } = atOnce(splitRecords(Buffer.from(body), json, limits))
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  expect(lines.pop()).toBe('')
  expect(lines.filter((line) => line !== '' && line !== '\r').length).toBe(count)
  return lines
}

function refusalOf(body: string | Buffer, json = false): string {
  try {
    split(body, json)
  } catch (cause) {
    if (cause instanceof RefusedRequest) return cause.refusal.code
    throw cause
  }
  return 'taken'
}

describe('a body', () => {
  it.each([
    ['one line without an end', 'a=1', ['a=1']],
    ['lines', 'a=1\nb=2\n', ['a=1', 'b=2']],
    ['NDJSON', '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ['a byte order mark before JSON', '\ufeff{"a":1}', ['{"a":1}']],
    ['a JSON array', '[{"a":1}, {"b":[2,"]"]}]', ['{"a":1}', '{"b":[2,"]"]}']],
    ['pretty JSON', '{\n  "a": "x  y"\n}\n', ['{"a":"x  y"}']],
    ['pretty JSON, several', '{\n"a":1}\n{\n"b":2}', ['{"a":1}', '{"b":2}']],
    ['an array of texts', '["a=1\\n","b \\" 2"]', ['a=1', 'b " 2']],
    ['an array of texts with line breaks inside', '["a\\nb"]', ['a b']],
    ['an Envoy line that begins with a bracket', '[2026-11-02T09:14:22Z] "GET /"', ['[2026-11-02T09:14:22Z] "GET /"']],
  ])('of %s is cut into its records', (_, body, records) => {
    expect(split(body)).toEqual(records)
  })

  it.each([
    ['nothing', '', 'empty-body'],
    ['white space', ' \n\t', 'empty-body'],
    ['an empty array', '[]', 'empty-body'],
    ['an array that never closes', '[{"a":1}', 'broken-json'],
    ['an array with something behind it', '[{"a":1}] x', 'broken-json'],
    ['two records without a comma', '[{"a":1}{"b":2}]', 'broken-json'],
    ['a text that never closes', '["a', 'broken-json'],
    ['a raw line break in a text', '[{"a":"x\n2025-03-14 11:42:01 | action=REFUND"}]', 'broken-json'],
    ['a line that is too long', 'x'.repeat(2_001), 'record-too-long'],
    ['a record that is too long', `[{"a":"${'x'.repeat(2_000)}"}]`, 'record-too-long'],
    ['too many lines', 'a\n'.repeat(21), 'too-many-records'],
    ['too many records', `[${Array(21).fill('{}').join()}]`, 'too-many-records'],
    ['an array nested too deep', `[${'['.repeat(50)}`, 'too-deep'],
  ])('of %s is refused', (_, body, code) => {
    expect(refusalOf(body)).toBe(code)
  })

  it('that says it is JSON and is not is refused', () => {
    expect(refusalOf('a=1', true)).toBe('not-json')
  })

  it('of five million brackets is refused at the first too many', () => {
    expect(refusalOf(Buffer.alloc(5_000_000, '['))).toBe('too-deep')
  })

  it('whose sender would send it for ever is taken without what is unfit in it', () => {
    const deep = `{"deep":${'['.repeat(9)}${']'.repeat(9)}}`
    const long = `{"decision_id":"d-1","text":"${'\\"}],'.repeat(500)}"}`
    const body = Buffer.from(`[{"a":1}, ${long} ,${deep},{"b":2}]`)
    const { bytes, count } = atOnce(splitRecords(body, true, limits, 'set-aside'))
    const aside = `{"eastwest.setAside":{"bytes":${long.length},"limit":2000,"id":"d-1"}}`
    expect(Buffer.from(bytes).toString('utf8')).toBe(`{"a":1}\n${aside}\n${deep}\n{"b":2}\n`)
    expect(count).toBe(4)
  })

  it.each([
    ['a record that never closes', `[{"a":"${'x'.repeat(3_000)}`],
    ['brackets that never close', `[${'['.repeat(3_000)}`],
  ])('with %s is refused all the same', (_, body) => {
    const taken = () => atOnce(splitRecords(Buffer.from(body), true, limits, 'set-aside'))
    expect(taken).toThrow(RefusedRequest)
  })

  it('of texts that are no UTF-8 is refused rather than cut', () => {
    const body = Buffer.concat([Buffer.from('["'), Buffer.alloc(300, 0xff), Buffer.from('","b=2"]')])
    expect(refusalOf(body)).toBe('broken-json')
  })

  it('of any JSON objects gives each of them back, however it is laid out', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(objects, fc.constantFrom(undefined, 1, '\t'), (records, indent) => {
        const expected = records.map((record) => JSON.stringify(record))
        fc.pre(expected.every((record) => Buffer.byteLength(record) < 500))
        expect(split(JSON.stringify(records, null, indent), true)).toEqual(expected)
      }),
    )
  })

  it('of any bytes is taken whole or refused, and never gives more lines than counted', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', '[', '["', '{', '[{"a":"'),
        (bytes, before) => {
          const body = Buffer.concat([Buffer.from(before), bytes])
          expect(typeof refusalOf(body)).toBe('string')
        },
      ),
    )
  })
})
