// Tests that `Native` results get what a client's revision wants around them, for every type the engine makes at random.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore } from '../../../test/support/embedded-store.ts'
import { frameNative } from './native-frames.ts'

let store: EmbeddedStore

beforeAll(async () => {
  store = await startEmbeddedStore()
})
afterAll(() => store.end())

async function native(sql: string, url: Readonly<Record<string, string>>): Promise<Buffer> {
  const { username, password } = store.child.writer
  const search = new URLSearchParams({ ...url, default_format: 'Native', query: sql })
  const reply = await fetch(`${store.child.url}/?${search}`, {
    headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
  })
  const bytes = Buffer.from(await reply.arrayBuffer())
  expect([reply.status, reply.status === 200 ? '' : bytes.toString('utf8')]).toEqual([200, ''])
  expect(reply.headers.get('content-length')).toBe(String(bytes.length))
  return bytes
}

const information = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0])

const rows = 300
const perBlock = 7

/** What is wrong by a byte has no columns behind it, or ends in the middle of one. */
async function isFramed(sql: string, columns: number): Promise<void> {
  const url = { max_block_size: String(perBlock), allow_suspicious_low_cardinality_types: '1' }
  const plain = await native(sql, url)
  const framed = await native(sql, { ...url, client_protocol_version: '54460' })
  expect(framed.length - plain.length).toBe(Math.ceil(rows / perBlock) * (information.length + columns))
  expect(framed.subarray(0, information.length)).toEqual(information)
}

describe('a Native result', () => {
  it('is as the engine writes it without a revision, and framed for one, block by block', async () => {
    const block = (n: number): Buffer => Buffer.from([1, 1, 1, 'n'.charCodeAt(0), 5, ...Buffer.from('UInt8'), n])
    const framed = (n: number): Buffer =>
      Buffer.concat([information, block(n).subarray(0, -1), Buffer.from([0]), block(n).subarray(-1)])
    const old = (n: number): Buffer => Buffer.concat([information, block(n)])
    const sql = 'SELECT toUInt8(number) AS n FROM numbers(3) FORMAT native'
    const expected: readonly (readonly [string, (n: number) => Buffer])[] = [
      ['0', block],
      ['', block],
      ['54405', old],
      ['54453', old],
      ['54454', framed],
      ['54460', framed],
      ['54513', framed],
    ]
    for (const [revision, of] of expected) {
      const bytes = await native(sql, { client_protocol_version: revision, max_block_size: '1' })
      expect([revision, bytes.toString('hex')]).toEqual([
        revision,
        Buffer.concat([of(0), of(1), of(2)]).toString('hex'),
      ])
    }
  })

  it.each([
    ['1', 501, '54405 or newer'],
    ['54404', 501, '54405 or newer'],
    ['-1', 400, 'must be a number'],
    ['54460x', 400, 'must be a number'],
  ])('of revision %s is refused', async (client_protocol_version, status, reason) => {
    const answer = await store.ask('SELECT 1 FORMAT Native', { as: 'reader', url: { client_protocol_version } })
    expect(answer).toMatchObject({ status, text: expect.stringContaining(reason) })
  })

  it('of a type without a length is refused before a byte is sent, whatever stands before it', async () => {
    for (const type of [
      'JSON',
      'Dynamic',
      'AggregateFunction(sum, UInt8)',
      'Array(JSON)',
      'Tuple(a UInt8, b Dynamic)',
    ]) {
      const sql = `SELECT repeat('x', 1000) AS a, defaultValueOfTypeName('${type}') AS b FROM numbers(1000)`
      const url = { client_protocol_version: '54460', default_format: 'Native' }
      const answer = await store.ask(sql, { url })
      expect([type, answer.status, answer.text.includes('cannot frame the type')]).toEqual([type, 501, true])
      expect((await store.ask(sql, { url: { default_format: 'Native' } })).status).toBe(200)
    }
  })

  it.each([
    'Bool, Int8, UInt16, Int32, UInt64, Int128, UInt256, Float32, Float64',
    "Date, Date32, DateTime('Asia/Tokyo'), DateTime64(9, 'UTC'), UUID, IPv4, IPv6",
    "Enum8('a)' = -1, 'b,''(' = 2), Enum16('ü\\\\' = 1000), FixedString(7), String",
    'Decimal(9, 2), Decimal(18, 3), Decimal(38, 10), Decimal(76, 20)',
    'Nullable(String), Nullable(UInt8), Nullable(DateTime64(3)), Nullable(Decimal(20, 1)), Nullable(FixedString(3))',
    'LowCardinality(String), LowCardinality(Nullable(String)), LowCardinality(UInt32), LowCardinality(FixedString(2))',
    'Array(String), Array(Array(UInt16)), Array(Nullable(String)), Array(LowCardinality(Nullable(String)))',
    'Map(String, UInt8), Map(LowCardinality(String), Array(String)), Map(UInt8, Map(String, Nullable(Float64)))',
    'Tuple(UInt8, String), Tuple(a Array(LowCardinality(String)), `b (c, d` Nullable(UInt8)), Array(Tuple(String, Tuple(x UInt8)))',
    'Tuple(), Point, Array(Point), Ring, Polygon, MultiPolygon',
    'SimpleAggregateFunction(sum, UInt64), SimpleAggregateFunction(groupArrayArray, Array(String))',
  ])('of random values of %s is framed in every block', async (types) => {
    const columns = topLevel(types).map((type, at) => `c${at} ${type}`)
    // The order of columns is reversed too, so that each type is followed by something.
    for (const order of [columns, columns.toReversed()]) {
      const structure = order.join(', ').replaceAll('\\', '\\\\').replaceAll("'", "\\'")
      await isFramed(`SELECT * FROM generateRandom('${structure}', 11, 30, 4) LIMIT ${rows}`, columns.length)
    }
  })

  const alternatives = 'Variant(UInt64, String, Array(LowCardinality(String)))'
  it.each([
    'CAST(number AS BFloat16), CAST(number AS Time), CAST(number AS Time64(3)), NULL, [], tuple(NULL)',
    'toIntervalDay(number), toIntervalNanosecond(number), [toIntervalQuarter(number)], toTypeName(1), [map()]',
    `CAST(number AS ${alternatives}), CAST(if(number % 3 = 0, NULL, toString(number)) AS ${alternatives})`,
    `arrayMap(x -> CAST([toLowCardinality(toString(x))] AS ${alternatives}), range(number % 4)), number`,
    "CAST([(number, ['a'])] AS Nested(id UInt64, names Array(LowCardinality(String)))), toFixedString('ab', 300)",
    "[(toLowCardinality('x'), NULL, [toLowCardinality(toNullable('y'))])], map('k', (number, [])), repeat('z', number * 10)",
  ])('of %s is framed in every block', async (expressions) => {
    const columns = topLevel(expressions)
    for (const order of [columns, columns.toReversed()]) {
      await isFramed(`SELECT ${order.join(', ')} FROM numbers(${rows})`, columns.length)
    }
  })

  it('that ends in the middle of a block is a fault, wherever it ends', async () => {
    const sql = "SELECT 'ab' AS a, [1, 2] AS b, toLowCardinality('x') AS c, CAST(1 AS Variant(UInt8, String)) AS d"
    const whole = await native(sql, {})
    const framed = (size: number): Promise<unknown> =>
      frameNative(async (at, length) => whole.subarray(at, Math.min(at + length, size)), size, 54_460)
    for (let size = 1; size < whole.length; size++) await expect(framed(size)).rejects.toMatchObject({ code: 49 })
    await expect(framed(whole.length)).resolves.toMatchObject({ bytes: whole.length + information.length + 4 })
  })
})

/** Types of a list, brackets and quotes kept together. */
function topLevel(list: string): readonly string[] {
  const types: string[] = []
  let depth = 0
  let quote = ''
  let from = 0
  for (let at = 0; at < list.length; at++) {
    const sign = list[at] ?? ''
    if (quote !== '') {
      if (sign === '\\') at++
      else if (sign === quote) quote = ''
    } else if (sign === "'" || sign === '`') quote = sign
    else if (sign === '(') depth++
    else if (sign === ')') depth--
    else if (sign === ',' && depth === 0) {
      types.push(list.slice(from, at).trim())
      from = at + 1
    }
  }
  return [...types, list.slice(from).trim()]
}
