// Kills a process that appends, at random instants and at named ones: what it acknowledged is there afterwards.

import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../log.ts'
import { openEmbeddedLog } from './embedded-log.ts'

const compiled = fileURLToPath(new URL('../../../dist/collector/log/embedded/embedded-log.js', import.meta.url))

/**
 * Appends from four sides at once and prints a line for each acknowledgement. With a step it kills itself at the
 * given instant of its n-th group; with `early` it prints the acknowledgement at that instant, before it is true.
 */
const program = `
import { createHash } from 'node:crypto'
import { openEmbeddedLog } from ${JSON.stringify(compiled)}
const [directory, round, step, after, early] = process.argv.slice(1)
let steps = 0
let pending = []
const say = (line) => process.stdout.write(line + '\\n')
const onStep = (at) => {
  if (at !== step || ++steps < Number(after)) return
  if (early === 'early') for (const line of pending) say(line)
  process.kill(process.pid, 'SIGKILL')
}
const log = await openEmbeddedLog({ directory, now: Date.now, newIncarnation: () => 'life-1', segmentBytes: 1_000_000, onStep })
say('ready')
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex')
async function appendTo(side) {
  for (let count = 0; ; count += 1) {
    const value = Buffer.alloc(side === 0 ? 120_000 : 300 + count, round + ':' + side + ':' + count + ' ')
    pending = [...pending.slice(-8), 'early ' + hash(value)]
    const [receipt] = await log.append('ingest', [{ value }])
    say('record ' + receipt.coordinate.offset + ' ' + hash(value))
    if (side === 1) {
      await log.append('alerts', [{ key: 'newest', value: Buffer.from(String(Number(round) * 1e6 + count)) }])
      say('newest ' + (Number(round) * 1e6 + count))
    }
    if (side === 2) {
      await log.setCursor('reader', receipt.coordinate.offset)
      say('cursor ' + receipt.coordinate.offset)
    }
  }
}
await Promise.all([0, 1, 2, 3].map(appendTo))
`

interface Acknowledged {
  readonly records: Map<number, string>
  /** Hashes that a build which acknowledges before the flush would have acknowledged. */
  readonly early: Set<string>
  newest: number
  cursor: number
  isReady: boolean
}

let directory = ''
let child: ChildProcess | undefined
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-crash-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** Runs the program until it is killed, by `onLine` or by itself; adds what it acknowledged. */
async function runOnce(
  acknowledged: Acknowledged,
  round: number,
  args: readonly string[],
  onLine: (child: ChildProcess, lines: number) => void,
) {
  if (!existsSync(compiled)) throw new Error('run "npm run build" first: this test starts the compiled log')
  const started = spawn(process.execPath, ['--input-type=module', '-e', program, directory, `${round}`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child = started
  acknowledged.isReady = false
  const exited = new Promise<string | null>((resolve) => started.on('close', (_code, signal) => resolve(signal)))
  let lines = 0
  createInterface({ input: started.stdout }).on('line', (line) => {
    const [kind, first = '', second = ''] = line.split(' ')
    if (kind === 'record') acknowledged.records.set(Number(first), second)
    if (kind === 'early') acknowledged.early.add(first)
    if (kind === 'newest') acknowledged.newest = Number(first)
    if (kind === 'cursor') acknowledged.cursor = Math.max(acknowledged.cursor, Number(first))
    if (kind === 'ready') acknowledged.isReady = true
    lines += 1
    onLine(started, lines)
  })
  expect(await exited).toBe('SIGKILL')
  expect(acknowledged.isReady).toBe(true)
}

function nothingYet(): Acknowledged {
  return { records: new Map(), early: new Set(), newest: 0, cursor: 0, isReady: false }
}

async function openHere(): Promise<Log> {
  return openEmbeddedLog({ directory, now: Date.now, newIncarnation: () => 'life-2' })
}

/** Every record in the log, by offset, as a hash. Fails on a gap, a double or damage. */
function contents(log: Log): Map<number, string> {
  const found = new Map<number, string>()
  let offset = 0
  while (offset < log.bounds('ingest').nextOffset) {
    const read = log.read('ingest', offset, { maxBytes: 1_000_000 })
    expect(read.damaged).toEqual([])
    for (const record of read.records) {
      expect(record.coordinate.offset).toBe(found.size)
      found.set(
        found.size,
        createHash('sha256')
          .update(record.value ?? '')
          .digest('hex'),
      )
    }
    offset = read.nextOffset
  }
  return found
}

function expectKept(log: Log, acknowledged: Acknowledged): void {
  const found = contents(log)
  const lost = [...acknowledged.records].filter(([offset, hash]) => found.get(offset) !== hash)
  expect(lost).toEqual([])
  const [newest] = log.readCompacted('alerts')
  expect(Number(newest && new TextDecoder().decode(newest.value ?? undefined))).toBeGreaterThanOrEqual(
    acknowledged.newest,
  )
  expect(log.cursor('reader') ?? 0).toBeGreaterThanOrEqual(acknowledged.cursor)
  expect(log.bounds('ingest').incarnation).toBe('life-1')
}

describe('a killed writer', { timeout: 120_000 }, () => {
  it('has lost nothing it acknowledged, killed twelve times at random instants', async () => {
    const acknowledged = nothingYet()
    for (let round = 1; round <= 12; round += 1) {
      const delayMs = Math.random() * 10
      await runOnce(acknowledged, round, [], (started, lines) => {
        if (lines === round * 5) setTimeout(() => started.kill('SIGKILL'), delayMs)
      })
    }
    const log = await openHere()
    expectKept(log, acknowledged)
    expect(acknowledged.records.size).toBeGreaterThan(100)
    await log.close()
  })

  it.each(['log:before-append', 'log:before-flush', 'log:after-flush'])(
    'has lost nothing it acknowledged, killed at %s of several groups',
    async (step) => {
      const acknowledged = nothingYet()
      for (const [round, after] of [1, 2, 5, 20].entries()) {
        await runOnce(acknowledged, round + 1, [step, `${after}`], () => undefined)
      }
      const log = await openHere()
      expectKept(log, acknowledged)
      await log.close()
    },
  )

  it('would have lost records if it acknowledged before the flush', async () => {
    const acknowledged = nothingYet()
    await runOnce(acknowledged, 1, ['log:before-append', '30', 'early'], () => undefined)
    const log = await openHere()
    const found = new Set(contents(log).values())
    expect([...acknowledged.early].filter((hash) => !found.has(hash)).length).toBeGreaterThan(0)
    await log.close()
  })
})

describe('the writer lock', { timeout: 120_000 }, () => {
  it('keeps a second process out, names the first, and is free as soon as that one is killed', async () => {
    const refusals: unknown[] = []
    await runOnce(nothingYet(), 1, [], (started, lines) => {
      if (lines > 1) return
      openHere()
        .then(
          (log) => log.close(),
          (error: unknown) => refusals.push([started.pid, error]),
        )
        .finally(() => started.kill('SIGKILL'))
    })
    expect(refusals).toMatchObject([[child?.pid, { code: 'ERR_LOG_LOCKED', retryable: false }]])
    expect(String(refusals.flat()[1])).toContain(`in use by process ${child?.pid}`)
    const log = await openHere()
    await log.close()
  })

  it('keeps the same process from opening the log twice, and is free after closing', async () => {
    const log = await openHere()
    await expect(openHere()).rejects.toMatchObject({ code: 'ERR_LOG_LOCKED' })
    await log.close()
    await (await openHere()).close()
  })

  it('lets at most one of several through that start at once', async () => {
    const attempts = await Promise.allSettled([openHere(), openHere(), openHere()])
    const opened = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    expect(opened).toHaveLength(1)
    for (const log of opened) await log.close()
  })
})
