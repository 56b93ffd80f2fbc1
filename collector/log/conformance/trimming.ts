// The part of the conformance suite about retention, for logs that decide it themselves.

import { describe, expect, it } from 'vitest'
import { type Bench, everything, keyed, nowAndAgain, readTexts, textOf, texts } from './log-under-test.ts'

/** Whole segments, oldest first, never one that is needed. */
export function describeTrimming({ start, setClock }: Bench): void {
  describe('trimming', () => {
    const never = Number.POSITIVE_INFINITY

    it('drops nothing that is young, small or still needed', async () => {
      const { log } = await start()
      await log.append('ingest', texts('a'))
      const policies = [
        { maxAgeMs: 1000, maxBytes: never, now: 1_000_500, keepFrom: {} },
        { maxAgeMs: never, maxBytes: 10_000_000, now: 9_000_000, keepFrom: {} },
        { maxAgeMs: 1, maxBytes: 1, now: 9_000_000, keepFrom: { ingest: 0 } },
      ]
      for (const policy of policies) await log.trim(policy)
      expect(await readTexts(log, 'ingest')).toEqual(['a'])
    })

    it('drops what is past its age, says what it gave back, and goes on at the next offset', async () => {
      const under = await start()
      await under.log.append('ingest', texts('old'))
      setClock(2_000_000)
      const [trimmed] = await under.log.trim({
        maxAgeMs: 1000,
        maxBytes: never,
        now: 2_000_000,
        keepFrom: { ingest: 1 },
      })
      expect(trimmed).toMatchObject({ topic: 'ingest', firstOffset: 1 })
      expect(trimmed?.segments).toBeGreaterThan(0)
      expect(trimmed?.bytes).toBeGreaterThan(0)
      for await (const opened of nowAndAgain(under)) {
        expect(opened.bounds('ingest')).toMatchObject({ firstOffset: 1, nextOffset: 1 })
        expect(opened.read('ingest', 0, everything)).toMatchObject({
          records: [],
          damaged: [{ fromOffset: 0, toOffset: 0, reason: 'missing' }],
          nextOffset: 1,
        })
      }
    })

    it('leaves cursors and compacted topics alone', async () => {
      const { log } = await start()
      await log.append('alerts', keyed(['a', '1']))
      await log.setCursor('c', 0)
      await log.trim({ maxAgeMs: 0, maxBytes: 0, now: 9_000_000, keepFrom: {} })
      expect([...log.readCompacted('alerts')].map(textOf)).toEqual(['1'])
      expect(log.cursor('c')).toBe(0)
    })
  })
}
