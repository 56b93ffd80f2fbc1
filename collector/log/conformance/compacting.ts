// The part of the conformance suite about compacted topics.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bench, bytesOf, everything, keyed, nowAndAgain, readOn, textOf, texts } from './log-under-test.ts'

/** The newest record of each key. */
export function describeCompacting({ start, open }: Bench): void {
  describe('compacted topics', () => {
    it('keep the newest record of each key, in order of offset, and forget deleted keys', async () => {
      const under = await start()
      await under.log.append('deliveries', keyed(['a', '1'], ['b', '1'], ['a', '2'], ['c', '1']))
      await under.log.append('deliveries', [{ key: 'b', value: null }, ...keyed(['c', '2'])])
      for await (const opened of nowAndAgain(under)) {
        expect([...opened.readCompacted('deliveries')].map((record) => [record.key, textOf(record)])).toEqual([
          ['a', '2'],
          ['c', '2'],
        ])
      }
    })

    it('never skip a newest record when read by offset, and tell of deletions', async () => {
      const { log } = await start()
      await log.append('control', keyed(['a', '1'], ['b', '1'], ['a', '2']))
      await log.append('control', [{ key: 'b', value: null }])
      const read = await readOn(log, 'control', 0, everything)
      const newest = new Map(read.records.map((record) => [record.key, record.value === null ? null : textOf(record)]))
      expect(newest).toEqual(
        new Map([
          ['a', '2'],
          ['b', null],
        ]),
      )
      expect(read).toMatchObject({ damaged: [], nextOffset: 4 })
    })

    it('refuse a record without a key', async () => {
      const { log } = await start()
      await expect(log.append('control', texts('x'))).rejects.toThrow('has no key')
    })

    it('agree with a map of the newest values, whatever is written and reopened', async () => {
      const step = fc.oneof(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.string())), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.constant('reopen' as const),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const { reopen, dispose, ...opened } = await open()
          let { log } = opened
          const model = new Map<string, string>()
          for (const taken of steps) {
            if (taken === 'reopen') {
              log = await reopen()
              continue
            }
            await log.append(
              'alerts',
              taken.map(([key, value]) => ({ key, value: value === null ? null : bytesOf(value) })),
            )
            for (const [key, value] of taken) {
              model.delete(key)
              if (value !== null) model.set(key, new TextDecoder().decode(bytesOf(value)))
            }
          }
          const found = [...log.readCompacted('alerts')].map((record) => [record.key, textOf(record)])
          await dispose()
          expect(found).toEqual([...model])
        }),
        { numRuns: 15 },
      )
    })
  })
}
