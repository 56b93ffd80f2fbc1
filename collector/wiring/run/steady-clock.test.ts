// Nothing is ended by a wall clock that is wrong for a while, and everything by one that was set right.

import { expect, it } from 'vitest'
import { VirtualTime } from '../../../test/support/virtual-time.ts'
import { openSteadyClock } from './steady-clock.ts'

const secondMs = 1_000
const hourMs = 3_600_000
const yearMs = 365 * 24 * hourMs
const startAt = Date.parse('2026-03-14T12:00:00Z')

function steadily() {
  const time = new VirtualTime(startAt)
  const steady = openSteadyClock(time)
  /** As a tick every second asks; what it was told last, from the start. */
  const after = (ms: number): number => {
    let told = steady()
    for (let gone = 0; gone < ms; gone += secondMs) {
      time.advance(secondMs)
      told = steady()
    }
    return told - startAt
  }
  return { time, after }
}

it('goes on by itself while the wall clock has leapt ahead, and says the wall time again once it is back', () => {
  const { time, after } = steadily()
  expect(after(10 * secondMs)).toBe(10 * secondMs)
  time.stepWall(yearMs)
  expect(after(60 * secondMs)).toBe(70 * secondMs)
  time.stepWall(-yearMs)
  expect(after(secondMs)).toBe(71 * secondMs)
})

it('believes a leap ahead that lasts, as of a host that had no time when it started', () => {
  const { time, after } = steadily()
  time.stepWall(yearMs)
  expect(after(hourMs - secondMs)).toBe(hourMs - secondMs)
  expect(after(secondMs)).toBe(hourMs + yearMs)
  expect(after(secondMs)).toBe(hourMs + yearMs + secondMs)
})

it('doubts each leap anew', () => {
  const { time, after } = steadily()
  time.stepWall(hourMs)
  after(hourMs - secondMs)
  time.stepWall(-hourMs)
  after(secondMs)
  time.stepWall(hourMs)
  expect(after(10 * secondMs)).toBe(hourMs + 10 * secondMs)
})

it.each([
  ['back, however far', -yearMs],
  ['ahead by less than a minute', 50 * secondMs],
])('follows at once when the wall clock is set %s', (_, stepMs) => {
  const { time, after } = steadily()
  time.stepWall(stepMs)
  expect(after(secondMs)).toBe(stepMs + secondMs)
})
