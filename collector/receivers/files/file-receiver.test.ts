// Files read as they grow, are rotated, cut and come anew, into a real log, over restarts.

import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TemporaryLog, temporaryLog } from '../../../test/support/temporary-log.ts'
import { until } from '../../../test/support/until.ts'
import type { Log } from '../../log/log.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { atOnce } from '../../scrub/steps.ts'
import { type FileReceiver, openFileReceiver } from './file-receiver.ts'
import { type FileSourceSettings, fileReceiverSettings } from './settings.ts'

const scrubber = openScrubber({ id: 'test', secret: Buffer.alloc(32, 1) }, { fieldNames: [] })
let temporary: TemporaryLog
let log: Log
let folder: string
let file: string
let receiver: FileReceiver | undefined
let troubles: Map<string, string>
let turns: number

beforeEach(async () => {
  temporary = temporaryLog()
  log = await temporary.open()
  folder = mkdtempSync(join(tmpdir(), 'eastwest-files-'))
  file = join(folder, 'app.log')
  troubles = new Map()
  turns = 0
})

afterEach(async () => {
  await receiver?.close()
  receiver = undefined
  await log.close()
  temporary.remove()
  rmSync(folder, { recursive: true, force: true })
})

function start(source: Partial<FileSourceSettings> = {}): void {
  receiver = openFileReceiver({
    settings: fileReceiverSettings.parse({ sources: [{ path: file, ...source }], pollMs: 50, lineBytes: 1024 }),
    log,
    scrubber,
    pressure: () => false,
    onReceived: () => undefined,
    onTrouble: (path, error) => (error === undefined ? troubles.delete(path) : troubles.set(path, error.message)),
    turns: (steps) => Promise.resolve(atOnce(steps)),
    schedule: (_, run) => {
      turns += 1
      const timer = setTimeout(run, 5)
      return () => clearTimeout(timer)
    },
  })
}

async function restart(): Promise<void> {
  await receiver?.close()
  await log.close()
  log = await temporary.open()
  start()
}

function lines(): readonly string[] {
  const { firstOffset, nextOffset } = log.bounds('ingest')
  const text: string[] = []
  for (let offset = firstOffset; offset < nextOffset; ) {
    const result = log.read('ingest', offset, { maxBytes: 1 << 20 })
    for (const { value } of result.records) text.push(Buffer.from(value ?? []).toString('utf8'))
    offset = result.nextOffset
  }
  return text.join('').split('\n').slice(0, -1)
}

/** The second one began after the call. */
async function twoTurns(): Promise<void> {
  const before = turns
  await until(() => turns >= before + 2, 'the receiver looks again')
}

async function read(...expected: readonly string[]): Promise<void> {
  await until(() => lines().length >= expected.length, `lines ${expected.join(', ')}; there are ${lines().join(', ')}`)
  expect(lines()).toEqual(expected)
}

describe('a followed file', () => {
  it('is read as it grows, whole lines only', async () => {
    writeFileSync(file, 'one\ntw')
    start()
    await read('one')
    appendFileSync(file, 'o\n')
    await read('one', 'two')
  })

  it('that is renamed is read to its end, and the new one from its start', async () => {
    writeFileSync(file, 'one\n')
    start()
    await read('one')
    appendFileSync(file, 'two\n')
    renameSync(file, `${file}.1`)
    writeFileSync(file, 'three\n')
    await read('one', 'two', 'three')
  })

  it('that is copied and cut goes on from its new start, and a restart doubles nothing', async () => {
    writeFileSync(file, 'one\ntwo\n')
    start()
    await read('one', 'two')
    truncateSync(file, 0)
    // Only once the cut was seen: what follows is longer than what stood there.
    await twoTurns()
    appendFileSync(file, 'three is longer than both\n')
    await read('one', 'two', 'three is longer than both')
    await restart()
    appendFileSync(file, 'four\n')
    await read('one', 'two', 'three is longer than both', 'four')
  })

  it('goes on after a restart without loss or double', async () => {
    writeFileSync(file, 'one\n')
    start()
    await read('one')
    await receiver?.close()
    appendFileSync(file, 'two\n')
    await restart()
    await read('one', 'two')
  })

  it('is not doubled by a kill between the append and the summary of positions', async () => {
    writeFileSync(file, 'one\ntwo\n')
    const setCursor = log.setCursor.bind(log)
    // As if killed: no summary is ever written.
    log.setCursor = () => Promise.resolve()
    start()
    await read('one', 'two')
    await receiver?.close()
    log.setCursor = setCursor
    await restart()
    appendFileSync(file, 'three\n')
    await read('one', 'two', 'three')
  })

  it('that is not there yet is read once it comes', async () => {
    start()
    writeFileSync(file, 'one\n')
    await read('one')
  })

  it('that is compressed is told, and taken for no lines', async () => {
    writeFileSync(file, gzipSync('one\n'))
    start()
    await until(() => [...troubles.values()].some((text) => text.includes('eastwest replay')), 'it is told')
    expect(lines()).toEqual([])
  })
})

describe('other sources', () => {
  it('read once ends with its last line, ended or not', async () => {
    writeFileSync(file, 'only')
    start({ follow: false })
    await read('only')
  })

  it('begin at the end where they are told to', async () => {
    writeFileSync(file, 'old\n')
    start({ from: 'end' })
    await twoTurns()
    appendFileSync(file, 'new\n')
    await read('new')
  })

  it('of a folder are its files, new ones too', async () => {
    mkdirSync(join(folder, 'logs'))
    writeFileSync(join(folder, 'logs', 'a.log'), 'a\n')
    start({ path: join(folder, 'logs') })
    await read('a')
    writeFileSync(join(folder, 'logs', 'b.log'), 'b\n')
    await read('a', 'b')
  })

  it('in CRI form are joined again', async () => {
    const at = '2026-11-02T09:14:22.318000000Z'
    writeFileSync(file, `${at} stdout P one \n${at} stderr F aside\n${at} stdout F two\n`)
    start()
    await read(`${at} stderr F aside`, `${at} stdout F one two`)
  })

  it('in CRI form go on although the rest of a part never comes', async () => {
    const at = '2026-11-02T09:14:22.318000000Z'
    writeFileSync(file, `${at} stdout P lost\n${`${at} stderr F aside\n`.repeat(100)}`)
    start()
    await until(() => lines().length > 30, 'the lines behind it are read')
    expect(lines()).toContain(`${at} stdout P lost`)
  })
})
