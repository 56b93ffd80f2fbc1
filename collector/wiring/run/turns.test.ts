// Work of several requests takes turns, and everything else has its turn in between.

import { describe, expect, it } from 'vitest'
import { openTurns } from './turns.ts'

/** A clock that each step moves on by a millisecond; `others` counts the turns that everything else had. */
function openScene() {
  let at = 0
  let others = 0
  let running = 0
  let mostAtOnce = 0
  let now = 0
  const turns = openTurns({
    clock: () => at,
    afterOthers: (call) => {
      setImmediate(() => {
        others += 1
        mostAtOnce = Math.max(mostAtOnce, now)
        now = 0
        call()
      })
    },
  })
  function* work(steps: number, name: string): Generator<undefined, string, void> {
    running += 1
    for (let step = 0; step < steps; step++) {
      at += 1
      now += 1
      yield
    }
    running -= 1
    return name
  }
  return { turns, work, facts: () => ({ others, running, mostAtOnce }) }
}

describe('turns', () => {
  it('give short work its result in the turn at hand', async () => {
    const { turns, work, facts } = openScene()
    expect(await turns(work(2, 'a'))).toBe('a')
    expect(facts().others).toBe(0)
  })

  it('let everything else go on while work takes long', async () => {
    const { turns, work, facts } = openScene()
    expect(await turns(work(100, 'a'))).toBe('a')
    expect(facts().others).toBeGreaterThanOrEqual(24)
  })

  it('bound what all requests together take at once', async () => {
    const { turns, work, facts } = openScene()
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    expect(await Promise.all(names.map((name) => turns(work(30, name))))).toEqual(names)
    expect(facts()).toMatchObject({ running: 0 })
    expect(facts().mostAtOnce).toBeLessThanOrEqual(5)
  })

  it('let short work through while long work is under way', async () => {
    const { turns, work, facts } = openScene()
    const ended: string[] = []
    const all = ['long', 'short', 'brief'].map(async (name) => {
      await turns(work(name === 'long' ? 1_000 : 3, name))
      ended.push(name)
      return facts().others
    })
    const [, short = 0, brief = 0] = await Promise.all(all)
    expect(ended).toEqual(['short', 'brief', 'long'])
    expect(Math.max(short, brief)).toBeLessThanOrEqual(4)
  })

  it('let many who wait go on in one turn', async () => {
    const { turns, work, facts } = openScene()
    const first = turns(work(8, 'long'))
    await Promise.all([first, ...Array.from({ length: 100 }, (_, nth) => turns(work(0, `${nth}`)))])
    expect(facts().others).toBeLessThanOrEqual(4)
  })

  it('end with the error of the work, and others go on', async () => {
    const { turns, work } = openScene()
    function* broken(): Generator<undefined, string, void> {
      yield
      throw new RangeError('broken')
    }
    const both = await Promise.allSettled([turns(broken()), turns(work(20, 'b'))])
    expect(both).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 'b' }])
  })
})
