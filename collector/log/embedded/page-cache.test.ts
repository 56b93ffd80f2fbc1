// Filled segments really leave the kernel's cache, but not the one in which a reader close behind may be.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../../../test/support/until.ts'
import type { Log } from '../log.ts'
import { openEmbeddedLog } from './embedded-log.ts'
import { openPageCache } from './page-cache.ts'

let directory = ''
let log: Log | undefined
beforeEach(() => {
  // Not in the folder for temporary files, which may lie in memory and cannot leave it then.
  directory = mkdtempSync(join(process.cwd(), 'node_modules', '.log-cache-'))
})
afterEach(async () => {
  await log?.close()
  rmSync(directory, { recursive: true })
})

/** The files of the segments, oldest first, with how many bytes of each the kernel holds in memory. */
function cachedBytes(): readonly number[] {
  const folder = join(directory, 'ingest-0')
  const firstOffset = (name: string): number => Number(name.split('-', 1)[0])
  const segments = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return segments
    .map(({ name }) => name)
    .sort((a, b) => firstOffset(a) - firstOffset(b))
    .map((name) => residentBytes(join(folder, name, 'data.mdb')))
}

function residentBytes(path: string): number {
  return Number(execFileSync('fincore', ['--bytes', '--noheadings', '--output', 'RES', path], { encoding: 'utf8' }))
}

it('drops every segment but the one being filled and the one before', async () => {
  log = await openEmbeddedLog({
    directory,
    now: Date.now,
    newIncarnation: () => 'life-1',
    segmentBytes: 200_000,
    releaseCache: openPageCache(),
  })
  for (let count = 0; count < 15; count += 1) await log.append('ingest', [{ value: Buffer.alloc(50_000, count + 1) }])
  await until(
    () =>
      cachedBytes()
        .slice(0, -2)
        .every((bytes) => bytes === 0),
    'filled segments left the cache',
  )
  expect(cachedBytes().length).toBeGreaterThan(3)
  for (const bytes of cachedBytes().slice(-2)) expect(bytes).toBeGreaterThan(50_000)
  expect(log.read('ingest', 0, { maxBytes: 60_000 }).records[0]?.value).toEqual(Buffer.alloc(50_000, 1))
})

it('goes on without where there is no program for it', async () => {
  const releaseCache = openPageCache(join(directory, 'no-such-program'))
  log = await openEmbeddedLog({
    directory,
    now: Date.now,
    newIncarnation: () => 'life-1',
    segmentBytes: 1,
    releaseCache,
  })
  for (let count = 0; count < 4; count += 1) await log.append('ingest', [{ value: Buffer.of(count) }])
  expect(log.bounds('ingest').nextOffset).toBe(4)
})
