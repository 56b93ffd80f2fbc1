// The part of the conformance suite about what outlives a restart, closing, and any interleaving of these.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TopicName } from '../../../schemas/topics.ts'
import { type Bench, bytesOf, everything, keyed, readAll, readOn, readTexts, texts } from './log-under-test.ts'

/** Restarts, cursors, append time, closing. */
export function describeLasting({ start, open, setClock, tellsTime }: Bench): void {
  describe('over a restart', () => {
    it('keeps records, offsets, bounds and incarnations', async () => {
      const { log, reopen } = await start()
      await log.append('ingest', texts('a', 'b'))
      await log.append('alerts', [{ key: 'k', value: bytesOf('v') }])
      const before = [log.bounds('ingest'), log.bounds('alerts')]
      const again = await reopen()
      expect([again.bounds('ingest'), again.bounds('alerts')]).toMatchObject(
        before.map(({ incarnation, firstOffset, nextOffset }) => ({ incarnation, firstOffset, nextOffset })),
      )
      const [receipt] = await again.append('ingest', texts('c'))
      expect(receipt?.coordinate.offset).toBe(2)
      expect(await readTexts(again, 'ingest')).toEqual(['a', 'b', 'c'])
    })

    it('keeps cursors, which are undefined until they are set', async () => {
      const { log, reopen } = await start()
      expect(log.cursor('store')).toBeUndefined()
      await log.setCursor('store', 7)
      await log.setCursor('alerts', 1)
      await log.setCursor('store', 9)
      expect(log.cursor('store')).toBe(9)
      const again = await reopen()
      expect([again.cursor('store'), again.cursor('alerts'), again.cursor('other')]).toEqual([9, 1, undefined])
    })

    it.runIf(tellsTime)('keeps append time from running backwards', async () => {
      const { log, reopen } = await start()
      setClock(5_000_000)
      await log.append('ingest', texts('a'))
      await log.append('alerts', [{ key: 'a', value: bytesOf('a') }])
      setClock(4_000_000)
      await log.append('ingest', texts('b'))
      const again = await reopen()
      await again.append('ingest', texts('c'))
      await again.append('alerts', [{ key: 'b', value: bytesOf('b') }])
      setClock(6_000_000)
      await again.append('ingest', texts('d'))
      const times = async (topic: TopicName) => (await readAll(again, topic)).map((record) => record.appendedAt)
      expect(await times('ingest')).toEqual([5_000_000, 5_000_000, 5_000_000, 6_000_000])
      expect(await times('alerts')).toEqual([5_000_000, 5_000_000])
    })
  })

  describe('closing', () => {
    it('waits for appends under way and refuses later ones', async () => {
      const { log, reopen } = await start()
      const under = [log.append('ingest', texts('a')), log.append('control', keyed(['k', 'v'])), log.setCursor('c', 1)]
      const closed = log.close()
      await Promise.all(under)
      await expect(log.append('ingest', texts('b'))).rejects.toMatchObject({
        code: 'ERR_LOG_CLOSED',
        retryable: false,
      })
      await expect(log.setCursor('c', 2)).rejects.toMatchObject({ code: 'ERR_LOG_CLOSED' })
      await closed
      expect(() => log.read('ingest', 0, everything)).toThrow('is closed')
      const again = await reopen()
      expect([await readTexts(again, 'ingest'), await readTexts(again, 'control'), again.cursor('c')]).toEqual([
        ['a'],
        ['v'],
        1,
      ])
    })
  })

  it('yields one and the same sequence, however appends, reads and restarts interleave', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.nat(3000), { minLength: 1, maxLength: 5 }).map((sizes) => ({ sizes })) },
      { weight: 3, arbitrary: fc.record({ maxBytes: fc.nat(5000), maxRecords: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.constant('reopen' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { reopen, dispose, ...opened } = await open()
        let { log } = opened
        let written = 0
        const pending: Promise<unknown>[] = []
        const sizes: number[] = []
        const followed: string[] = []
        let position = 0
        const follow = (options: { readonly maxBytes: number; readonly maxRecords?: number }) => {
          const read = log.read('ingest', position, options)
          expect(read.damaged).toEqual([])
          followed.push(
            ...read.records.map((record) => `${record.coordinate.offset}:${record.value?.length}:${record.value?.[0]}`),
          )
          position = read.nextOffset
        }
        for (const taken of steps) {
          if (taken === 'reopen') {
            await Promise.all(pending.splice(0))
            log = await reopen()
          } else if ('sizes' in taken) {
            const records = taken.sizes.map((size) => ({ value: new Uint8Array(size + 1).fill(written++ % 251) }))
            sizes.push(...taken.sizes)
            pending.push(log.append('ingest', records))
            // Half of them are left to run beside what follows.
            if (written % 2 === 0) await Promise.all(pending.splice(0))
          } else follow(taken)
        }
        await Promise.all(pending)
        while (position < log.bounds('ingest').nextOffset) {
          await readOn(log, 'ingest', position, { maxBytes: 1 })
          follow({ maxBytes: 10_000 })
        }
        await dispose()
        expect(followed).toEqual(sizes.map((size, offset) => `${offset}:${size + 1}:${offset % 251}`))
      }),
      { numRuns: 15 },
    )
  })
}
