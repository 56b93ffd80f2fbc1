// Grafana's own client reads the embedded store: clickhouse-go, at the version its plugin pins, gets what the JSON format says.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tenantSql } from '../../collector/store/access-sql.ts'
import { tables, views } from '../../schemas/tables.ts'
import { type GoAnswer, type GoPlace, queryByGo, whyNoGo } from '../support/query-by-go.ts'
import { openTestStore, type TestStore } from '../support/store.ts'

const missing = await whyNoGo()

/** As exact as JSON can be: the same texts as the program gives. */
const exactJson = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 1,
  date_time_output_format: 'iso',
} as const

const typed: readonly string[] = [
  'SELECT 1 AS a, -1 AS b, 256 AS c, -300 AS d, 70000 AS e, -70000 AS f, 18446744073709551615 AS g, -9223372036854775808 AS h',
  "SELECT toInt128('-170141183460469231731687303715884105728') AS a, toUInt128('340282366920938463463374607431768211455') AS b, toInt256(-5) AS c, toUInt256(5) AS d",
  'SELECT toFloat32(0.1) AS a, 0.1 AS b, 1e300 AS c, nan AS d, inf AS e, -inf AS f, toFloat32(number) AS g FROM numbers(3)',
  "SELECT true AS a, false AS b, 'é ✓ \\n \\0 \"' AS c, '' AS d, toFixedString('ab', 2) AS e, repeat('x', 5000) AS f",
  "SELECT toDate('2025-03-14') AS a, toDate32('1960-01-02') AS b, toDateTime('2025-03-14 09:26:53') AS c, toDateTime64('2025-03-14 09:26:53.589793238', 9) AS d, toDateTime64('1969-12-31 23:59:59.123', 3, 'UTC') AS e, toDateTime64('2025-03-14 09:26:53', 0) AS f",
  "SELECT toDateTime('2025-03-14 09:26:53', 'Asia/Tokyo') AS a, toDateTime64('2025-03-14 09:26:53.5', 3, 'Asia/Tokyo') AS b, [toDateTime(number, 'Asia/Tokyo')] AS c FROM numbers(2)",
  "SELECT toDecimal32(1.5, 2) AS a, toDecimal64(-2.25, 4) AS b, toDecimal128('123456789012345678.125', 3) AS c, toDecimal256('-0.5', 30) AS d",
  "SELECT toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') AS a, toIPv4('10.1.2.3') AS b, toIPv6('2001:db8::1') AS c, toIPv6('::ffff:10.1.2.3') AS d",
  "SELECT CAST('b' AS Enum8('a' = -1, 'b, (c' = 2, 'b' = 3)) AS a, CAST('it''s' AS Enum16('it\\'s' = 1000, 'é' = 2)) AS b",
  "SELECT CAST('x' AS LowCardinality(String)) AS a, CAST(NULL AS LowCardinality(Nullable(String))) AS b, CAST(toString(number % 3) AS LowCardinality(String)) AS c FROM numbers(7)",
  'SELECT toLowCardinality(toString(number)) AS a, toLowCardinality(toString(number % 300)) AS b FROM numbers(70000)',
  'SELECT if(number = 1, NULL, number) AS a, if(number = 1, NULL, toString(number)) AS b, if(number = 1, NULL, toDateTime64(number, 3)) AS c, if(number = 1, NULL, toDecimal64(number, 1)) AS d FROM numbers(3)',
  "SELECT [] AS a, [1, 2] AS b, ['x', ''] AS c, [[1], [], [2, 3]] AS d, [NULL, 'y'] AS e, arrayMap(x -> toLowCardinality(toString(x)), range(number)) AS f FROM numbers(4)",
  "SELECT map('a', 1, 'b', 2) AS a, map('k', ['v', 'w']) AS b, CAST(map('x', 'y') AS Map(LowCardinality(String), String)) AS c, map(1, map('z', toNullable(1))) AS d, CAST(map() AS Map(String, UInt8)) AS e",
  "SELECT (1, 'x', [2]) AS a, CAST((1, 'y') AS Tuple(a UInt8, `type` String)) AS b, [(1, 'z')] AS c, CAST(([1, 2], ['a', 'b']) AS Tuple(n Array(UInt8), s Array(LowCardinality(String)))) AS d",
  "SELECT CAST([(1, 'a'), (2, 'b')] AS Nested(id UInt8, name String)) AS a",
  "SELECT CAST(1 AS SimpleAggregateFunction(sum, UInt64)) AS a, CAST('m' AS SimpleAggregateFunction(anyLast, Nullable(String))) AS b",
  "SELECT multiIf(number = 0, CAST('s' AS Variant(UInt64, String, Array(LowCardinality(String)))), number = 1, CAST(toUInt64(7) AS Variant(UInt64, String, Array(LowCardinality(String)))), NULL) AS a FROM numbers(4)",
  'SELECT CAST((1.5, 2) AS Point) AS a, CAST([(0, 1), (1, 2)] AS Ring) AS b, CAST([[(0, 1)]] AS Polygon) AS c, CAST([[[(0, 1)]]] AS MultiPolygon) AS d',
  'SELECT number % 2 AS side, count() AS n, sum(number) AS s, avg(number) AS m, quantile(0.95)(number) AS q, uniq(number) AS u, groupArray(number) AS g, any(toString(number)) AS t FROM numbers(10) GROUP BY side WITH TOTALS ORDER BY side',
  'SELECT toStartOfInterval(toDateTime(number * 60), INTERVAL 5 MINUTE) AS time, count() AS value FROM numbers(30) GROUP BY time ORDER BY time',
  "SELECT concat('row ', toString(number), repeat('-', number % 700)) AS a, number AS b, [toString(number)] AS c FROM numbers(20000)",
  'SHOW DATABASES',
  'EXPLAIN SELECT 1',
  'DESC TABLE event_rows',
  "SELECT name, type, comment FROM system.columns WHERE database = 'default' AND table = 'alert_rows' ORDER BY position",
]

const ofTables = [...tables, ...views].map(({ name }) => `SELECT * FROM ${name} ORDER BY ALL`)

/** A query, settings of the data source, and how many rows come: what the plugin's own options do. */
const optioned: readonly (readonly [string, GoPlace['settings'], number])[] = [
  ['SELECT number FROM numbers(10)', { limit: 3 }, 3],
  ['SELECT number, [toString(number)] AS list FROM numbers(2000)', { max_block_size: 1 }, 2000],
  ["SELECT number, repeat('x', 100) AS text FROM numbers(5000)", { enable_http_compression: 1 }, 5000],
  ['SELECT number FROM numbers(10) WHERE number > 10', {}, 0],
]

const refused: readonly (readonly [string, string])[] = [
  ['SELECT * FROM nowhere', 'UNKNOWN_TABLE'],
  ["SELECT throwIf(number = 3, 'told') FROM numbers(5)", 'told'],
  ['SELECT avgState(number) AS state FROM numbers(2)', 'the type "AggregateFunction"'],
  ["SELECT CAST('{}' AS JSON) AS document", 'the type "JSON"'],
  ['SELECT CAST(1 AS Dynamic) AS anything', 'the type "Dynamic"'],
  ['INSERT INTO edges SELECT * FROM edges', 'READONLY'],
  ['DROP TABLE edges', 'READONLY'],
  ["SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", 'ACCESS_DENIED'],
]

if (missing === undefined)
  describe('clickhouse-go over HTTP', () => {
    let store: TestStore
    let place: GoPlace
    let answers: ReadonlyMap<string, GoAnswer>

    beforeAll(async () => {
      store = await openTestStore()
      place = { url: store.child.url, ...store.child.reader }
      for (const { name, appendColumn } of tables) await fill(store, name, appendColumn)
      const queries = [...typed, ...ofTables, ...refused.map(([sql]) => sql)].map((sql) => ({ name: sql, sql }))
      answers = new Map((await queryByGo(place, queries)).map((answer) => [answer.name, answer]))
      // The first time the client is fetched and built.
    }, 600_000)
    afterAll(() => store.close())

    it.each([...typed, ...ofTables])('reads what the JSON format shows: %s', async (sql) => {
      const { names, rows } = await asJson(store, sql)
      const answer = answers.get(sql)
      expect(answer?.error).toBe('')
      expect(answer?.columns.map(({ name }) => name)).toEqual(names)
      expect(plain(answer?.rows)).toEqual(plain(rows))
      expect(rows.length).toBeGreaterThan(0)
    })

    it.each(optioned)('answers %s with the settings %j by %i rows', async (sql, settings, count) => {
      const [answer] = await queryByGo({ ...place, ...(settings && { settings }) }, [{ name: 'optioned', sql }])
      expect(answer).toMatchObject({ error: '' })
      expect(answer?.rows.length).toBe(count)
    })

    it('asks for a time that the profile of a server allows, and gets less from the embedded store', async () => {
      const sql = "SELECT getSetting('max_execution_time') AS seconds"
      const asked = async (who: GoPlace): Promise<number> =>
        Number((await queryByGo(who, [{ name: 'time', sql }]))[0]?.rows[0]?.[0])
      const allowed = /max_execution_time = \d+ MIN (\d+) MAX (\d+) CHANGEABLE_IN_READONLY/.exec(
        tenantSql('default').join(),
      )
      const sent = await asked({ ...place, ...store.child.writer })
      expect(sent).toBeGreaterThan(60)
      expect(sent).toBeGreaterThanOrEqual(Number(allowed?.[1]))
      expect(sent).toBeLessThanOrEqual(Number(allowed?.[2]))
      expect(await asked(place)).toBe(30)
    })

    it.each(refused)('is told why not: %s', (sql, reason) => {
      expect(answers.get(sql)).toMatchObject({ rows: [], error: expect.stringContaining(reason) })
    })
  })
else
  it('needs a Go that is not here', () => {
    console.warn(missing)
    expect(process.env.CI, missing).not.toBe('true')
  })

/** Rows of every column's type, hostile enough. */
async function fill(store: TestStore, table: string, appendColumn: string): Promise<void> {
  const columns = await store.writer.query({
    query: 'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
    query_params: { table },
    format: 'JSONEachRow',
  })
  const structure = (await columns.json<{ name: string; type: string }>()).map(
    ({ name, type }) => `\`${name}\` ${type}`,
  )
  // Kept by what expires rows, and by what leaves copies out.
  const kept = [
    ...(appendColumn === '' ? [] : [`now64(3) AS ${appendColumn}`]),
    ...(table === 'event_rows' ? ['0 AS copy'] : []),
  ]
  await store.writer.command({
    query: `INSERT INTO ${table} SELECT *${kept.length === 0 ? '' : ` REPLACE (${kept.join(', ')})`} FROM generateRandom({structure:String}, 7, 12, 3) LIMIT 4`,
    query_params: { structure: structure.join(', ') },
  })
}

async function asJson(
  store: TestStore,
  query: string,
): Promise<{ names: readonly string[]; rows: readonly unknown[] }> {
  const answer = await store.reader.query({ query, format: 'JSONCompact', clickhouse_settings: exactJson })
  const { meta = [], data } = await answer.json<unknown[]>()
  return { names: meta.map(({ name }) => name), rows: data }
}

/** Dates are instants to Go, and fractions are written as long as they are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
  if (typeof value !== 'string') return value
  return value
    .replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.?(\d*?)0*Z$/, (_, seconds, digits) =>
      digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`,
    )
    .replace(/^(\d{4}-\d\d-\d\d)T00:00:00Z$/, '$1')
}
