// A watch over progress, by a clock of its own: what it tells, and what it leaves alone.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Place, type StoodStill, watchProgress } from './progress-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const quickStore = { timeoutMs: 1_000, batchMs: 1_000 }

function watched(places: () => readonly Place[], store = quickStore) {
  const told: StoodStill[] = []
  const stop = watchProgress({ store, places, onStoodStill: (cause) => told.push(cause) })
  const seconds = (count: number): void => {
    vi.advanceTimersByTime(count * 1_000)
  }
  return { told, stop, seconds }
}

describe('a watch over progress', () => {
  it('tells once of what stands still for a minute while more waits for it', () => {
    const { told, seconds } = watched(() => [{ name: 'detect 3', position: 17, behind: 4 }])
    seconds(60)
    expect(told).toEqual([])
    seconds(60)
    expect(told.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^detect 3 has stood still for 60 s at 17, 4 behind/),
    ])
  })

  it('leaves alone what goes on however slowly, and what has nothing to do', () => {
    let look = 0
    const { told, seconds } = watched(() => {
      look += 1
      return [
        { name: 'slow', position: Math.floor(look / 50), behind: 1_000 },
        { name: 'idle', position: 5, behind: 0 },
      ]
    })
    seconds(600)
    expect(told).toEqual([])
  })

  it('begins anew after an outage, during which nothing can go on', () => {
    let isOut = false
    const { told, seconds } = watched(() => (isOut ? [] : [{ name: 'normalize 0', position: 1, behind: 9 }]))
    seconds(50)
    isOut = true
    seconds(300)
    isOut = false
    seconds(60)
    expect(told).toEqual([])
    seconds(1)
    expect(told).toHaveLength(1)
  })

  it('waits twice as long as one insert may take', () => {
    const slow = { timeoutMs: 100_000, batchMs: 20_000 }
    const { told, seconds } = watched(() => [{ name: 'ingest', position: 0, behind: 1 }], slow)
    seconds(240)
    expect(told).toEqual([])
    seconds(1)
    expect(told).toHaveLength(1)
  })

  it('tells nothing once it is stopped', () => {
    const { told, stop, seconds } = watched(() => [{ name: 'ingest', position: 0, behind: 1 }])
    stop()
    seconds(600)
    expect(told).toEqual([])
  })
})
