// Group commit: who shares a group, who waits, what a failure takes with it.

import { describe, expect, it } from 'vitest'
import { CommitQueue } from './commit-queue.ts'

/** A queue whose commits the test finishes by hand. */
function byHand(limits: { readonly maxGroupBytes?: number; readonly maxWaitingBytes?: number } = {}) {
  const groups: string[][] = []
  const finish: ((error?: Error) => void)[] = []
  const queue = new CommitQueue<string>({
    commit: (group) => {
      groups.push([...group])
      return new Promise((resolve, reject) => finish.push((error) => (error === undefined ? resolve() : reject(error))))
    },
    maxGroupBytes: limits.maxGroupBytes ?? 100,
    maxWaitingBytes: limits.maxWaitingBytes ?? 1000,
    busy: () => new Error('busy'),
  })
  return { queue, groups, finish }
}

describe('a commit queue', () => {
  it('commits at once what comes first and groups what comes meanwhile', async () => {
    const { queue, groups, finish } = byHand()
    const first = queue.add('a', 1)
    const others = [queue.add('b', 1), queue.add('c', 1)]
    expect(groups).toEqual([['a']])
    finish[0]?.()
    await first
    await expect.poll(() => groups).toEqual([['a'], ['b', 'c']])
    finish[1]?.()
    await Promise.all(others)
    await queue.drain()
  })

  it('closes a group before it grows past its size, but never splits or refuses one piece of work', async () => {
    const { queue, groups, finish } = byHand({ maxGroupBytes: 10 })
    const all = [queue.add('a', 1), queue.add('b', 6), queue.add('c', 6), queue.add('d', 50)]
    for (const expected of [1, 2, 3, 4]) {
      await expect.poll(() => groups.length).toBe(expected)
      finish[expected - 1]?.()
    }
    await Promise.all(all)
    expect(groups).toEqual([['a'], ['b'], ['c'], ['d']])
  })

  it('rejects a whole group when its commit fails, and commits the next', async () => {
    const { queue, groups, finish } = byHand()
    const results = Promise.allSettled([queue.add('a', 1), queue.add('b', 1), queue.add('c', 1)])
    finish[0]?.()
    await expect.poll(() => groups.length).toBe(2)
    const next = queue.add('d', 1)
    finish[1]?.(new Error('disk'))
    await expect.poll(() => groups.length).toBe(3)
    finish[2]?.()
    await next
    expect((await results).map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  })

  it('refuses what would make more wait than it may, and takes more once there is room', async () => {
    const { queue, finish } = byHand({ maxWaitingBytes: 10 })
    const first = queue.add('a', 8)
    await expect(queue.add('b', 3)).rejects.toThrow('busy')
    finish[0]?.()
    await first
    const large = queue.add('c', 50)
    await expect.poll(() => finish.length).toBe(2)
    finish[1]?.()
    await large
  })

  it('runs an exclusive task between commits and holds back what comes after it', async () => {
    const { queue, groups, finish } = byHand()
    const events: string[] = []
    const first = queue.add('a', 1).then(() => events.push('a'))
    const task = queue.exclusive(async () => events.push('task'))
    const second = queue.add('b', 1).then(() => events.push('b'))
    expect([groups, events]).toEqual([[['a']], []])
    finish[0]?.()
    await task
    await expect.poll(() => groups).toEqual([['a'], ['b']])
    finish[1]?.()
    await Promise.all([first, second])
    expect(events).toEqual(['a', 'task', 'b'])
  })

  it('passes on what an exclusive task throws and goes on', async () => {
    const { queue, finish } = byHand()
    await expect(queue.exclusive(() => Promise.reject(new Error('task')))).rejects.toThrow('task')
    const next = queue.add('a', 1)
    await expect.poll(() => finish.length).toBe(1)
    finish[0]?.()
    await next
  })
})
