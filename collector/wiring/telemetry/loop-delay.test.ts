// What the gauge of the event loop's delay shows, and for how long.

import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { type LoopDelayGauge, watchLoopDelay } from './loop-delay.ts'

let gauge: LoopDelayGauge | undefined
let nextWindow: () => void = () => undefined

afterEach(() => gauge?.close())

function openGauge(): LoopDelayGauge {
  const opened = watchLoopDelay((_, call) => {
    nextWindow = call
    return () => undefined
  })
  gauge = opened
  return opened
}

/** Stands still, as a long piece of work does, until the gauge has noticed: its first look compares with nothing. */
function aStretchIsSeen(opened: LoopDelayGauge): Promise<void> {
  return until(() => {
    for (const endsAt = performance.now() + 200; performance.now() < endsAt; );
    return opened.read().max > 0.15
  }, 'the stretch is seen')
}

describe('the delay of the event loop', () => {
  it('shows the longest stretch, in seconds, to everyone who asks', async () => {
    const opened = openGauge()
    await aStretchIsSeen(opened)
    const { p50, p99, max } = opened.read()
    expect(opened.read().max).toBe(max)
    expect(max).toBeLessThan(30)
    expect(p50).toBeLessThanOrEqual(p99)
    expect(p99).toBeLessThanOrEqual(max)
  })

  it('forgets it after one to two windows', async () => {
    const opened = openGauge()
    await aStretchIsSeen(opened)
    nextWindow()
    expect(opened.read().max).toBeGreaterThan(0.15)
    nextWindow()
    expect(opened.read().max).toBeLessThan(0.15)
  })
})
