// Tests the life of the store child: start, crash and restart, owners, and a full disk.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedStore, startEmbeddedStore, storeChildEntry } from '../../../test/support/embedded-store.ts'
import { lives } from '../../../test/support/processes.ts'
import { until } from '../../../test/support/until.ts'
import { startStoreChild } from './store-child.ts'

const stores: EmbeddedStore[] = []
const start = async (options: Parameters<typeof startEmbeddedStore>[0] = {}): Promise<EmbeddedStore> => {
  const store = await startEmbeddedStore(options)
  stores.push(store)
  return store
}
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.end()))
})

const newTable = 'CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a'

describe('the store child', () => {
  it('keeps its passwords and data over a restart, privately', async () => {
    const first = await start()
    await first.ask(newTable)
    await first.ask('INSERT INTO t VALUES (1)')
    await first.child.stop()
    for (const path of ['store-writer.password', 'store-reader.password', 'store/configuration/users.xml']) {
      expect(statSync(join(first.directory, path)).mode & 0o077).toBe(0)
    }
    expect(statSync(join(first.directory, 'store')).mode & 0o077).toBe(0)
    const second = await start({ directory: first.directory })
    expect(second.child.writer).toEqual(first.child.writer)
    expect((await second.ask('SELECT a FROM t')).text).toBe('1\n')
  })

  it('lets those go first who judge, with every thread it has', async () => {
    const store = await start()
    await store.ask(newTable)
    for (let part = 0; part < 8; part += 1) await store.ask(`INSERT INTO t VALUES (${part})`)
    await store.ask('OPTIMIZE TABLE t FINAL')
    const folder = `/proc/${store.child.pid}/task`
    const threads = readdirSync(folder).map((thread) => readFileSync(join(folder, thread, 'stat'), 'utf8').split(') '))
    const niceness = (name: string): readonly number[] =>
      threads.filter(([head]) => head?.endsWith(`(${name}`)).map(([, facts]) => Number(facts?.split(' ')[16]))
    // The engine's own watch over memory goes before everything, where it may.
    for (const name of ['node', 'ThreadPool', 'MergeMutate']) {
      expect(niceness(name).length).toBeGreaterThan(0)
      expect(Math.min(...niceness(name))).toBeGreaterThanOrEqual(10)
    }
  })

  it('says who holds the directory, and that the port is taken', async () => {
    const store = await start()
    const again = startStoreChild({ directory: store.directory, port: 0, entry: storeChildEntry, readyTimeoutMs: 3000 })
    await expect(again).rejects.toMatchObject({
      code: 'ERR_STORE_DIRECTORY_LOCKED',
      message: expect.stringContaining('--data'),
    })
    expect((await store.ask('SELECT 1')).text).toBe('1\n')
    const directory = mkdtempSync(join(tmpdir(), 'eastwest-store-'))
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(
      startStoreChild({ directory, port, entry: storeChildEntry, readyTimeoutMs: 3000 }),
    ).rejects.toMatchObject({ code: 'ERR_STORE_PORT_TAKEN', message: expect.stringContaining('--store-port') })
    taken.close()
    rmSync(directory, { recursive: true })
  })

  it('refuses a directory that the engine would read as a pattern', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'eastwest-{a}-'))
    await expect(startStoreChild({ directory, port: 0, entry: storeChildEntry })).rejects.toMatchObject({
      code: 'ERR_STORE_DIRECTORY',
    })
    rmSync(directory, { recursive: true })
  })

  it('works in a directory with quotes and blanks in its name, with and without a memory disk', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'it\'s "a" & <b> dir-'))
    for (const memoryDisk of ['/dev/shm', '/nowhere']) {
      const store = await start({ directory, memoryDisk })
      await store.ask(newTable)
      expect((await store.ask('INSERT INTO t FORMAT CSV', { body: '1\n' })).status).toBe(200)
      expect((await store.ask('SELECT a FROM t LIMIT 1', { as: 'reader' })).text).toBe('1\n')
      await store.child.stop()
    }
  })

  it('is started again after a crash, on its port, and tells so', async () => {
    const told: string[] = []
    const store = await start({ onExit: (detail) => told.push(detail), onRestart: () => told.push('there again') })
    await store.ask(newTable)
    await store.ask('INSERT INTO t VALUES (1)')
    const { pid } = store.child
    if (pid === undefined) throw new Error('no pid')
    process.kill(pid, 'SIGKILL')
    await until(() => told.length === 2, 'it is told')
    expect(store.child.pid).not.toBe(pid)
    expect(told).toEqual(['signal SIGKILL', 'there again'])
    expect((await store.ask('SELECT a FROM t')).text).toBe('1\n')
  })

  it.each([
    ['store:before-insert', 0],
    ['store:after-insert', 1],
    ['store:before-ack', 1],
  ])('killed at %s keeps every insert whole or not at all', async (step, unansweredRows) => {
    const store = await start({ environment: { EASTWEST_FAILPOINTS: `${step}=3` } })
    await store.ask(newTable)
    const rows = 20_000
    const body = (from: number): string => Array.from({ length: rows }, (_, at) => `${from * rows + at}\n`).join('')
    const { pid } = store.child
    for (const from of [0, 1])
      expect((await store.ask('INSERT INTO t FORMAT TSV', { body: body(from) })).status).toBe(200)
    await expect(store.ask('INSERT INTO t FORMAT TSV', { body: body(2) })).rejects.toThrow()
    await until(() => store.child.pid !== undefined && store.child.pid !== pid, 'a new child')
    expect((await store.ask('SELECT count(), uniqExact(a) FROM t')).text).toBe(
      `${(2 + unansweredRows) * rows}\t${(2 + unansweredRows) * rows}\n`,
    )
    expect((await store.ask('INSERT INTO t FORMAT TSV', { body: body(3) })).status).toBe(200)
  })

  it('killed at any moment of an insert loses nothing it has answered and doubles nothing', async () => {
    // Restarts without their waits; the bound on stopping stays.
    const clock = {
      now: () => performance.now(),
      pause: (ms: number, signal: AbortSignal) => pause(ms > 10_000 ? ms : 1, undefined, { signal }),
    }
    const store = await start({ clock })
    await store.ask(newTable)
    const rows = 5_000
    const answered: number[] = []
    let batch = 0
    for (let kill = 0; kill < 5; kill++) {
      const { pid } = store.child
      if (pid === undefined) throw new Error('no pid')
      const until200 = answered.length + 2
      let isDoomed = false
      for (let dead = false; !dead; batch++) {
        const body = Array.from({ length: rows }, (_, at) => `${batch * rows + at}\n`).join('')
        const inserted = store.ask('INSERT INTO t FORMAT TSV', { body })
        if (answered.length >= until200 && !isDoomed) {
          isDoomed = true
          setTimeout(() => process.kill(pid, 'SIGKILL'), kill * 4)
        }
        const status = await inserted.then(
          (answer) => answer.status,
          () => 0,
        )
        if (status === 200) answered.push(batch)
        else dead = true
        if (answered.length > until200 + 20) throw new Error('the kill did not end it')
      }
      await until(() => store.child.pid !== undefined && store.child.pid !== pid, 'a new child')
    }
    const counts = (
      await store.ask(`SELECT intDiv(a, ${rows}) AS b, count(), uniqExact(a) FROM t GROUP BY b ORDER BY b`)
    ).text
    const stored = new Map(
      counts
        .trim()
        .split('\n')
        .map((line) => [Number(line.split('\t')[0]), line.split('\t').slice(1)]),
    )
    for (const number of answered) expect(stored.get(number)).toEqual([String(rows), String(rows)])
    for (const numbers of stored.values()) expect(numbers).toEqual([String(rows), String(rows)])
  }, 60_000)

  it('waits for what runs when it is stopped, and takes nothing new', async () => {
    const store = await start()
    await store.ask(newTable)
    const { pid } = store.child
    const slow = store.ask('INSERT INTO t SELECT number FROM numbers(10) WHERE NOT ignore(sleepEachRow(0.1))')
    await until(
      async () => (await store.ask("SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'")).text === '1\n',
      'the insert runs',
    )
    const stopped = store.child.stop()
    await until(
      async () => (await store.ask('SELECT 1').catch(() => ({ status: 503 }))).status === 503,
      'new requests are refused',
    )
    expect((await slow).status).toBe(200)
    await stopped
    expect(lives(pid ?? 0)).toBe(false)
    expect(store.child.pid).toBeUndefined()
  })

  it('refuses inserts when the disk has less room than it should, and nothing else', async () => {
    const store = await start({ minFreeDiskBytes: 2 ** 50 })
    await store.ask(newTable)
    const refused = await store.ask('INSERT INTO t FORMAT TSV', { body: '1\n' })
    expect(refused.status).toBe(507)
    expect(refused.text).toContain('Code: 243.')
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await store.ask('SELECT count() FROM t', { as: 'reader' })).text).toBe('0\n')
  })
})

describe('the owner of the store', () => {
  const epoch = (value: number): Record<string, string> => ({ 'X-Eastwest-Claim': String(value) })

  it('is the highest claim, over restarts; inserts of older ones and of none are refused', async () => {
    const store = await start()
    await store.ask(newTable)
    const insert = async (headers: Record<string, string> = {}): Promise<number> =>
      (await store.ask('INSERT INTO t FORMAT TSV', { body: '1\n', headers })).status
    expect(await insert()).toBe(200)
    expect(await insert(epoch(5))).toBe(200)
    expect(await insert(epoch(4))).toBe(409)
    expect(await insert()).toBe(409)
    expect((await store.ask('INSERT INTO t SELECT 1', { headers: epoch(4) })).status).toBe(409)
    expect((await store.ask('INSERT INTO t SELECT 1')).text).toContain('Code: 236.')
    expect((await store.ask('SELECT count() FROM t')).text).toBe('2\n')
    await store.child.stop()
    const next = await start({ directory: store.directory, claim: 9 })
    const answer = await next.ask('INSERT INTO t FORMAT TSV', { body: '1\n', headers: epoch(5) })
    expect(answer).toMatchObject({
      status: 409,
      text: expect.stringMatching(/^Code: 236\. .*stale owner.*\(ABORTED\)/),
    })
    expect((await next.ask('INSERT INTO t FORMAT TSV', { body: '1\n', headers: epoch(9) })).status).toBe(200)
    await next.child.stop()
    await expect(
      startStoreChild({ directory: store.directory, port: 0, entry: storeChildEntry, claim: 8 }),
    ).rejects.toMatchObject({ code: 'ERR_STORE_STALE_OWNER', retryable: false })
  })

  it('has the store to itself once its claim is answered', async () => {
    const store = await start()
    await store.ask(newTable)
    await store.ask('INSERT INTO t FORMAT TSV', { body: '1\n', headers: epoch(1) })
    const slow = store.ask('INSERT INTO t SELECT number FROM numbers(5) WHERE NOT ignore(sleepEachRow(0.1))', {
      headers: epoch(1),
    })
    await until(
      async () => (await store.ask("SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'")).text === '1\n',
      'the insert runs',
    )
    const { writer, url } = store.child
    const headers = { 'X-ClickHouse-User': writer.username, 'X-ClickHouse-Key': writer.password, ...epoch(2) }
    const claimed = await fetch(`${url}/claim`, { method: 'POST', headers })
    expect([claimed.status, await claimed.text()]).toEqual([200, '2\n'])
    expect((await slow).status).toBe(200)
    expect((await store.ask('SELECT count() FROM t')).text).toBe('6\n')
    expect((await store.ask('INSERT INTO t FORMAT TSV', { body: '1\n', headers: epoch(1) })).status).toBe(409)
    const reader = { 'X-ClickHouse-User': 'reader', 'X-ClickHouse-Key': store.child.reader.password, ...epoch(3) }
    expect((await fetch(`${url}/claim`, { method: 'POST', headers: reader })).status).toBe(403)
  })
})
