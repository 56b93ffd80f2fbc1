// Tests the HTTP interface as curl would use it, against the compiled child and the real engine.

import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore } from '../../../test/support/embedded-store.ts'

let store: EmbeddedStore

beforeAll(async () => {
  store = await startEmbeddedStore()
  await store.ask("CREATE TABLE t (a UInt64, b String DEFAULT concat('d', toString(a))) ENGINE = MergeTree ORDER BY a")
})
afterAll(() => store.end())

const anonymousKib = (): number =>
  Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${store.child.pid}/status`, 'utf8'))?.[1])

describe('the HTTP interface', () => {
  it.each([
    ['/ping', 'Ok.\n'],
    ['/replicas_status', 'Ok.\n'],
    ['/', 'Ok.\n'],
  ])('answers %s without credentials', async (path, text) => {
    expect(await (await fetch(`${store.child.url}${path}`)).text()).toBe(text)
  })

  it.each([
    ['SELECT 1 AS a, 2 AS b', {}, '1\t2\n', 'text/tab-separated-values; charset=UTF-8'],
    ['SELECT 1 AS a FORMAT JSONEachRow', {}, '{"a":1}\n', 'application/x-ndjson; charset=UTF-8'],
    ['SELECT 1 AS a', { default_format: 'CSVWithNames' }, '"a"\n1\n', 'text/csv; charset=UTF-8; header=present'],
    ['SELECT 1 AS a FORMAT TSV SETTINGS max_threads = 2', {}, '1\n', 'text/tab-separated-values; charset=UTF-8'],
    ['SELECT 1 AS a FORMAT RowBinary', {}, '\x01', 'application/octet-stream'],
    [
      "SELECT 'é', {x:String}",
      { param_x: "it's \\t\\\\ é" },
      "é\tit\\'s \\t\\\\ é\n",
      'text/tab-separated-values; charset=UTF-8',
    ],
    [
      'SELECT {x:Array(String)}, {y:Nullable(UInt8)}',
      { param_x: "['a','b']", param_y: '\\N' },
      "['a','b']\t\\N\n",
      'text/tab-separated-values; charset=UTF-8',
    ],
    [
      'SELECT currentDatabase()',
      { database: 'information_schema' },
      'information_schema\n',
      'text/tab-separated-values; charset=UTF-8',
    ],
    ['SELECT currentDatabase()', {}, 'default\n', 'text/tab-separated-values; charset=UTF-8'],
    ['SELECT timezone()', {}, 'UTC\n', 'text/tab-separated-values; charset=UTF-8'],
    [
      "SELECT name FROM system.databases WHERE name = 'default' -- end",
      {},
      'default\n',
      'text/tab-separated-values; charset=UTF-8',
    ],
    ['SELECT 1 WHERE 0', {}, '', 'text/tab-separated-values; charset=UTF-8'],
    [
      'SELECT toUInt64(1) AS a FORMAT JSONEachRow',
      { output_format_json_quote_64bit_integers: '1' },
      '{"a":"1"}\n',
      'application/x-ndjson; charset=UTF-8',
    ],
    ['EXPLAIN SYNTAX SELECT 1', {}, 'SELECT 1\nFROM system.one\n', 'text/tab-separated-values; charset=UTF-8'],
  ])('%s %j', async (sql, url, text, type) => {
    for (const as of ['reader', 'writer'] as const) {
      for (const method of ['POST', 'GET'] as const) {
        const answer = await store.ask(sql, { as, method, url })
        expect(answer).toMatchObject({ status: 200, text })
        expect(answer.headers.get('content-type')).toBe(type)
      }
    }
  })

  it('tells time zone, server, format, query id and what was read', async () => {
    const { headers } = await store.ask('SELECT number FROM numbers(10) FORMAT JSON', { url: { query_id: 'q-1' } })
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-clickhouse-query-id': 'q-1',
      'x-clickhouse-timezone': 'UTC',
      'x-clickhouse-server-display-name': 'eastwest',
      'x-clickhouse-format': 'JSON',
    })
    expect(JSON.parse(headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ read_rows: '10', written_rows: '0' })
  })

  it.each([
    ['SELEC 1', {}, 62, 400],
    ['SELECT 1 +', {}, 62, 400],
    ['SELECT 1; SELECT 2', {}, 62, 400],
    ['SELECT * FROM nowhere', {}, 60, 404],
    ['SELECT nothing', {}, 47, 404],
    ['SELECT throwIf(1)', {}, 395, 500],
    ['SELECT {x:UInt8}', {}, 456, 500],
    ['SELECT {x:UInt8}', { param_x: 'abc' }, 457, 500],
    ['SELECT 1 FORMAT Nothing', {}, 73, 404],
    ['SELECT 1', { no_such_setting: '1' }, 115, 404],
    ['SELECT 1', { database: 'nowhere' }, 81, 404],
    ['SELECT sleep(3)', { max_execution_time: '0.2' }, 159, 408],
    ['SELECT number FROM numbers(1000000)', { max_result_bytes: '1000' }, 396, 500],
    ['CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a', {}, 57, 500],
    ['INSERT INTO nowhere FORMAT CSV 1', {}, 60, 404],
    ['SELECT \0', {}, 62, 400],
  ])('%s %j fails with %i and status %i', async (sql, url, code, status) => {
    const answer = await store.ask(sql, { url })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe(String(code))
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .*\\([A-Z_]+\\) \\(version 26\\.[\\d.]+\\)\\n$`, 's'),
    )
    expect(answer.text).not.toMatch(/OUTFILE|INFILE|shm|spool/)
  })

  it('does not bind a value that an earlier request left', async () => {
    for (let round = 0; round < 3; round++) {
      expect((await store.ask('SELECT {left:String}', { as: 'reader', url: { param_left: 'secret' } })).text).toBe(
        'secret\n',
      )
      expect((await store.ask('SELECT {left:String}', { as: 'reader' })).text).toContain('Code: 456.')
    }
  })

  it('refuses foreign hosts and origins, and wrong or no credentials', async () => {
    const asked = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request(`${store.child.url}/?query=SELECT+1`, { headers }, (reply) => resolve(reply.resume().statusCode))
          .on('error', reject)
          .end()
      })
    const { username, password } = store.child.reader
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    expect(await asked({ authorization })).toBe(200)
    expect(await asked({ authorization, host: 'evil.example' })).toBe(403)
    expect(await asked({ authorization, origin: 'https://evil.example' })).toBe(403)
    expect(await asked({})).toBe(401)
    expect(await asked({ authorization: 'Basic cmVhZGVyOng=' })).toBe(403)
  })

  it('takes gzip and gives it where it is asked for', async () => {
    const answer = await store.ask('SELECT {x:String}', {
      url: { enable_http_compression: '1', param_x: 'y' },
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(answer).toMatchObject({ status: 200, text: 'y\n' })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    const taken = await store.ask('INSERT INTO t (a) FORMAT TSV', {
      body: new Uint8Array(gzipSync('700001\n700002\n')),
      headers: { 'content-encoding': 'gzip' },
    })
    expect(taken.status).toBe(200)
    expect((await store.ask('SELECT count() FROM t WHERE a IN (700001, 700002)')).text).toBe('2\n')
  })

  it.each([
    ['gzip', gzipSync('700003\n').subarray(0, 10), 354],
    ['gzip', Buffer.from('no gzip'), 354],
    ['gzip', gzipSync(Buffer.alloc(300 * 1024 * 1024)), 229],
    ['zstd', Buffer.from('x'), 48],
    ['deflate', Buffer.from('x'), 48],
    ['lz4', Buffer.from('x'), 48],
  ])('refuses a damaged, bursting or unknown body (%s)', async (encoding, body, code) => {
    const answer = await store.ask('INSERT INTO t (a) FORMAT TSV', {
      body: new Uint8Array(body),
      headers: { 'content-encoding': encoding },
    })
    expect(answer.text).toContain(`Code: ${code}.`)
    expect((await store.ask('SELECT count() FROM t WHERE a = 700003')).text).toBe('0\n')
  })

  it('gives a large result whole, in bounded memory', async () => {
    const before = anonymousKib()
    const sql = "SELECT number, repeat('x', 20) FROM numbers(4000000)"
    const reply = await fetch(`${store.child.url}/`, {
      method: 'POST',
      body: sql,
      headers: { 'X-ClickHouse-User': 'reader', 'X-ClickHouse-Key': store.child.reader.password },
    })
    let bytes = 0
    for await (const chunk of reply.body ?? []) bytes += chunk.length
    expect(bytes).toBe(Number(reply.headers.get('content-length')))
    expect(bytes).toBeGreaterThan(100_000_000)
    expect(anonymousKib() - before).toBeLessThan(120 * 1024)
  })

  it('ends the query of a client that has gone', async () => {
    const gone = new AbortController()
    const headers = { 'X-ClickHouse-User': 'reader', 'X-ClickHouse-Key': store.child.reader.password }
    const sql = 'SELECT sum(sipHash64(number)) AS gone_client FROM numbers(100000000000)'
    const asked = fetch(store.child.url, { method: 'POST', body: sql, headers, signal: gone.signal })
    const running = async (): Promise<string> =>
      (
        await store.ask(
          "SELECT count() FROM system.processes WHERE query LIKE '%gone_client%' AND query NOT LIKE '%processes%'",
        )
      ).text
    await expect.poll(running, { timeout: 10_000 }).toBe('1\n')
    gone.abort()
    await expect(asked).rejects.toThrow()
    await expect.poll(running, { timeout: 5_000 }).toBe('0\n')
  })

  it('reads while a write runs, and refuses reads beyond its queue with 202', async () => {
    const slowInsert = store.ask(
      "INSERT INTO t (a, b) SELECT number + 5000000, 'slow' FROM numbers(20) WHERE NOT ignore(sleepEachRow(0.1)) SETTINGS max_block_size = 5, function_sleep_max_microseconds_per_block = 10000000",
    )
    expect((await store.ask('SELECT 1', { as: 'reader' })).text).toBe('1\n')
    const reads = Array.from({ length: 50 }, () => store.ask('SELECT sleep(0.1)', { as: 'reader' }))
    const statuses = (await Promise.all(reads)).map(({ status }) => status)
    // Two at once and 32 waiting; what comes after some have ended finds a place again.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(34)
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0)
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect((await slowInsert).status).toBe(200)
    expect((await store.ask("SELECT count() FROM t WHERE b = 'slow'")).text).toBe('20\n')
  })

  it('takes all that is written at once by whoever takes over two dozen log partitions', async () => {
    const slowInsert = store.ask(
      "INSERT INTO t (a, b) SELECT number + 6000000, 'held' FROM numbers(5) WHERE NOT ignore(sleepEachRow(0.2))",
    )
    const writes = Array.from({ length: 24 }, (_, at) => [
      store.ask(`KILL QUERY WHERE query_id = 'of-${at}' SYNC`),
      store.ask(`INSERT INTO t (a, b) VALUES (${7_000_000 + at}, 'taken over')`),
    ])
    const statuses = (await Promise.all([slowInsert, ...writes.flat()])).map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await store.ask("SELECT count() FROM t WHERE b = 'taken over'")).text).toBe('24\n')
  })
})
