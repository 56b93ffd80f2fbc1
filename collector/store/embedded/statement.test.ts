// Tests that one SQL text is told apart from several, from data, and from access to files.

import { describe, expect, it } from 'vitest'
import { readStatement } from './statement.ts'

describe('a statement', () => {
  it.each([
    ['SELECT 1', undefined, 'SELECT 1', ''],
    ['SELECT 1;', undefined, 'SELECT 1', ''],
    ['select 1 format JSON', 'JSON', 'select 1 ', ''],
    ['SELECT 1 -- FORMAT CSV', undefined, 'SELECT 1', ''],
    ['SELECT 1 FORMAT TSV SETTINGS max_threads=1', 'TSV', 'SELECT 1 ', ' SETTINGS max_threads=1'],
    ['SELECT 1 SETTINGS max_threads=1 FORMAT TSV /* end */ ;', 'TSV', 'SELECT 1 SETTINGS max_threads=1 ', ''],
    ["SELECT 'a;b' AS format", undefined, "SELECT 'a;b' AS format", ''],
    ['SELECT format FROM t', undefined, 'SELECT format FROM t', ''],
    ['(SELECT 1) UNION ALL (SELECT 2) FORMAT Native', 'Native', '(SELECT 1) UNION ALL (SELECT 2) ', ''],
    ['WITH 1 AS x SELECT x', undefined, 'WITH 1 AS x SELECT x', ''],
    ['/* hi */ SHOW TABLES', undefined, '/* hi */ SHOW TABLES', ''],
    ["EXPLAIN SELECT '\\'; DROP TABLE t'", undefined, "EXPLAIN SELECT '\\'; DROP TABLE t'", ''],
  ])('%s reads', (text, format, query, tail) => {
    expect(readStatement(text)).toMatchObject({ kind: 'read', format, query, tail })
  })

  it.each([
    ['CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a', undefined],
    ['KILL QUERY WHERE 1 FORMAT JSON', 'JSON'],
    ['INSERT INTO t SELECT * FROM s', undefined],
    ['INSERT INTO t (a) (SELECT 1)', undefined],
    ['INSERT INTO t (a) WITH 1 AS x SELECT x', undefined],
    ['SET max_threads = 1', undefined],
    ['KILL QUERY WHERE 1', undefined],
  ])('%s changes something', (text, format) => {
    expect(readStatement(text)).toMatchObject({ kind: 'write', format })
  })

  it.each([
    ['INSERT INTO t FORMAT CSV', 'INSERT INTO t', '', 'CSV', ''],
    ['INSERT INTO t (a, `b c`) FORMAT Native\n\x01\x02', 'INSERT INTO t (a, `b c`)', '', 'Native', '\x01\x02'],
    ["INSERT INTO d.t SETTINGS x = 1, y = 'z' FORMAT TSV\r\n1\n", 'INSERT INTO d.t', "x = 1, y = 'z'", 'TSV', '1\n'],
    ['INSERT INTO t FORMAT JSONEachRow {"a":1}', 'INSERT INTO t', '', 'JSONEachRow', '{"a":1}'],
    ["INSERT INTO t (values, format) VALUES ('it''s')", 'INSERT INTO t (values, format)', '', 'Values', " ('it''s')"],
    ['insert into t format CSV\n"x\n\nDROP TABLE t', 'insert into t', '', 'CSV', '"x\n\nDROP TABLE t'],
  ])('%j inserts what follows', (text, target, settings, format, data) => {
    const statement = readStatement(text)
    expect(statement).toMatchObject({ kind: 'insert', target, settings, format })
    expect(statement.kind === 'insert' && text.slice(statement.dataAt)).toBe(data)
  })

  it.each([
    ['SELECT 1; SELECT 2', 'multi-statements'],
    ['SELECT 1; DROP TABLE t', 'multi-statements'],
    ['SELECT 1 /* ; */ ;; SELECT 2', 'multi-statements'],
    ["SELECT '' ; SET readonly = 0", 'multi-statements'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 'OUTFILE'],
    ["SELECT 1 into /* x */ outfile '/tmp/x'", 'OUTFILE'],
    ["INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", 'INFILE'],
    ["INSERT INTO FUNCTION file('/tmp/x') VALUES (1)", 'INSERT INTO FUNCTION'],
    ["INSERT INTO TABLE FUNCTION file('/tmp/x') SELECT 1", 'INSERT INTO FUNCTION'],
    ['SELECT $$text$$', 'here-documents'],
    ["SELECT 'open", 'does not end'],
    ['SELECT /* open', 'does not end'],
    ['SELECT `\\x66ile`(1)', 'backslash'],
    ["SELECT x'4z'", 'does not have'],
    ['SELECT \u2018a\u2019', 'does not have'],
    ["SELECT 1 // '\n INTO OUTFILE '/tmp/x' -- '", 'OUTFILE'],
    ['SELECT /* /* */ 1', 'holds another'],
    ['SELECT .5file(1)', 'runs into a name'],
    ['SELECT 1e5x', 'runs into a name'],
    ['', 'empty query'],
    [' -- nothing', 'empty query'],
    ['INSERT INTO t', 'needs FORMAT'],
  ])('%s is refused', (text, reason) => {
    expect(() => readStatement(Buffer.from(text).toString('latin1'))).toThrow(reason)
  })

  it('names its places and every name that could be a function', () => {
    const statement = readStatement('SELECT {a:String}, * APPLY(File), "eval"(\'hidden\') FROM {t:Identifier}')
    if (statement.kind !== 'read') throw new Error('read expected')
    expect([...statement.places]).toEqual([
      ['a', 'String'],
      ['t', 'Identifier'],
    ])
    expect(statement.names.has('file')).toBe(true)
    expect(statement.names.has('eval')).toBe(true)
    expect(statement.names.has('hidden')).toBe(false)
  })

  it('reads a string of megabytes', () => {
    expect(readStatement(`SELECT '${"a''".repeat(500_000)}'`)).toMatchObject({ kind: 'read' })
  })
})
