// The part of the conformance suite about appends, reads and listeners.

import { describe, expect, it } from 'vitest'
import type { NewRecord } from '../log.ts'
import {
  type Bench,
  bytesOf,
  everything,
  nowAndAgain,
  readAll,
  readOn,
  readTexts,
  textOf,
  texts,
} from './log-under-test.ts'

/** Offsets, order, bytes, limits. */
export function describeAppending({ start, maxRecordBytes, tellsTime }: Bench): void {
  describe('appending and reading', () => {
    it('gives gapless offsets from 0 and complete coordinates', async () => {
      const { log } = await start()
      const first = await log.append('ingest', texts('a', 'b'))
      const second = await log.append('ingest', texts('c'))
      const { incarnation } = log.bounds('ingest')
      expect([...first, ...second].map((receipt) => receipt.coordinate)).toEqual(
        [0, 1, 2].map((offset) => ({ topic: 'ingest', partition: 0, incarnation, offset })),
      )
      expect(incarnation).not.toBe('')
    })

    it.each<[string, NewRecord]>([
      ['bytes of every value', { value: Uint8Array.from({ length: 256 }, (_, index) => index) }],
      ['an empty value', { value: new Uint8Array(0) }],
      ['no value', { key: 'gone', value: null }],
      [
        'a key and headers',
        { key: 'ключ 🔑', value: bytesOf('x'), headers: { format: 'istio-json', ünïcode: '\u0000"\n' } },
      ],
      [
        'a key and header with lone surrogates',
        { key: '\ud800', value: bytesOf('x'), headers: { '\udfff': '\ud800x' } },
      ],
      ['a header called __proto__', { value: bytesOf('x'), headers: JSON.parse('{"__proto__":"y"}') }],
      ['an empty key', { key: '', value: bytesOf('x') }],
      ['a value near the limit', { value: new Uint8Array(maxRecordBytes - 1024).fill(7) }],
    ])('returns %s as it was given, at once and after reopening', async (_what, record) => {
      const under = await start()
      const [receipt] = await under.log.append('ingest', [record])
      for await (const opened of nowAndAgain(under)) {
        const [read] = await readAll(opened, 'ingest')
        expect(read).toBeDefined()
        expect(read?.coordinate).toEqual(receipt?.coordinate)
        expect(read?.appendedAt).toBe(receipt?.appendedAt)
        expect(read?.key).toBe(record.key)
        expect(Object.entries(read?.headers ?? {})).toEqual(Object.entries(record.headers ?? {}))
        expect(read?.value === null ? null : [...(read?.value ?? [])]).toEqual(record.value && [...record.value])
      }
    })

    it('shows nothing before it is durable and all of it afterwards', async () => {
      const { log } = await start()
      const appended = log.append('ingest', texts('a', 'b'))
      expect(log.read('ingest', 0, everything).records).toEqual([])
      expect(log.bounds('ingest').nextOffset).toBe(0)
      await appended
      expect(await readTexts(log, 'ingest')).toEqual(['a', 'b'])
    })

    it('keeps the records of one call next to each other when many calls run at once', async () => {
      const { log } = await start()
      const calls = Array.from({ length: 40 }, (_, call) => [0, 1, 2].map((index) => `${call}.${index}`))
      const receipts = await Promise.all(calls.map((call) => log.append('ingest', texts(...call))))
      const read = await readTexts(log, 'ingest')
      for (const [call, given] of receipts.entries()) {
        const from = given[0]?.coordinate.offset ?? -1
        expect(given.map((receipt) => receipt.coordinate.offset)).toEqual([from, from + 1, from + 2])
        expect(read.slice(from, from + 3)).toEqual(calls[call])
      }
    })

    it('accepts an append of nothing', async () => {
      const { log } = await start()
      expect(await log.append('ingest', [])).toEqual([])
      expect(log.bounds('ingest').nextOffset).toBe(0)
    })

    it('stops after the record that reaches maxBytes and goes on from nextOffset', async () => {
      const { log } = await start()
      await log.append('ingest', texts('aaaa', 'bbbb', 'cccc'))
      const first = log.read('ingest', 0, { maxBytes: 5 })
      expect(first.records.map(textOf)).toEqual(['aaaa', 'bbbb'])
      expect(first.nextOffset).toBe(2)
      expect(log.read('ingest', 0, { maxBytes: 1 }).records).toHaveLength(1)
      expect(log.read('ingest', 0, { maxBytes: 100, maxRecords: 1 }).nextOffset).toBe(1)
      expect(log.read('ingest', 2, everything)).toMatchObject({ nextOffset: 3, damaged: [] })
    })

    it('returns an empty result at the end', async () => {
      const { log } = await start()
      await log.append('ingest', texts('a'))
      expect(log.read('ingest', 1, everything)).toEqual({ records: [], damaged: [], nextOffset: 1 })
    })

    it('looks back at all that is durable, whatever is read meanwhile', async () => {
      const { log } = await start()
      await log.append('ingest', texts('a', 'b', 'c'))
      const seen: string[] = []
      for await (const { records, nextOffset } of log.scan('ingest', 1)) {
        seen.push(...records.map(textOf))
        log.read('ingest', 0, everything)
        expect(nextOffset).toBeGreaterThan(1)
      }
      expect(seen).toEqual(['b', 'c'])
      for await (const { records } of log.scan('ingest', 3)) expect(records).toEqual([])
      expect(await readTexts(log, 'ingest')).toEqual(['a', 'b', 'c'])
    })

    it('returns bytes that later reads and appends leave alone', async () => {
      const { log, reopen } = await start()
      await log.append('ingest', texts('first', 'other'))
      const opened = await reopen()
      const [first] = (await readOn(opened, 'ingest', 0, { maxBytes: 1 })).records
      opened.read('ingest', 1, { maxBytes: 1 })
      await opened.append('ingest', texts('third'))
      expect(first && textOf(first)).toBe('first')
    })

    it('keeps topics and partitions apart', async () => {
      const { log } = await start()
      await log.append('ingest', texts('zero'))
      await log.append('ingest', texts('one'), 1)
      await log.append('control', [{ key: 'k', value: bytesOf('control') }])
      expect(await readTexts(log, 'ingest')).toEqual(['zero'])
      expect(await readTexts(log, 'ingest', 1)).toEqual(['one'])
      expect((await readAll(log, 'ingest', 1))[0]?.coordinate.partition).toBe(1)
      expect(await readTexts(log, 'control')).toEqual(['control'])
    })

    it('refuses a record that is too large, keeps nothing of its call, and goes on', async () => {
      const { log } = await start()
      const large = { value: new Uint8Array(maxRecordBytes + 1) }
      await expect(log.append('ingest', [...texts('small'), large])).rejects.toMatchObject({
        code: 'ERR_LOG_RECORD_TOO_LARGE',
        retryable: false,
      })
      expect(log.bounds('ingest').nextOffset).toBe(0)
      await log.append('ingest', texts('next'))
      expect(await readTexts(log, 'ingest')).toEqual(['next'])
    })
  })

  it.runIf(tellsTime)('takes a modelled append time, but never one below the newest', async () => {
    const { log } = await start()
    const receipts = await log.append('ingest', [
      { value: bytesOf('a'), appendAt: 100 },
      { value: bytesOf('b'), appendAt: 300 },
      { value: bytesOf('c'), appendAt: 200 },
    ])
    expect(receipts.map((receipt) => receipt.appendedAt)).toEqual([100, 300, 300])
    expect((await readAll(log, 'ingest')).map((record) => record.appendedAt)).toEqual([100, 300, 300])
  })

  describe('listeners', () => {
    it('are called when records can be read, and not once they have stopped', async () => {
      const { log } = await start()
      const seen: number[] = []
      const stop = log.onAppended('ingest', () => seen.push(log.bounds('ingest').nextOffset))
      await log.append('ingest', texts('a'))
      await log.append('control', [{ key: 'k', value: bytesOf('x') }])
      await expect.poll(() => seen).toEqual([1])
      stop()
      await log.append('ingest', texts('b'))
      await log.append('control', [{ key: 'k', value: bytesOf('y') }])
      expect(seen).toEqual([1])
    })
  })
}
