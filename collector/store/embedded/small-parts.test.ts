// Tests the parts of the embedded store that need no engine: lanes, claims, passwords, names, errors, forms.

import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { authenticate } from './authentication.ts'
import { openLane } from './bounded-lane.ts'
import { epochOf, openClaim } from './claim.ts'
import { asException, httpStatus, refusal } from './exception.ts'
import { readFailpoints } from './failpoints.ts'
import { formBoundary, readForm } from './form-body.ts'
import { refuseForeign } from './loopback-only.ts'
import { readOrMakeAccounts } from './passwords.ts'
import { parameterAssignments } from './query-guard.ts'
import { readQueryRequest } from './query-request.ts'
import { admittedSettings } from './reader-settings.ts'
import { openRestartPolicy } from './restart-policy.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'eastwest-parts-'))
const accounts = {
  writer: { username: 'eastwest', password: 'w' },
  reader: { username: 'reader', password: 'r' },
}
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('a lane', () => {
  it('runs as many tasks as it is wide, keeps order, and refuses what finds no place', async () => {
    const lane = openLane({ width: 1, maxWaiting: 2 })
    const { signal } = new AbortController()
    const order: number[] = []
    const release: (() => void)[] = []
    const task = (number: number) => () =>
      new Promise<void>((resolve) => {
        order.push(number)
        release.push(resolve)
      })
    const first = lane.run(task(1), signal)
    const second = lane.run(task(2), signal)
    const third = lane.run(task(3), signal)
    await expect(lane.run(task(4), signal)).rejects.toMatchObject({ code: 202 })
    expect(order).toEqual([1])
    release[0]?.()
    await first
    expect(order).toEqual([1, 2])
    release[1]?.()
    await second
    release[2]?.()
    await third
    expect(order).toEqual([1, 2, 3])
    expect(lane.depth()).toBe(0)
  })

  it('gives a place back when its owner leaves or fails', async () => {
    const lane = openLane({ width: 1, maxWaiting: 1 })
    const gone = new AbortController()
    let release: () => void = () => undefined
    const { signal } = new AbortController()
    const first = lane.run(() => new Promise<void>((resolve) => (release = resolve)), signal)
    const second = lane.run(async () => 'ran', gone.signal)
    gone.abort()
    await expect(second).rejects.toThrow('aborted')
    const third = lane.run(() => Promise.reject(new Error('failed')), signal)
    release()
    await first
    await expect(third).rejects.toThrow('failed')
    expect(await lane.run(async () => 'ran', signal)).toBe('ran')
  })
})

describe('a claim', () => {
  it('outlives restarts, rises and never falls', () => {
    const path = join(folder(), 'claim')
    const claim = openClaim(path)
    claim.admit(undefined)
    expect(claim.highest()).toBeUndefined()
    claim.raise(7)
    expect(() => claim.admit(undefined)).toThrow('stale owner')
    expect(() => claim.admit(6)).toThrow('belongs to claim 7')
    claim.admit(7)
    claim.admit(9)
    const reopened = openClaim(path)
    expect(reopened.highest()).toBe(9)
    expect(() => reopened.raise(8)).toThrow('stale owner')
  })

  it('is not guessed from a damaged file', () => {
    const path = join(folder(), 'claim')
    writeFileSync(path, 'seven\n')
    expect(() => openClaim(path)).toThrow('must hold the epoch')
  })

  it.each(['-1', '1.5', '', 'x', '9007199254740993', '1, 2'])('%j is no epoch', (text) => {
    expect(() => epochOf(text)).toThrow('X-Eastwest-Claim')
  })
})

describe('the passwords', () => {
  it('are made once, are private, and stay', () => {
    const directory = folder()
    const made = readOrMakeAccounts(directory, (size) => Buffer.alloc(size, 7))
    const path = join(directory, 'store-writer.password')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').trim()).toBe(made.writer.password)
    expect(readOrMakeAccounts(directory, (size) => Buffer.alloc(size, 8))).toEqual(made)
  })

  it('of a file that holds something else are not taken', () => {
    const directory = folder()
    writeFileSync(join(directory, 'store-writer.password'), '\n')
    expect(() => readOrMakeAccounts(directory, (size) => Buffer.alloc(size))).toThrow(
      'does not hold a generated password',
    )
  })
})

describe('authentication', () => {
  it.each([
    [{ authorization: basic('reader:r') }, '', 'reader'],
    [{ authorization: basic('eastwest:w') }, '', 'writer'],
    [{ 'x-clickhouse-user': 'eastwest', 'x-clickhouse-key': 'w' }, '', 'writer'],
    [{}, 'user=reader&password=r', 'reader'],
  ])('%j %s is the %s', (headers, url, role) => {
    expect(authenticate(headers, new URLSearchParams(url), accounts)).toBe(role)
  })

  it.each([
    [{}, '', 194],
    [{ authorization: basic('reader:w') }, '', 516],
    [{ authorization: basic('eastwest') }, '', 516],
    [{ authorization: 'Bearer r' }, '', 516],
    [{ authorization: basic('default:') }, '', 516],
    [{ 'x-clickhouse-user': 'eastwest' }, '', 516],
    [{ authorization: basic('reader:x') }, 'user=eastwest&password=w', 516],
  ])('%j %s is refused with %i', (headers, url, code) => {
    expect(() => authenticate(headers, new URLSearchParams(url), accounts)).toThrow(`Code: ${code}.`)
  })
})

describe('web pages', () => {
  it.each([
    [{ host: 'localhost:18123' }],
    [{ host: '127.0.0.1' }],
    [{ host: '[::1]:1' }],
    [{ host: 'localhost:1', origin: 'http://localhost:3000' }],
  ])('%j is from here', (headers) => {
    expect(() => refuseForeign(headers)).not.toThrow()
  })

  it.each([
    [{}],
    [{ host: 'evil.example' }],
    [{ host: 'localhost.evil.example:18123' }],
    [{ host: '127.0.0.1.nip.io' }],
    [{ host: 'localhost', origin: 'https://evil.example' }],
    [{ host: 'localhost', origin: 'null' }],
    [{ host: 'localhost', 'sec-fetch-site': 'cross-site' }],
  ])('%j is refused', (headers) => {
    expect(() => refuseForeign(headers)).toThrow('Code: 497.')
  })
})

describe('an exception', () => {
  it.each([
    [62, 400],
    [60, 404],
    [516, 403],
    [194, 401],
    [202, 503],
    [236, 409],
    [243, 507],
    [48, 501],
    [159, 408],
    [395, 500],
  ])('%i answers %i', (code, status) => {
    expect(httpStatus(code)).toBe(status)
  })

  it('keeps the code of the engine, and tells a full disk from a fault', () => {
    expect(asException(new Error('Query failed: Code: 60. DB::Exception: No t. (UNKNOWN_TABLE)'))).toMatchObject({
      code: 60,
      detail: 'No t. (UNKNOWN_TABLE)',
    })
    expect(asException(Object.assign(new Error('write'), { code: 'ENOSPC' })).code).toBe(243)
    expect(asException(new Error('odd')).code).toBe(1002)
    expect(refusal('ABORTED', 'no').message).toBe('Code: 236. DB::Exception: no. (ABORTED)')
  })
})

describe('settings of a request', () => {
  const caps = { max_execution_time: 30 }
  const admit = (name: string, value: string, trusted: boolean) =>
    Object.fromEntries(admittedSettings(new Map([[name, value]]), trusted, caps))

  it.each([
    ['wait_end_of_query', '1', {}],
    ['output_format_json_quote_64bit_integers', '0', { output_format_json_quote_64bit_integers: '0' }],
    ['max_execution_time', '5', { max_execution_time: '5' }],
    ['max_execution_time', '0', { max_execution_time: '30' }],
    ['max_execution_time', '900', { max_execution_time: '30' }],
  ])('%s = %s is taken from a reader', (name, value, admitted) => {
    expect(admit(name, value, false)).toEqual(admitted)
  })

  it.each([
    'max_memory_usage',
    'output_format_schema',
    'format_schema',
    'additional_table_filters',
    'dialect',
    'allow_experimental_eval_table_function',
  ])('%s is refused to a reader and taken from the writer', (name) => {
    expect(() => admit(name, '1', false)).toThrow('Code: 164.')
    expect(admit(name, '1', true)).toEqual({ [name]: '1' })
  })

  it('cannot bring SQL in their names', () => {
    expect(() => admit("a = 1, readonly = 0 --'", '1', true)).toThrow('Code: 115.')
  })
})

describe('a request', () => {
  it.each([
    ['session_id=a', 48],
    ['compress=1', 48],
    ['decompress=1', 48],
    ['role=a', 48],
    ['database=a%60b', 81],
    ['default_format=a%27', 73],
    ['query_id=a%0d%0ab', 36],
    ['param_a%27=1', 36],
  ])('with %s is refused with %i', (url, code) => {
    expect(() => readQueryRequest({}, new URLSearchParams(url))).toThrow(`Code: ${code}.`)
  })

  it.each([
    ['gzip, deflate', true],
    ['br;q=1.0, gzip;q=0.8', true],
    ['gzip;q=0', false],
    ['deflate', false],
  ])('that accepts %s gets gzip: %s', (accepts, gzip) => {
    const url = new URLSearchParams('enable_http_compression=1')
    expect(readQueryRequest({ 'accept-encoding': accepts }, url).gzip).toBe(gzip)
  })

  it('binds values of any bytes by literals that cannot be left', () => {
    const text = parameterAssignments(new Map([['a', "x' , readonly = 0 -- \\ \n\0 é"]]))
    expect(text).toMatch(/^param_a = '[^'\n\0]*'$/)
    expect(text).toContain('x\\x27 , readonly = 0 -- \\x5c \\x0a\\x00 \\xc3\\xa9')
  })
})

describe('a form', () => {
  const form = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'))

  it('gives its fields, line ends and boundaries within values included', () => {
    const body = form(
      '--b\nContent-Disposition: form-data; name="query"\n\nSELECT 1\n--bc\n--b\nContent-Disposition: form-data; name="param_x"\n\n\n--b--\n',
    )
    expect(formBoundary('multipart/form-data; boundary="b"')).toBe('b')
    expect(Object.fromEntries(readForm(body, 'b'))).toEqual({ query: 'SELECT 1\r\n--bc', param_x: '' })
    expect(() => readForm(body.subarray(0, 40), 'b')).toThrow('Code: 36.')
    expect(() =>
      readForm(form('--b\nContent-Disposition: form-data; name="f"; filename="x"\n\nx\n--b--'), 'b'),
    ).toThrow('Code: 48.')
  })
})

describe('a restart', () => {
  it('waits twice as long each time, up to a bound, and forgets after a sound run', () => {
    const waitAfter = openRestartPolicy({ firstMs: 100, maxMs: 1000, soundMs: 30_000 })
    expect([0, 0, 0, 0, 0, 0].map(waitAfter)).toEqual([100, 200, 400, 800, 1000, 1000])
    expect(waitAfter(30_000)).toBe(100)
  })
})

describe('failpoints', () => {
  it('strike at the named passing, once', () => {
    const strike = readFailpoints('store:before-insert=2, log:append=1')
    expect(
      ['store:before-ack', 'store:before-insert', 'store:before-insert', 'store:before-insert'].map(strike),
    ).toEqual([false, false, true, false])
    expect(() => readFailpoints('store:before-insert')).toThrow('must be like')
  })
})
