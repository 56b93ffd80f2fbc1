// Tests that what is inserted or bound is data whatever it says: SQL in it is stored, not run.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore } from '../../../test/support/embedded-store.ts'

let store: EmbeddedStore

beforeAll(async () => {
  store = await startEmbeddedStore()
})
afterAll(() => store.end())
beforeEach(async () => {
  await store.ask('DROP TABLE IF EXISTS victim')
  await store.ask('DROP TABLE IF EXISTS target')
  await store.ask('CREATE TABLE victim (a String) ENGINE = MergeTree ORDER BY a')
  await store.ask("CREATE TABLE target (a String, b String DEFAULT concat('of ', a)) ENGINE = MergeTree ORDER BY a")
})

const victimStands = async (): Promise<boolean> => (await store.ask('EXISTS TABLE victim')).text === '1\n'
const stored = async (): Promise<readonly string[]> =>
  (await store.ask('SELECT a FROM target ORDER BY a FORMAT JSONCompactEachRow')).text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as readonly [string])[0])

/** What UTF-8 makes of a text: lone surrogates become U+FFFD. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

const drop = '\n\nDROP TABLE victim\n'

describe('the data of an insert', () => {
  it.each([
    ['JSONEachRow', `{"a":"1","b":"2"}${drop}`, 27],
    ['JSONEachRow', `{"a":"1"}\n;\n\nDROP TABLE victim;\n`, undefined],
    ['CSV', `1,2${drop}`, 27],
    ['TSV', `1\t2${drop}`, 27],
    ['Native', `garbage${drop}`, 33],
    ['RowBinary', `garbage${drop}`, 33],
    ['Values', `('1','2');${drop}`, undefined],
    ['JSONCompactEachRow', `["1","2"]${drop}`, 27],
  ])('%s with SQL after a blank line drops nothing', async (format, body, code) => {
    const inUrl = await store.ask(`INSERT INTO target FORMAT ${format}`, { body })
    const inBody = await store.ask(`INSERT INTO target FORMAT ${format}\n${body}`)
    for (const answer of [inUrl, inBody]) {
      if (code !== undefined) expect(answer.text).toContain(`Code: ${code}.`)
    }
    expect(await victimStands()).toBe(true)
    // All or nothing: an insert that was refused has stored none of its rows.
    if (code !== undefined) expect(await stored()).toEqual([])
  })

  it.each([
    ['CSV', `"x${drop}","y"\n`],
    ['JSONEachRow', `{"a":"x\\n\\nDROP TABLE victim\\n"}\n`],
    ['TSV', 'x\\n\\nDROP TABLE victim\\n\ty\n'],
    ['Values', `('x${drop}', 'y')`],
  ])('%s keeps a blank line within a value', async (format, body) => {
    expect((await store.ask(`INSERT INTO target FORMAT ${format}`, { body })).status).toBe(200)
    expect(await stored()).toEqual([`x${drop}`])
    expect(await victimStands()).toBe(true)
  })

  it('fills left-out columns as the table says, from URL and body, large and empty', async () => {
    expect((await store.ask('INSERT INTO target (a) FORMAT JSONEachRow', { body: '{"a":"1"}\n' })).status).toBe(200)
    expect((await store.ask("INSERT INTO target (a) VALUES ('2'), (concat('3', ''))")).status).toBe(200)
    expect((await store.ask('INSERT INTO target FORMAT CSV', { body: '' })).status).toBe(200)
    const lines = Array.from({ length: 200_000 }, (_, at) => `${at + 10}\n`).join('')
    const large = await store.ask(`INSERT INTO target (a) FORMAT TSV\n${lines}`)
    expect(JSON.parse(large.headers.get('x-clickhouse-summary') ?? '')).toMatchObject({ written_rows: '200000' })
    expect((await store.ask("SELECT count(), countIf(b = concat('of ', a)) FROM target")).text).toBe('200003\t200003\n')
  })

  it('takes settings from the statement and the URL', async () => {
    const url = { async_insert: '0', insert_deduplicate: '0', max_insert_block_size: '1048449' }
    const sql = 'INSERT INTO target (a) SETTINGS input_format_null_as_default = 1 FORMAT JSONEachRow'
    expect((await store.ask(sql, { url, body: '{"a":null}' })).status).toBe(200)
    expect(await stored()).toEqual([''])
  })

  it('leaves no file behind, whether it was stored or refused', async () => {
    await store.ask('INSERT INTO target FORMAT CSV', { body: '1,2\n' })
    await store.ask('INSERT INTO target FORMAT Native', { body: 'garbage' })
    await store.ask('SELECT throwIf(number = 100000) FROM numbers(1000000)')
    const own = join(realpathSync(store.directory), 'store')
    const name = createHash('sha256').update(own).digest('hex').slice(0, 16)
    const folders = [join(own, 'spool'), `/dev/shm/eastwest-store-${name}`].filter((folder) => existsSync(folder))
    expect(folders.flatMap((folder) => readdirSync(folder))).toEqual([])
  })

  it('is stored byte for byte, whatever it says', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom("'; DROP TABLE victim; --", '\n\n', '\\', '\0', '`', '/*', '$$', "\\'", '{x:String}', drop),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (values) => {
        await store.ask('TRUNCATE TABLE target')
        const body = values.map((a) => `${JSON.stringify({ a: wellFormed(a) })}\n`).join('')
        const answer = await store.ask('INSERT INTO target (a) FORMAT JSONEachRow', { body })
        expect(answer.status).toBe(200)
        expect([...(await stored())].sort()).toEqual(values.map((a) => wellFormed(a)).sort())
      }),
      { numRuns: 25 },
    )
    expect(await victimStands()).toBe(true)
  })
})

describe('a bound parameter', () => {
  // As clients escape a value of type String: https://clickhouse.com/docs/interfaces/http#cli-queries-with-parameters
  const escaped = (text: string): string =>
    text.replace(/[\\\t\n\r\0]/g, (sign) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[sign] ?? '\\0')

  it('is the value that was sent and never SQL', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.constantFrom("' OR 1=1 --", "', readonly = 0, param_y = '", '\\', "\\'", '}', '{x:String}', '\0'),
        ),
        async (given) => {
          const value = wellFormed(given)
          const answer = await store.ask('SELECT hex({x:String})', { as: 'reader', url: { param_x: escaped(value) } })
          expect(answer.text).toBe(`${Buffer.from(value).toString('hex').toUpperCase()}\n`)
        },
      ),
      { numRuns: 60 },
    )
  })
})
