// Senders are held while judging is behind, let go when it has caught up, and refused when it has not.

import { describe, expect, it } from 'vitest'
import { openPressure } from './pressure.ts'

const mebi = 1024 * 1024

/** Judging that gets along by `step` bytes at each look. */
function judgingBehind(bytes: number, step: number) {
  let behind = bytes
  let time = 0
  let looks = 0
  const pressure = openPressure({
    lagBytes: () => behind,
    maxLagBytes: 64 * mebi,
    wait: async (ms) => {
      await Promise.resolve()
      time += ms
      behind -= step
      looks += 1
    },
    clock: () => time,
  })
  return { pressure, facts: () => ({ behind, time, looks }) }
}

describe('the pressure on senders', () => {
  it('holds nobody while judging is near', async () => {
    const { pressure, facts } = judgingBehind(5 * mebi, 0)
    expect(await pressure.refusalInTime()).toBeUndefined()
    expect(facts().looks).toBe(0)
    expect(pressure.isHeld()).toBe(false)
  })

  it('tells readers to wait long before senders are refused', () => {
    const { pressure } = judgingBehind(7 * mebi, 0)
    expect(pressure.isHeld()).toBe(true)
    expect(pressure.refusal()).toBeUndefined()
  })

  it('lets those go who were held once judging has caught up, all with one look at a time', async () => {
    const { pressure, facts } = judgingBehind(65 * mebi, 6 * mebi)
    expect(await Promise.all([1, 2, 3].map(() => pressure.refusalInTime()))).toEqual([undefined, undefined, undefined])
    expect(facts()).toEqual({ behind: 5 * mebi, time: 100, looks: 10 })
  })

  it('takes records after a second of holding, as long as they are within the bound', async () => {
    const { pressure, facts } = judgingBehind(64 * mebi, 0)
    expect(await pressure.refusalInTime()).toBeUndefined()
    expect(facts().time).toBe(1_000)
  })

  it('refuses after a second beyond the bound, and says what would change it', async () => {
    const { pressure } = judgingBehind(64 * mebi + 1, 0)
    expect(await pressure.refusalInTime()).toMatchObject({ status: 429, setting: 'receivers.http.maxLagBytes' })
    expect(pressure.refusal()?.retryAfterSeconds).toBe(1)
  })
})
