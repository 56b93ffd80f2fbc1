// What hostile senders post, each with its refusal, its quarantine reason, or what it is taken for: data for tests and benchmark.

import { gzipSync } from 'node:zlib'

export type Body = Uint8Array<ArrayBuffer>

export interface Vector {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Made anew by each call: some are large. */
  readonly body: () => Body
}

export interface RefusedVector extends Vector {
  readonly status: number
  readonly code: string
  /** The setting that would let it pass, or `''`. */
  readonly setting: string
}

export interface QuarantinedVector extends Vector {
  readonly reason: string
}

export interface HarmlessVector extends Vector {
  /** Subject of the event it is. */
  readonly subject: string
}

const mebi = 1024 * 1024
const plain = { 'content-type': 'text/plain' }
const json = { 'content-type': 'application/json' }
const gzip = { ...plain, 'content-encoding': 'gzip' }
const gzipJson = { ...json, 'content-encoding': 'gzip' }
const bytes = (data: string | Uint8Array): Body => Uint8Array.from(Buffer.from(data))
const zipped = (data: string | Uint8Array): Body => bytes(gzipSync(data))

/** One JSON object of so many keys. */
export function manyKeys(count: number): string {
  return `{${Array.from({ length: count }, (_, at) => `"k${at.toString(36)}":1`).join()}}`
}

const deepLists = (levels: number): Buffer => Buffer.alloc(levels, '[')
const deepObjects = (levels: number): Buffer => Buffer.alloc(levels * 5, '{"a":')
const bomb = (mebibytes: number, of: number): Body => zipped(Buffer.alloc(mebibytes * mebi, of))

type Refused = readonly [
  name: string,
  body: () => Body,
  headers: Vector['headers'],
  status: number,
  code: string,
  setting: string,
]

const refused: readonly Refused[] = [
  ['nothing', () => bytes('\r\n'), plain, 400, 'empty-body', ''],
  ['nothing but blank lines', () => bytes('\n'.repeat(mebi)), plain, 400, 'empty-body', ''],
  ['a web page', () => bytes('x'), { 'content-type': 'text/html' }, 415, 'content-type', ''],
  [
    'a form with files',
    () => bytes('x'),
    { 'content-type': 'multipart/form-data; boundary=x' },
    415,
    'content-type',
    '',
  ],
  ['brotli', () => bytes('x'), { ...plain, 'content-encoding': 'br' }, 415, 'content-encoding', ''],
  ['two encodings', () => bytes('x'), { ...plain, 'content-encoding': 'gzip, gzip' }, 415, 'content-encoding', ''],
  ['text that is called gzip', () => bytes('a=1\n'), gzip, 400, 'broken-gzip', ''],
  ['a gzip cut short', () => bytes(gzipSync('a=1\n'.repeat(99)).subarray(0, -4)), gzip, 400, 'broken-gzip', ''],
  [
    'a gzip with something behind it',
    () => bytes(Buffer.concat([gzipSync('a=1\n'), Buffer.from('\u001f\u008bjunk', 'latin1')])),
    gzip,
    400,
    'broken-gzip',
    '',
  ],
  ['a gzip bomb', () => bomb(64, 0x61), gzip, 413, 'inflated-too-large', 'receivers.http.inflatedBytes'],
  [
    'a gzip bomb of two members',
    () => bytes(Buffer.concat([bomb(20, 0x0a), bomb(20, 0x0a)])),
    gzip,
    413,
    'inflated-too-large',
    'receivers.http.inflatedBytes',
  ],
  ['lists five million deep', () => bytes(deepLists(5e6)), json, 400, 'too-deep', 'decoders.limits.depth'],
  ['lists five million deep as text', () => bytes(deepLists(5e6)), plain, 400, 'too-deep', 'decoders.limits.depth'],
  ['lists five million deep in gzip', () => zipped(deepLists(5e6)), gzipJson, 400, 'too-deep', 'decoders.limits.depth'],
  [
    'objects five million deep',
    () => zipped(deepObjects(5e6)),
    gzipJson,
    413,
    'record-too-long',
    'receivers.http.lineBytes',
  ],
  [
    'objects five million deep over two lines',
    () => zipped(Buffer.concat([Buffer.from('{"a":\n'), deepObjects(5e6)])),
    gzipJson,
    400,
    'too-deep',
    'decoders.limits.depth',
  ],
  ['a million keys', () => bytes(manyKeys(1e6)), json, 413, 'body-too-large', 'receivers.http.bodyBytes'],
  ['a million keys in gzip', () => zipped(manyKeys(1e6)), gzipJson, 413, 'record-too-long', 'receivers.http.lineBytes'],
  [
    'a million keys in a list',
    () => zipped(`[${manyKeys(1e6)}]`),
    gzipJson,
    413,
    'record-too-long',
    'receivers.http.lineBytes',
  ],
  ['a million records', () => zipped('1\n'.repeat(1e6)), gzip, 413, 'too-many-records', 'receivers.http.records'],
  [
    'a million records in a list',
    () => zipped(`[${'{},'.repeat(1e6)}{}]`),
    gzipJson,
    413,
    'too-many-records',
    'receivers.http.records',
  ],
  [
    'a body that is too large',
    () => bytes(Buffer.alloc(9 * mebi, 'a\n')),
    plain,
    413,
    'body-too-large',
    'receivers.http.bodyBytes',
  ],
  [
    'a line that is too long',
    () => bytes('a'.repeat(2 * mebi)),
    plain,
    413,
    'record-too-long',
    'receivers.http.lineBytes',
  ],
  ['JSON that is none', () => bytes('a=1'), json, 400, 'not-json', ''],
  ['a list that never ends', () => bytes(`[${'{"a":1},'.repeat(1e5)}`), json, 400, 'broken-json', ''],
  ['a text that never ends', () => bytes(`["${'a'.repeat(1e5)}`), json, 400, 'broken-json', ''],
  [
    'a long text that never ends',
    () => bytes(`["${'a'.repeat(7 * mebi)}`),
    json,
    413,
    'record-too-long',
    'receivers.http.lineBytes',
  ],
  [
    'texts that are no UTF-8',
    () => bytes(Buffer.concat([Buffer.from('["'), Buffer.alloc(99, 0xff), Buffer.from('"]')])),
    json,
    400,
    'broken-json',
    '',
  ],
  ['two records on one line', () => bytes('{"a":1}{"a":2}'), plain, 400, 'glued-records', ''],
]

export const refusedVectors: readonly RefusedVector[] = refused.map(([name, body, headers, status, code, setting]) => ({
  name,
  body,
  headers,
  status,
  code,
  setting,
}))

const audit = (user: string): string =>
  `2025-03-14 11:42:01 | user_id=${user} | action=REFUND | order=ORD-1 | amount=1.00\n`
const application = (members: string): string =>
  `{"level":"info","ts":"2025-03-14T11:42:01Z","action":"refund","order":"ORD-1"${members}}\n`
const accessed = (members: string): string => `{"start_time":"2026-11-02T09:14:22Z","method":"GET"${members}}\n`

const quarantined: readonly (readonly [name: string, body: () => Body, reason: string])[] = [
  ['many keys', () => bytes(manyKeys(3_000)), 'too-many-keys'],
  ['ninety thousand keys', () => bytes(manyKeys(90_000)), 'too-long'],
  ['deep JSON in one line', () => bytes(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`), 'too-deep'],
  ['JSON that breaks off', () => bytes('{"start_time":"2026-11-02T09:14:22Z","method":'), 'invalid-json'],
  ['a number beyond all bounds', () => bytes(accessed(',"n":1e400')), 'number-out-of-range'],
  ['an amount beyond all bounds', () => bytes(application(',"user_id":"U","amount":1e400')), 'number-out-of-range'],
  ['a key twice', () => bytes(accessed(',"a":1,"a":2')), 'duplicate-keys'],
  ['a key twice, once escaped', () => bytes(accessed(',"ab":1,"\\u0061b":2')), 'duplicate-keys'],
  ['bytes that are no UTF-8', () => bytes(Buffer.from([0x61, 0xff, 0xfe, 0x0a])), 'invalid-utf8'],
  [
    'half a character in an audit line',
    () => bytes(Buffer.concat([Buffer.from('2025-03-14 11:42:01 | user_id='), Buffer.from([0xe2, 0x82])])),
    'invalid-utf8',
  ],
  ['a lone surrogate', () => bytes(application(',"user_id":"USR\\ud800"')), 'invalid-field'],
  ['NUL, escaped', () => bytes(application(',"user_id":"U\\u0000X"')), 'invalid-field'],
  [
    'a line break, escaped',
    () => bytes(application(',"user_id":"U\\r\\n2025-03-14 11:42:01 | user_id=USR-6"')),
    'invalid-field',
  ],
  ['NUL', () => bytes(audit('USR\u00005')), 'log-injection-suspect'],
  ['escape sequences', () => bytes(audit('\u001b[31mUSR-5\u001b[0m')), 'log-injection-suspect'],
  ['text turned around', () => bytes(audit('USR\u202egnp.exe')), 'log-injection-suspect'],
  [
    'a carriage return inside a line',
    () => bytes(audit('USR\r2025-03-14 11:42:01 | user_id=USR-6')),
    'log-injection-suspect',
  ],
  ['SQL behind a blank line', () => bytes("\n\n'; DROP TABLE event_rows; --"), 'unknown-format'],
  [
    'an INSERT behind a blank line',
    () => bytes("\r\n\r\nINSERT INTO event_rows FORMAT Values ('x');\n"),
    'unknown-format',
  ],
]

export const quarantinedVectors: readonly QuarantinedVector[] = quarantined.map(([name, body, reason]) => ({
  name,
  body,
  headers: plain,
  reason,
}))

/** Looks like an attack and is a record: it must be read as what it says and change nothing else. */
const harmless: readonly (readonly [name: string, body: () => Body, subject: string])[] = [
  ['__proto__ as an object', () => bytes(application(',"user_id":"P-1","__proto__":{"user_id":"evil"}')), 'P-1'],
  ['__proto__ in an audit line', () => bytes(audit('P-2 | __proto__=x | constructor=y')), 'P-2'],
  [
    'constructor and prototype',
    () => bytes(application(',"user_id":"P-3","constructor":{"prototype":{"subject":"evil"}}')),
    'P-3',
  ],
  ['CRLF line ends', () => bytes(audit('P-4').replace('\n', '\r\n')), 'P-4'],
  ['SQL in a value', () => bytes(audit("P-5'; DROP TABLE event_rows; --")), "P-5'; DROP TABLE event_rows; --"],
]

/** Looks like an attack and is a record: it is read as what it says and changes nothing else. */
export const harmlessVectors: readonly HarmlessVector[] = harmless.map(([name, body, subject]) => ({
  name,
  body,
  subject,
  headers: plain,
}))

const megabytes = (text: string, count: number): (() => Body) => {
  return () => bytes(`${text.repeat(Math.floor((count * mebi) / text.length) - 1)}\n`)
}
const bearer = 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'

const laborious: readonly (readonly [name: string, body: () => Body])[] = [
  ['a token on each of many lines', megabytes(`${accessed(`,"authorization":"${bearer}"`)}`, 2)],
  ['the beginning of a token on each of many lines', megabytes('eyJhbGciOiJ\n', 0.5)],
  ['a record full of cookies', megabytes('Cookie: a=b; ', 1)],
  ['a record full of passwords', megabytes('Basic dXNlcjpwYXNz ', 1)],
  ['a record full of tokens', megabytes('eyJhbGciOiJIUzI1NiJ9.', 1)],
  ['a record full of backslashes', megabytes('\\', 1)],
  ['a record full of escapes', megabytes('%2D\\u002d', 1)],
  ['markers of keys on many lines', megabytes('-----BEGIN PRIVATE KEY-----\n', 0.7)],
  ['many lines of one letter', megabytes('a\n', 0.1)],
  ['many lines of nothing but braces', megabytes('{}\n', 0.15)],
  ['many lines of stamps', megabytes(`${'2025-03-14 11:42:01 | '.repeat(9)}\n`, 2)],
  ['many lines of backslashes', megabytes(`${'\\'.repeat(200)}\n`, 2)],
]

/** Taken with 200, whatever becomes of their lines: made to keep a reader busy. */
export const laboriousVectors: readonly Vector[] = laborious.map(([name, body]) => ({ name, body, headers: plain }))
