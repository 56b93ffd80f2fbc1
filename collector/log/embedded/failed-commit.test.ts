// Commits that fail for other reasons than a full disk: the file is given up or opened anew, and the log goes on.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEmbeddedLog } from './embedded-log.ts'
import { borrow } from './lmdb-file.ts'
import { StateFile } from './state-file.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-failed-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

it('gives up a segment whose first group could not be named, keeps none of it, and begins another', async () => {
  let failures = 0
  const topic = join(directory, 'ingest-0')
  const log = await openEmbeddedLog({
    directory,
    now: () => 1000,
    newIncarnation: () => 'life-1',
    onStep: (step) => {
      if (step !== 'log:before-flush' || failures > 0) return
      failures += 1
      // Somebody removes the new segment's file from under the log.
      for (const name of readdirSync(topic)) if (name.includes('-')) rmSync(join(topic, name, 'new.mdb'))
    },
  })
  const append = (text: string) => log.append('ingest', [{ value: Buffer.from(text) }])
  const results = await Promise.allSettled([append('lost'), append('kept')])
  expect(results[0]).toMatchObject({ status: 'rejected', reason: { code: 'ERR_LOG_IO', retryable: true } })
  expect(results[1]).toMatchObject({ status: 'fulfilled', value: [{ coordinate: { offset: 0 } }] })
  await append('next')
  const texts = () => log.read('ingest', 0, { maxBytes: 100 }).records.map((record) => `${record.value}`)
  expect(texts()).toEqual(['kept', 'next'])
  await log.close()
})

it('opens the state file anew after a failed commit, with all that was durable in it', async () => {
  const state = await StateFile.open(directory, () => undefined)
  const key = Buffer.from('kept')
  await state.commit([{ key, value: Buffer.from('1') }], () => undefined)
  // LMDB takes no keys as long as this one.
  const refused = state.commit([{ key: Buffer.alloc(3000, 1), value: Buffer.from('x') }], () => undefined)
  await expect(refused).rejects.toThrow('Key size')
  expect(state.isOpen).toBe(true)
  expect(`${borrow(state.file, key)}`).toBe('1')
  await state.commit([{ key, value: Buffer.from('2') }], () => undefined)
  expect(`${borrow(state.file, key)}`).toBe('2')
  await state.close()
})
