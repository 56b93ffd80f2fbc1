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
    "CREATE DICTIONARY d (a String) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV')) LAYOUT(FLAT()) LIFETIME(0)",
    'CREATE FUNCTION f AS (x) -> file(x)',
    "CREATE NAMED COLLECTION c AS a = 'b'",
    'CREATE VIEW v AS SELECT * FROM system.processes',
    'CREATE USER u IDENTIFIED WITH no_password',
    'GRANT ALL ON *.* TO default',
    'SYSTEM RELOAD CONFIG',
    "BACKUP TABLE t TO File('/tmp/b')",
    'DETACH TABLE t',
    'RENAME TABLE t TO u',
    'DELETE FROM t WHERE 1',
    "UPDATE t SET a = 'x' WHERE 1",
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
    "SELECT * FROM fileCluster('c', 'PATH', 'LineAsString')",
    "SELECT * FROM sqlite('PATH', 't')",
    "SELECT * FROM icebergLocal('PATH')",
    "SELECT * FROM deltaLakeLocal('PATH')",
    "SELECT * FROM executable('cat PATH', 'TSV', 'a String')",
    "SELECT * FROM loop(file('PATH', 'LineAsString'))",
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
    "SELECT * FROM postgresql('127.0.0.1:5432', 'a', 'b', 'c', 'd')",
    "SELECT * FROM mongodb('127.0.0.1:27017', 'a', 'b', 'c', 'd', 'e String')",
    "SELECT * FROM redis('127.0.0.1:6379', 'k', 'k String')",
    "SELECT * FROM remoteSecure('127.0.0.1:9440', 'system.one')",
    "SELECT * FROM s3Cluster('c', 'SITE', 'JSONEachRow', 'a String')",
    "SELECT * FROM gcs('SITE', 'JSONEachRow', 'a String')",
    "SELECT * FROM hdfs('hdfs://127.0.0.1:1/a', 'TSV', 'a String')",
    "SELECT * FROM azureBlobStorage('SITE', 'c', 'b')",
    "SELECT * FROM iceberg('SITE')",
    "SELECT * FROM deltaLake('SITE')",
    "SELECT * FROM hudi('SITE')",
    "SELECT * FROM odbc('DSN=a', 'b', 'c')",
    "SELECT * FROM jdbc('a', 'b', 'c')",
    "SELECT * FROM ytsaurus('SITE', 'a', 'b', 'c String')",
    "SELECT * FROM executable('touch', 'TSV', 'a String')",
    "SELECT * FROM dictionary('d')",
  ])('reaches no network: %s', async (template) => {
    for (const as of ['reader', 'writer'] as const) {
      const answer = await store.ask(template.replace('SITE', siteUrl), { as })
      expect(answer.status).toBeGreaterThanOrEqual(400)
    }
    expect(visits).toBe(0)
  })

  it.each([
    'SELECT * FROM system.processes',
    'SELECT * FROM `system`.`processes`',
    'SELECT * FROM "system" . "processes"',
    'SELECT * FROM system /* of */ . -- it\n processes',
    'SELECT 1 IN (SELECT elapsed FROM system.processes)',
    'WITH (SELECT count() FROM system.processes) AS n SELECT n',
    'SELECT 1 IN system.processes',
    'SELECT * FROM system.one AS a JOIN system.processes AS b ON 1',
    'SELECT count() FROM view(SELECT * FROM system.processes)',
    'EXPLAIN SELECT * FROM system.processes',
    'DESCRIBE TABLE system.processes',
    'SELECT * FROM system.{t:Identifier}',
    'SELECT * FROM {d:Identifier}.processes',
    'SELECT * FROM {w:Identifier}',
    "SELECT * FROM merge('system', '^processes$')",
    "SELECT * FROM merge(REGEXP('sys.*'), '^processes$')",
    "SELECT * FROM loop('system', 'processes')",
    "SELECT * FROM cluster('default', system, processes)",
    "SELECT * FROM clusterAllReplicas('default', 'system.processes')",
    'SELECT * FROM "system.processes"',
    'SELECT * FROM System.processes',
    'SHOW PROCESSLIST',
    '/* */ SHOW -- \n PROCESSLIST',
    'SHOW FULL PROCESSLIST',
    'SHOW MERGES',
    'SHOW CLUSTERS',
    'SHOW ENGINES',
    'SHOW USERS',
    'SHOW GRANTS',
    'SHOW ACCESS',
    'SHOW CREATE USER default',
    'SHOW FILESYSTEM CACHES',
    ...'disks errors events macros merges metrics named_collections parts processes query_log replicas'
      .split(' ')
      .map((table) => `SELECT * FROM system.${table}`),
    ...'server_settings stack_trace storage_policies user_directories users zookeeper'
      .split(' ')
      .map((table) => `SELECT * FROM system.${table}`),
  ])('sees nothing of the engine and of others’ queries: %s', async (sql) => {
    const url = { param_t: 'processes', param_d: 'system', param_w: 'system.processes' }
    const answer = await store.ask(sql, { as: 'reader', url })
    expect([sql, answer.status >= 400, answer.status]).toEqual([sql, true, expect.any(Number)])
  })

  it('does not get there by its database either, and the writer gets there', async () => {
    for (const database of ['system', 'SYSTEM']) {
      const answer = await store.ask('SELECT count() FROM processes', { as: 'reader', url: { database } })
      expect(answer.status).toBe(403)
    }
    expect((await store.ask('SELECT count() > 0 FROM system.processes')).text).toBe('1\n')
  })

  it.each([
    // What Grafana's plugin asks to list what there is.
    'SELECT name FROM system.databases ORDER BY name',
    "SELECT name FROM system.tables WHERE database = 'default' ORDER BY name",
    "SELECT database, table, name, type, comment FROM system.columns WHERE database = 'default'",
    'SELECT name FROM system.functions LIMIT 1',
    'SHOW DATABASES',
    'SHOW TABLES FROM "default"',
    'DESC TABLE "default"."t"',
    'SHOW CREATE TABLE t',
    "SELECT value FROM system.settings WHERE name = 'readonly'",
    'SELECT version()',
    'SELECT displayName(), version(), revision(), timezone()',
    'SELECT number FROM system.numbers LIMIT 1',
    "SELECT 'system.processes' AS processes -- system.processes",
  ])('finds its way: %s', async (sql) => {
    const answer = await store.ask(sql, { as: 'reader' })
    expect([sql, answer.status, answer.text.length > 0]).toEqual([sql, 200, true])
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
