// The store child and its parent: what it takes over from it, and that it is gone soon after it, whenever that is.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { root } from '../../../test/architecture/source-files.ts'
import { type EmbeddedStore, startEmbeddedStore, storeChildEntry } from '../../../test/support/embedded-store.ts'
import { lives } from '../../../test/support/processes.ts'
import { childrenOf } from '../../../test/support/running-collector.ts'
import { temporaryLog } from '../../../test/support/temporary-log.ts'
import { until } from '../../../test/support/until.ts'

const stores: EmbeddedStore[] = []
const start = async (options: Parameters<typeof startEmbeddedStore>[0] = {}): Promise<EmbeddedStore> => {
  const store = await startEmbeddedStore(options)
  stores.push(store)
  return store
}
const parents: ChildProcess[] = []
afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL')
  await Promise.all(stores.splice(0).map((store) => store.end()))
})

const parentScript = (directory: string): string => `
  const { startStoreChild } = await import(${JSON.stringify(join(root, 'dist/collector/store/embedded/store-child.js'))})
  const child = await startStoreChild({ directory: ${JSON.stringify(directory)}, port: 0, entry: ${JSON.stringify(storeChildEntry)} })
  process.stdout.write(child.pid + '\\n')
  setInterval(() => undefined, 1000)`

describe('the store child and its parent', () => {
  it('keeps none of the files open that its parent has open', async () => {
    const directory = temporaryLog()
    const log = await directory.open()
    await log.append('ingest', [{ value: Buffer.from('x') }])
    const { child } = await start()
    const held = readdirSync(`/proc/${child.pid}/fd`).map((name) => {
      try {
        return readlinkSync(`/proc/${child.pid}/fd/${name}`)
      } catch {
        return ''
      }
    })
    expect(held.filter((path) => path.startsWith(directory.directory))).toEqual([])
    expect(held.length).toBeGreaterThan(3)
    await log.close()
    directory.remove()
  })

  it.each([
    ['as soon as it is there', () => true],
    ['while it opens the engine', (directory: string) => existsSync(join(directory, 'store', 'engine', 'status'))],
  ])('dies with a parent that was killed %s', async (_when, isThen) => {
    const directory = mkdtempSync(join(tmpdir(), 'eastwest-store-'))
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript(directory)], { stdio: 'ignore' })
    parents.push(parent)
    await until(() => childrenOf(parent.pid ?? 0).length > 0 && isThen(directory), 'the child starts')
    const [pid = 0] = childrenOf(parent.pid ?? 0)
    parent.kill('SIGKILL')
    await until(() => !lives(pid), 'the end of the child')
    rmSync(directory, { recursive: true })
  })

  it('dies with a parent that was killed, and gives its directory free', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'eastwest-store-'))
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript(directory)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    parents.push(parent)
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))))
    expect(lives(pid)).toBe(true)
    parent.kill('SIGKILL')
    await until(() => !lives(pid), 'the end of the child')
    const store = await start({ directory })
    expect((await store.ask('SELECT 1')).text).toBe('1\n')
  })

  it('waits for the directory while a child of an earlier owner takes its time to let go', async () => {
    const slow = await start()
    let nowMs = 0
    const next = await start({
      directory: slow.directory,
      clock: {
        now: () => nowMs,
        pause: async () => {
          nowMs += 3_000
          if (nowMs === 9_000) await slow.child.stop()
        },
      },
    })
    expect(nowMs).toBeGreaterThanOrEqual(9_000)
    expect((await next.ask('SELECT 1')).text).toBe('1\n')
  })
})
