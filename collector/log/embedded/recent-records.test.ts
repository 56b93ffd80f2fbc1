// The memory of newest records: what it finds, what it forgets, how much it holds.

import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../log.ts'
import { RecentRecords } from './recent-records.ts'

function record(offset: number, bytes: number): LogRecord {
  return {
    coordinate: { topic: 'ingest', incarnation: 'life-1', partition: 0, offset },
    key: undefined,
    value: new Uint8Array(bytes),
    headers: {},
    appendedAt: 0,
  }
}

describe('the newest records in memory', () => {
  it('are found by offset, and no others are', () => {
    const recent = new RecentRecords(100_000)
    for (let offset = 5; offset < 8; offset += 1) recent.add(record(offset, 10))
    expect([4, 5, 7, 8, -1].map((offset) => recent.at(offset)?.coordinate.offset)).toEqual([
      undefined,
      5,
      7,
      undefined,
      undefined,
    ])
  })

  it('stay within their bytes, the oldest going first', () => {
    const recent = new RecentRecords(10_000)
    for (let offset = 0; offset < 1000; offset += 1) {
      recent.add(record(offset, 1000))
      const held = Array.from({ length: offset + 1 }, (_, at) => recent.at(at)).filter((found) => found !== undefined)
      expect(held.length).toBeLessThanOrEqual(7)
      expect(held.at(-1)?.coordinate.offset).toBe(offset)
    }
  })

  it('count memory that neighbours share once, and until the last of them is forgotten', () => {
    const recent = new RecentRecords(10_000)
    for (let body = 0; body < 20; body += 1) {
      const memory = new Uint8Array(4000)
      for (let part = 0; part < 4; part += 1) {
        const offset = body * 4 + part
        recent.add({ ...record(offset, 0), value: memory.subarray(part * 1000, part * 1000 + 1000) })
        const held = Array.from({ length: offset + 1 }, (_, at) => recent.at(at)).filter((found) => found !== undefined)
        expect(new Set(held.map(({ value }) => value?.buffer)).size).toBeLessThanOrEqual(2)
        if (body > 0) expect(held.length).toBeGreaterThan(4)
      }
    }
  })

  it('forget a record that alone is larger than all they may hold', () => {
    const recent = new RecentRecords(100)
    recent.add(record(0, 1000))
    expect(recent.at(0)).toBeUndefined()
    recent.add(record(1, 1000))
    expect(recent.at(1)).toBeUndefined()
  })

  it('are forgotten once somebody reads on behind them', () => {
    const recent = new RecentRecords(100_000)
    for (let offset = 5; offset < 10; offset += 1) recent.add(record(offset, 10))
    recent.forgetBelow(8)
    recent.forgetBelow(6)
    expect([5, 7, 8, 9].map((offset) => recent.at(offset)?.coordinate.offset)).toEqual([undefined, undefined, 8, 9])
    recent.forgetBelow(20)
    recent.add(record(10, 10))
    expect([9, 10].map((offset) => recent.at(offset)?.coordinate.offset)).toEqual([undefined, 10])
  })

  it('forget everything before a jump in offsets', () => {
    const recent = new RecentRecords(100_000)
    recent.add(record(0, 10))
    recent.add(record(9, 10))
    expect([recent.at(0), recent.at(9)?.coordinate.offset]).toEqual([undefined, 9])
  })
})
