// Positions of sources: durable with the records they stand for, and summed up in an order that no crash can turn around.

import { afterEach, expect, it } from 'vitest'
import { CuttableLog } from '../../test/support/cuttable-log.ts'
import { type TemporaryLog, temporaryLog } from '../../test/support/temporary-log.ts'
import type { Log } from '../log/log.ts'
import { Positions } from './positions.ts'

const opened: { readonly files: TemporaryLog; readonly log: Log }[] = []
afterEach(async () => {
  for (const { files, log } of opened.splice(0)) {
    await log.close()
    files.remove()
  }
})

async function openLog(): Promise<Log> {
  const files = temporaryLog()
  const log = await files.open()
  opened.push({ files, log })
  return log
}

async function take(log: Log, positions: Positions, name: string, position: number): Promise<void> {
  const [receipt] = await log.append('ingest', [
    { value: Buffer.from('x'), headers: positions.headersOf(name, position) },
  ])
  positions.advanced(name, position, receipt?.coordinate.offset ?? -1)
}

it('are found in the records behind the summary, and in the summary', async () => {
  const log = await openLog()
  const first = await Positions.open(log, 'topic')
  await take(log, first, 'topic/a/0', 5)
  await first.save()
  await take(log, first, 'topic/b/0', 7)
  const again = await Positions.open(log, 'topic')
  expect(['topic/a/0', 'topic/b/0', 'topic/c/0'].map((name) => again.of(name))).toEqual([5, 7, undefined])
  const files = await Positions.open(log, 'file')
  expect(files.of('topic/b/0')).toBeUndefined()
})

it('are each in the summary before the mark goes past their records, however many save at once', async () => {
  const log = await openLog()
  const set: (readonly [string, number])[] = []
  const watched: Log = {
    ...new CuttableLog(log).log,
    setCursor: async (name, offset) => {
      await log.setCursor(name, offset)
      set.push([name, offset])
    },
  }
  const positions = await Positions.open(watched, 'topic')
  await take(log, positions, 'topic/a/0', 1)
  await take(log, positions, 'topic/a/1', 2)
  const one = positions.save()
  await take(log, positions, 'topic/a/2', 3)
  await Promise.all([one, positions.save()])
  const marks = set.filter(([name]) => name === 'topics/scanned')
  for (const [name, position] of [
    ['topic/a/0', 1],
    ['topic/a/1', 2],
    ['topic/a/2', 3],
  ] as const) {
    const at = set.findIndex(([found, offset]) => found === name && offset === position)
    const mark = set.findIndex(([found, offset]) => found === 'topics/scanned' && offset >= position)
    expect(at).toBeGreaterThanOrEqual(0)
    expect(at).toBeLessThan(mark)
  }
  expect(marks.at(-1)).toEqual(['topics/scanned', 3])
})

it('stay to be saved where saving failed', async () => {
  const log = await openLog()
  let fails = true
  const failing: Log = {
    ...new CuttableLog(log).log,
    setCursor: (name, offset) => (fails ? Promise.reject(new Error('no room')) : log.setCursor(name, offset)),
  }
  const positions = await Positions.open(failing, 'topic')
  await take(log, positions, 'topic/a/0', 1)
  await expect(positions.save()).rejects.toThrow('no room')
  fails = false
  await positions.save()
  expect(log.cursor('topic/a/0')).toBe(1)
})
