// Tests that the reader can read tables and nothing else: no change, no setting, no file, no network, no other's query.

import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore } from '../../../test/support/embedded-store.ts'

let store: EmbeddedStore
let secretPath: string
let visits = 0
const site = createServer((_, reply) => {
  visits++
  reply.end('{"a":"fetched"}\n')
})
let siteUrl: string

beforeAll(async () => {
  store = await startEmbeddedStore()
  secretPath = join(store.directory, 'secret.csv')
  writeFileSync(secretPath, 'canary\n')
  await store.ask('CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a')
  await store.ask("INSERT INTO t VALUES ('kept')")
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}/x.json`
})
afterAll(async () => {
  site.close()
  await store.end()
})

describe('the reader', () => {
  it.each([
    "INSERT INTO t VALUES ('x')",
    "INSERT INTO t SELECT 'x'",
    'CREATE TABLE u (a String) ENGINE = Memory',
    'CREATE TEMPORARY TABLE u (a String)',
    'DROP TABLE t',
    'ALTER TABLE t DELETE WHERE 1',
    'TRUNCATE TABLE t',
    'OPTIMIZE TABLE t FINAL',
    'SET max_threads = 1',
    'SET readonly = 0',
    'USE system',
    'KILL QUERY WHERE 1',
    'SYSTEM STOP MERGES',
    'SELECT 1 SETTINGS max_execution_time = 900',
    'SELECT 1 SETTINGS readonly = 0',
    'SELECT 1; DROP TABLE t',
    'EXECUTE AS default SELECT 1',
  ])('cannot: %s', async (sql) => {
    const answer = await store.ask(sql, { as: 'reader' })
    expect([400, 403]).toContain(answer.status)
    expect((await store.ask('SELECT a FROM t')).text).toBe('kept\n')
  })

  it.each([
    "SELECT file('PATH')",
    "SELECT `file`('PATH')",
    'SELECT "file"(\'PATH\')',
    "SELECT `\\x66ile`('PATH')",
    "SELECT * APPLY file FROM (SELECT 'PATH')",
    "SELECT * APPLY(file) FROM (SELECT 'PATH')",
    "SELECT arrayMap(file, ['PATH'])",
    "SELECT arrayMap(x -> file(x), ['PATH'])",
    "SELECT arrayMap({f:Identifier}, ['PATH'])",
    "SELECT * FROM file('PATH', 'LineAsString')",
    'SELECT * FROM `PATH`',
    "DESCRIBE TABLE file('PATH', 'CSV')",
    "EXPLAIN SELECT * FROM file('PATH', 'LineAsString')",
    "SELECT * FROM eval('SELECT file(\\'PATH\\')')",
    "SELECT * FROM filesystem('PATH')",
    "SELECT /* */ file /* */ ('PATH')",
    "SELECT * FROM (SELECT file('PATH')) FORMAT JSON",
    "WITH file('PATH') AS x SELECT x",
    "SELECT 1 INTO OUTFILE 'PATH' TRUNCATE",
    "SELECT 1 INTO OUTFILE 'PATH' APPEND FORMAT CSV",
  ])('cannot touch a file: %s', async (template) => {
    const url = { param_f: 'file' }
    const answer = await store.ask(template.replace('PATH', secretPath), { as: 'reader', url })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.text).not.toContain('canary')
    expect(readFileSync(secretPath, 'utf8')).toBe('canary\n')
  })

  it.each([
    "SELECT * FROM url('SITE', 'JSONEachRow')",
    "DESCRIBE TABLE url('SITE', 'JSONEachRow')",
    "SELECT * FROM s3('SITE', 'JSONEachRow', 'a String')",
    "SELECT * FROM urlCluster('c', 'SITE', 'JSONEachRow')",
    "SELECT * FROM remote('127.0.0.1:9000', 'system.one')",
    "SELECT * FROM mysql('127.0.0.1:3306', 'a', 'b', 'c', 'd')",
  ])('reaches no network: %s', async (template) => {
    for (const as of ['reader', 'writer'] as const) {
      const answer = await store.ask(template.replace('SITE', siteUrl), { as })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    expect(visits).toBe(0)
  })

  it.each([
    ["CREATE TABLE f (a String) ENGINE = File(LineAsString, 'PATH')", 403],
    ["CREATE TABLE f (a String) ENGINE = URL('SITE', JSONEachRow)", 403],
    ["INSERT INTO t SELECT * FROM file('PATH', 'LineAsString')", 403],
    ["INSERT INTO t FROM INFILE 'PATH' FORMAT LineAsString", 501],
    ["INSERT INTO FUNCTION file('PATH') SELECT 1", 501],
    ["BACKUP TABLE t TO File('PATH')", 403],
    ["CREATE DATABASE d ENGINE = Filesystem('/')", 403],
    ['SYSTEM SHUTDOWN', 403],
    ["SELECT 1 INTO OUTFILE 'PATH'", 501],
  ])('the writer cannot either: %s', async (template, status) => {
    const answer = await store.ask(template.replace('PATH', secretPath).replace('SITE', siteUrl))
    expect([template, answer.status, answer.text.slice(0, 200)]).toEqual([template, status, expect.anything()])
  })

  it('may lower its limits and say how results look, and keeps what it was given otherwise', async () => {
    const asked = (name: string, value: string) =>
      store.ask(`SELECT getSetting('${name}')`, { as: 'reader', url: { [name]: value } })
    expect((await asked('max_execution_time', '5')).text).toBe('5\n')
    expect((await asked('max_execution_time', '900')).text).toBe('30\n')
    expect((await asked('max_threads', '1')).text).toBe('1\n')
    expect((await asked('max_memory_usage', '0')).text).toContain('Code: 164.')
    expect((await store.ask("SELECT getSetting('readonly')", { as: 'reader' })).text).toBe('1\n')
  })

  it('finds words such as file in strings, aliases and comments harmless', async () => {
    const answer = await store.ask("SELECT 'file' AS a -- file of OUTFILE", { as: 'reader' })
    expect(answer).toMatchObject({ status: 200, text: 'file\n' })
  })
})
