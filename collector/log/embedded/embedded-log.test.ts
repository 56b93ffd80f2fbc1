// Runs the log's conformance suite on the embedded log, and what is its own: limits, format, incarnation.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeLog } from '../conformance.ts'
import { openEmbeddedLog } from './embedded-log.ts'

describeLog('LMDB', {
  trims: true,
  tellsTime: true,
  open: async ({ now }, maxRecordBytes) => {
    const directory = mkdtempSync(join(tmpdir(), 'log-'))
    let incarnations = 0
    const open = () =>
      // Segments of a few records each, so that every test crosses their borders.
      openEmbeddedLog({
        directory,
        now,
        newIncarnation: () => `life-${++incarnations}`,
        maxRecordBytes,
        segmentBytes: 20_000,
      })
    let log = await open()
    return {
      log,
      reopen: async () => {
        await log.close()
        log = await open()
        return log
      },
      dispose: async () => {
        await log.close()
        rmSync(directory, { recursive: true })
      },
    }
  },
})

describe('the embedded log', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  const open = (incarnation = 'life-1') =>
    openEmbeddedLog({ directory, now: () => 1000, newIncarnation: () => incarnation })

  it('stores the incarnations it is given once, also of topics that were never written', async () => {
    const first = await open('life-1')
    await first.close()
    const second = await open('life-2')
    expect([second.bounds('ingest').incarnation, second.bounds('alerts').incarnation]).toEqual(['life-1', 'life-1'])
    await second.close()
  })

  it('finds its incarnation in the records when the file that keeps it is lost or damaged', async () => {
    const first = await open('life-1')
    await first.append('ingest', [{ value: Buffer.from('x') }])
    await first.close()
    writeFileSync(join(directory, 'ingest-0', 'incarnation'), 'life-9 00000000\n')
    const second = await open('life-2')
    expect(second.read('ingest', 0, { maxBytes: 10 }).records).toHaveLength(1)
    expect(second.bounds('ingest').incarnation).toBe('life-1')
    await second.close()
  })

  it.each([
    ['a later format', '2\n', 'ERR_LOG_NEWER_FORMAT', 'has format 2, this version reads up to 1'],
    ['an unreadable format', 'x', 'ERR_LOG_IO', 'does not say which format the log has'],
  ])('refuses %s and changes nothing', async (_what, text, code, message) => {
    const log = await open()
    await log.close()
    writeFileSync(join(directory, 'format'), text)
    const state = readFileSync(join(directory, 'state.mdb'))
    const refusal = await open().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(refusal).toMatchObject({ code, retryable: false })
    expect(String(refusal)).toContain(message)
    expect(readFileSync(join(directory, 'state.mdb')).equals(state)).toBe(true)
  })

  it('refuses a directory that is a file, says so, and holds no lock on it', async () => {
    const path = join(directory, 'file')
    writeFileSync(path, 'x')
    const openAtFile = () => openEmbeddedLog({ directory: path, now: () => 1000, newIncarnation: () => 'life-1' })
    for (const _attempt of [1, 2]) {
      await expect(openAtFile()).rejects.toMatchObject({ code: 'ERR_LOG_IO', retryable: false })
    }
    rmSync(path)
    await (await openAtFile()).close()
  })

  it('takes records of 4 MiB by default and no call of more than 32 MiB', async () => {
    const log = await open()
    const large = { value: Buffer.alloc(4 * 1024 * 1024 - 1024, 1) }
    await log.append('ingest', [large])
    await expect(log.append('ingest', [{ value: Buffer.alloc(4 * 1024 * 1024) }])).rejects.toMatchObject({
      code: 'ERR_LOG_RECORD_TOO_LARGE',
    })
    await expect(log.append('ingest', Array(9).fill(large))).rejects.toMatchObject({ code: 'ERR_LOG_RECORD_TOO_LARGE' })
    expect(log.read('ingest', 0, { maxBytes: 1 }).records[0]?.value?.length).toBe(large.value.length)
    expect(log.bounds('ingest').nextOffset).toBe(1)
    await log.close()
  })

  it('refuses more than it may keep waiting with a retryable error, and recovers', async () => {
    const log = await open()
    const value = Buffer.alloc(4 * 1024 * 1024 - 1024, 1)
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => log.append('ingest', [{ value }])))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.every((result) => result.reason.code === 'ERR_LOG_BUSY' && result.reason.retryable)).toBe(true)
    await log.append('ingest', [{ value }])
    expect(log.bounds('ingest').nextOffset).toBe(20 - refused.length + 1)
    await log.close()
  })

  it('calls onStep at each instant of a group, in order', async () => {
    const steps: string[] = []
    const log = await openEmbeddedLog({
      directory,
      now: () => 1000,
      newIncarnation: () => 'life-1',
      onStep: (step) => steps.push(step),
    })
    await log.append('ingest', [{ value: Buffer.from('x') }])
    await log.append('control', [{ key: 'k', value: Buffer.from('x') }])
    await log.setCursor('c', 1)
    expect(steps).toEqual([...oneGroup, ...oneGroup])
    await log.close()
  })
})

const oneGroup = ['log:before-append', 'log:before-flush', 'log:after-flush']
