// Fills a real, small filesystem: appends are refused with a retryable error, nothing is lost, and work goes on by itself.

import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const compiled = fileURLToPath(new URL('../../../dist/collector/log/embedded/embedded-log.js', import.meta.url))

/** Starts with a log in a tmpfs of 24 MB; `ballast` takes what is left of it. */
const prelude = `
import { readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { FileRoom } from ${JSON.stringify(compiled.replace('embedded-log.js', 'file-room.js'))}
import { openEmbeddedLog } from ${JSON.stringify(compiled)}
const mount = process.argv[1]
const directory = mount + '/log'
let fillAtNextAppend = false
const freeBytes = () => { const s = statfsSync(mount); return s.bavail * s.bsize }
const fill = (leaveBytes = 0) => writeFileSync(mount + '/ballast', Buffer.alloc(Math.max(0, freeBytes() - leaveBytes)))
const makeRoom = () => rmSync(mount + '/ballast')
const onStep = (step) => { if (step === 'log:before-append' && fillAtNextAppend) { fillAtNextAppend = false; fill() } }
const open = () => openEmbeddedLog({ directory, now: Date.now, newIncarnation: () => 'life-1', segmentBytes: 2_000_000, recentBytes: 0, onStep })
let log = await open()
const result = {}
const refusal = async (append) => { try { await append(); return 'accepted' } catch (error) { return [error.code, error.retryable, error.message] } }
const value = (n) => Buffer.alloc(100_000, 'v' + n + '      ')
const contents = () => { const found = []; for (let at = log.bounds('ingest').firstOffset; at < log.bounds('ingest').nextOffset;) { const read = log.read('ingest', at, { maxBytes: 1e6 }); found.push(...read.records.map((r) => r.value.subarray(0, 5).toString().trim()), ...read.damaged.map((d) => d.reason)); at = read.nextOffset } return found }
`

interface Result {
  readonly refusal?: unknown
  readonly again?: unknown
  readonly appended?: number
  readonly kept?: unknown
  readonly recovered?: unknown
  readonly newest?: unknown
  readonly afterwards?: unknown
  readonly [name: string]: unknown
}

let mount = ''
beforeEach(() => {
  mount = mkdtempSync(join(tmpdir(), 'log-full-'))
})
afterEach(() => rmSync(mount, { recursive: true, force: true }))

/** Runs the script in a mount namespace of its own, where the small filesystem exists; returns what it printed. */
async function onSmallDisk(script: string): Promise<Result> {
  const command = 'mount -t tmpfs -o size=24m tmpfs "$1" && exec "$2" --input-type=module -e "$3" "$1"'
  const { stdout } = await promisify(execFile)('unshare', [
    ...namespaceFlags(),
    'sh',
    '-c',
    command,
    'sh',
    mount,
    process.execPath,
    `${prelude}${script}\nawait log.close()\nconsole.log(JSON.stringify(result))`,
  ])
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
}

/** A user namespace lets anyone mount; where those are forbidden, root may without one. */
function namespaceFlags(): readonly string[] {
  for (const flags of [['--user', '--map-root-user', '--mount'], ['--mount']]) {
    try {
      execFileSync('unshare', [...flags, 'true'], { stdio: 'ignore' })
      return flags
    } catch {
      // The next way is tried.
    }
  }
  throw new Error('this test mounts a small filesystem: allow user namespaces or run it as root')
}

describe('a full disk', { timeout: 120_000 }, () => {
  it('refuses appends until there is room, then goes on, with every acknowledged record in place', async () => {
    const result = await onSmallDisk(`
      let appended = 0
      for (; appended < 1000; appended += 1) {
        result.refusal = await refusal(() => log.append('ingest', [{ value: value(appended) }]))
        if (result.refusal !== 'accepted') break
      }
      result.again = (await refusal(() => log.append('ingest', [{ value: value(appended) }])))[0]
      result.appended = appended
      result.kept = contents().filter((text, index) => text === 'v' + index).length
      const [trimmed] = await log.trim({ maxAgeMs: Infinity, maxBytes: 5_000_000, now: Date.now(), keepFrom: {} })
      result.trimmed = trimmed
      result.recovered = await refusal(() => log.append('ingest', [{ value: value(appended) }]))
      result.newest = contents().at(-1)
    `)
    expect(result.refusal).toEqual(['ERR_LOG_DISK_FULL', true, expect.stringContaining('is full')])
    expect(result.again).toBe('ERR_LOG_DISK_FULL')
    expect(result.appended).toBeGreaterThan(50)
    expect(result.kept).toBe(result.appended)
    expect(result.recovered).toBe('accepted')
    expect(result.newest).toBe(`v${result.appended}`)
  })

  it('that fills up during a commit is never met by LMDB, whose blocks were taken before', async () => {
    const result = await onSmallDisk(`
      for (let n = 0; n < 3; n += 1) await log.append('ingest', [{ value: value(n) }])
      fillAtNextAppend = true
      result.underWay = await refusal(() => log.append('ingest', [{ value: value(3) }, { value: value(4) }]))
      result.freeBytes = freeBytes()
      result.refusal = await refusal(() => log.append('ingest', [{ value: value(5) }]))
      result.kept = contents()
      makeRoom()
      result.recovered = await refusal(() => log.append('ingest', [{ value: value(5) }]))
      await log.close()
      log = await open()
      result.afterwards = contents()
    `)
    expect(result).toEqual({
      underWay: 'accepted',
      freeBytes: 0,
      refusal: ['ERR_LOG_DISK_FULL', true, expect.any(String)],
      kept: ['v0', 'v1', 'v2', 'v3', 'v4'],
      recovered: 'accepted',
      afterwards: ['v0', 'v1', 'v2', 'v3', 'v4', 'v5'],
    })
  })

  it('that fills up while blocks are taken keeps none of the call and leaves the file as it was', async () => {
    const result = await onSmallDisk(`
      for (let n = 0; n < 3; n += 1) await log.append('ingest', [{ value: value(n) }])
      fill(500_000)
      const [segment] = readdirSync(directory + '/ingest-0').filter((name) => name.includes('-'))
      const path = directory + '/ingest-0/' + segment + '/data.mdb'
      const before = statSync(path).size
      const room = await FileRoom.open(path)
      result.refusal = (await refusal(() => room.reserve([2_000_000])))[0]
      result.grewBy = statSync(path).size - before
      makeRoom()
      result.recovered = await refusal(() => room.reserve([2_000_000]))
      await room.close()
      result.kept = contents()
    `)
    expect(result).toEqual({ refusal: 'ENOSPC', grewBy: 0, recovered: 'accepted', kept: ['v0', 'v1', 'v2'] })
  })

  it('refuses compacted topics too, while cursors still move and deletions of data go on', async () => {
    const result = await onSmallDisk(`
      await log.append('alerts', [{ key: 'a', value: value(0) }])
      await log.append('ingest', [{ value: value(0) }])
      await log.setCursor('reader', 1)
      fill()
      result.refusal = (await refusal(() => log.append('alerts', [{ key: 'a', value: value(1) }])))[0]
      result.moved = await refusal(() => log.setCursor('reader', 2))
      const trimmed = () => log.trim({ maxAgeMs: 0, maxBytes: 0, now: Date.now() + 1, keepFrom: {} })
      result.trimmed = await refusal(trimmed)
      const newest = () => [...log.readCompacted('alerts')].map((record) => record.value.subarray(0, 3).toString().trim())
      result.kept = [newest(), log.cursor('reader'), log.bounds('ingest').firstOffset]
      makeRoom()
      result.recovered = await refusal(() => log.append('alerts', [{ key: 'a', value: value(7) }]))
      await log.close()
      log = await open()
      result.afterwards = [newest(), log.cursor('reader')]
    `)
    expect(result).toEqual({
      refusal: 'ERR_LOG_DISK_FULL',
      moved: 'accepted',
      trimmed: 'accepted',
      kept: [['v0'], 2, 1],
      recovered: 'accepted',
      afterwards: [['v7'], 2],
    })
  })

  it('does not keep the log from starting and being read', async () => {
    const result = await onSmallDisk(`
      for (let n = 0; n < 3; n += 1) await log.append('ingest', [{ value: value(n) }])
      await log.close()
      fill()
      result.started = await refusal(async () => { log = await open() })
      result.kept = result.started === 'accepted' ? contents() : []
      makeRoom()
      if (result.started !== 'accepted') log = await open()
      result.recovered = await refusal(() => log.append('ingest', [{ value: value(3) }]))
    `)
    expect(result).toEqual({ started: 'accepted', kept: ['v0', 'v1', 'v2'], recovered: 'accepted' })
  })
})
