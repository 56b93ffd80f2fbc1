// What is said of a catch-up is what the looks at it show.

import { describe, expect, it } from 'vitest'
import { catchUpOf } from './catch-up.ts'

const perSecond = 100
const question = { faultEndedAt: 10_000, perSecond, nearEnough: 100 }
const look = (at: number, stored: number) => ({ at, due: (at * perSecond) / 1_000, stored })

describe('a catch-up', () => {
  it('tells how long nothing moved, and how fast it went from then on', () => {
    const looks = [look(9_000, 100), look(10_000, 100), look(12_000, 100), look(13_000, 600), look(14_000, 1_350)]
    expect(catchUpOf({ ...question, looks })).toEqual({
      backAfterMs: 2_000,
      backlog: 1_100,
      liveRates: 6.25,
      hasCaughtUp: true,
    })
  })

  it('says nothing of the speed where there was next to no backlog', () => {
    const looks = [look(10_000, 950), look(10_100, 1_000)]
    expect(catchUpOf({ ...question, looks })).toMatchObject({ liveRates: undefined, hasCaughtUp: true })
  })

  it('is not there while what is due is not stored', () => {
    const looks = [look(10_000, 100), look(11_000, 200), look(12_000, 300)]
    expect(catchUpOf({ ...question, looks }).hasCaughtUp).toBe(false)
  })
})
