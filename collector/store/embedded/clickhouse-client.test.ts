// Tests that `@clickhouse/client` works unchanged against the embedded store: queries, inserts, streams, errors.

import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore } from '../../../test/support/embedded-store.ts'

let store: EmbeddedStore
let writer: ClickHouseClient
let reader: ClickHouseClient

beforeAll(async () => {
  store = await startEmbeddedStore()
  const { url } = store.child
  writer = createClient({ url, ...store.child.writer, log: { level: 127 } })
  reader = createClient({ url, ...store.child.reader, log: { level: 127 } })
  await writer.command({
    query: 'CREATE TABLE t (id UInt64, name String, at DateTime64(3)) ENGINE = MergeTree ORDER BY id',
  })
})
afterAll(async () => {
  await Promise.all([writer.close(), reader.close()])
  await store.end()
})

describe('@clickhouse/client', () => {
  it('pings', async () => {
    expect(await reader.ping()).toMatchObject({ success: true })
    expect(await reader.ping({ select: true })).toMatchObject({ success: true })
  })

  it('inserts rows, streams and raw formats, and is told how many were written', async () => {
    const rows = [{ id: '1', name: 'a\n\nb', at: '2025-03-14 11:42:01.000' }]
    const inserted = await writer.insert({ table: 't', values: rows, format: 'JSONEachRow' })
    expect(inserted.summary).toMatchObject({ written_rows: '1' })
    await writer.insert({
      table: 't',
      columns: ['id', 'name'],
      values: Readable.from(Array.from({ length: 5000 }, (_, at) => [at + 10, `n${at}`])),
      format: 'JSONCompactEachRow',
    })
    await writer.insert({
      table: 't',
      values: Readable.from(['2,x,2025-03-14 11:42:05.250\n'], { objectMode: false }),
      format: 'CSV',
    })
    const answer = await reader.query({ query: 'SELECT count() AS rows, sum(id) AS ids FROM t', format: 'JSONEachRow' })
    expect(await answer.json()).toEqual([{ rows: 5002, ids: 3 + 5000 * 10 + (4999 * 5000) / 2 }])
    const name = await reader.query({ query: 'SELECT name FROM t WHERE id = 1', format: 'JSON' })
    expect((await name.json<{ name: string }>()).data).toEqual([{ name: 'a\n\nb' }])
  })

  it('sends bodies of any bytes with exec, gzip included', async () => {
    const zipped = createClient({
      url: store.child.url,
      ...store.child.writer,
      compression: { request: true, response: true },
      log: { level: 127 },
    })
    try {
      await zipped.insert({ table: 't', values: [{ id: 900_001, name: 'zipped', at: 0 }], format: 'JSONEachRow' })
      const native = await zipped.exec({ query: 'SELECT id, name, at FROM t WHERE id = 900001 FORMAT Native' })
      const bytes: Buffer[] = []
      for await (const chunk of native.stream) bytes.push(chunk)
      const { stream } = await zipped.exec({
        query: 'INSERT INTO t (id, name, at) FORMAT Native',
        values: Readable.from(bytes, { objectMode: false }),
      })
      stream.resume()
      const answer = await zipped.query({
        query: "SELECT count() AS n FROM t WHERE name = 'zipped'",
        format: 'JSONEachRow',
      })
      expect(await answer.json()).toEqual([{ n: 2 }])
    } finally {
      await zipped.close()
    }
  })

  it('binds parameters of every kind, in the URL and in a form', async () => {
    const query_params = {
      text: "it's \\ \t\n 'x' é",
      number: 18_446_744_073_709_551_615n,
      list: ["a'b", 'c\\d', 'e\nf'],
      none: null,
      yes: true,
      at: new Date(1_741_952_521_250),
      map: { k: 'v' },
    }
    const query = `SELECT {text:String} AS text, toString({number:UInt64}) AS number, {list:Array(String)} AS list,
      {none:Nullable(String)} AS none, {yes:Bool} AS yes, toUnixTimestamp64Milli({at:DateTime64(3)}) AS at, {map:Map(String, String)} AS map`
    for (const use_multipart_params of [false, true]) {
      const answer = await reader.query({ query, query_params, format: 'JSONEachRow', use_multipart_params })
      expect(await answer.json()).toEqual([{ ...query_params, number: '18446744073709551615', at: 1_741_952_521_250 }])
    }
    const many = Array.from({ length: 30_000 }, (_, at) => `value-${at}`)
    const counted = await reader.query({
      query: 'SELECT length({many:Array(String)}) AS n',
      query_params: { many },
      use_multipart_params: true,
      format: 'JSONEachRow',
    })
    expect(await counted.json()).toEqual([{ n: 30_000 }])
  })

  it('streams a result', async () => {
    const answer = await reader.query({ query: 'SELECT number FROM numbers(100000)', format: 'JSONEachRow' })
    let rows = 0
    for await (const chunk of answer.stream()) rows += chunk.length
    expect(rows).toBe(100_000)
  })

  it('gives the query id that was asked for, and settings their effect', async () => {
    const query_id = randomUUID()
    const answer = await writer.query({
      query: "SELECT getSetting('max_block_size') AS s",
      query_id,
      format: 'JSONEachRow',
      clickhouse_settings: { max_block_size: '1234', wait_end_of_query: 1 },
    })
    expect(answer.query_id).toBe(query_id)
    expect(await answer.json()).toEqual([{ s: 1234 }])
  })

  it.each([
    ['SELECT * FROM nowhere', '60', 'UNKNOWN_TABLE'],
    ['SELEC', '62', 'SYNTAX_ERROR'],
    ["SELECT throwIf(1, 'told')", '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
    ['DROP TABLE t', '164', 'READONLY'],
  ])('reads the error of %s', async (query, code, type) => {
    const cause = await reader.query({ query }).catch((error: unknown) => error)
    expect(cause).toBeInstanceOf(ClickHouseError)
    expect(cause).toMatchObject({ code, type })
  })

  it('reads the errors of an insert and of wrong credentials', async () => {
    await expect(writer.insert({ table: 't', values: [{ id: 'x' }], format: 'JSONEachRow' })).rejects.toMatchObject({
      code: '27',
    })
    const stranger = createClient({ url: store.child.url, username: 'reader', password: 'no', log: { level: 127 } })
    await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: '516',
      type: 'AUTHENTICATION_FAILED',
    })
    await stranger.close()
  })

  it('is told why sessions and roles are not to be had', async () => {
    await expect(reader.query({ query: 'SELECT 1', session_id: 's' })).rejects.toMatchObject({ code: '48' })
  })
})
