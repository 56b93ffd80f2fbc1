// The thread's log reads ahead: the next records are under way while those before are judged, in memory of their own.

import { describe, expect, it } from 'vitest'
import type { LogRecord, ReadResult } from '../../log/log.ts'
import { type LentRead, lend } from './lent-records.ts'
import { ThreadLog } from './thread-log.ts'

function recordAt(offset: number): LogRecord {
  const coordinate = { topic: 'ingest', incarnation: 'a', partition: 0, offset }
  return { coordinate, key: undefined, value: Uint8Array.of(offset), headers: {}, appendedAt: offset }
}

/** A front that answers a read with one record once it is told to. */
function openThreadLog() {
  const asked: { readonly offset: number; readonly answer: () => void }[] = []
  const memories: ArrayBuffer[] = []
  const failures: unknown[] = []
  let told = 0
  const log = new ThreadLog({
    atStart: {
      ingest: { incarnation: 'a', firstOffset: 3, nextOffset: 3, bytes: 0 },
      cursors: { 'stored/a': 3 },
      snapshots: [],
    },
    front: {
      readOn: (offset, memory) =>
        new Promise<LentRead>((resolve) => {
          memories.push(memory)
          const found: ReadResult = { records: [recordAt(offset)], damaged: [], nextOffset: offset + 1 }
          asked.push({ offset, answer: () => resolve(lend(offset, found, memory)) })
        }),
      append: async () => [],
      setCursor: async () => undefined,
    },
    onFailure: (cause) => failures.push(cause),
  })
  log.onAppended('ingest', () => {
    told += 1
  })
  const answer = async (nth: number): Promise<void> => {
    asked[nth]?.answer()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { log, asked, memories, failures, answer, told: () => told }
}

const offsetsOf = (read: ReadResult): readonly number[] => read.records.map(({ coordinate }) => coordinate.offset)

describe("the thread's log", () => {
  it('has nothing to give before the front has answered, and tells when it has', async () => {
    const { log, answer, told, asked } = openThreadLog()
    expect(log.read('ingest', 3)).toEqual({ records: [], damaged: [], nextOffset: 3 })
    expect(log.read('ingest', 3).records).toEqual([])
    expect(asked).toHaveLength(1)
    await answer(0)
    expect(told()).toBe(1)
    expect(offsetsOf(log.read('ingest', 3))).toEqual([3])
    expect(log.bounds().nextOffset).toBe(4)
  })

  it('asks on while what it gave is judged, and leaves that as it is', async () => {
    const { log, answer, memories, asked } = openThreadLog()
    log.read('ingest', 3)
    await answer(0)
    const first = log.read('ingest', 3)
    expect(asked.map(({ offset }) => offset)).toEqual([3, 4])
    await answer(1)
    expect(first.records[0]?.value).toEqual(Uint8Array.of(3))
    expect(offsetsOf(log.read('ingest', 4))).toEqual([4])
    expect(memories[1]).not.toBe(memories[0])
    // Two memories are enough: what was judged is filled again.
    expect(memories[2]).toBe(memories[0])
  })
})
