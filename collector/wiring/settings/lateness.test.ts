// A detector waits for the slowest of what it reads, and not for what it does not.

import { describe, expect, it } from 'vitest'
import { latenessOfEach, latenessOfLearning } from './lateness.ts'
import { openDetectors } from './open-detectors.ts'
import { settingsSchema } from './settings.ts'

const minutes = 60_000

describe('the lateness of a detector', () => {
  const settings = settingsSchema.parse({ detectors: { latenessByFormat: { 'opa-decision': 15 * minutes } } })

  it('is that of the slowest format of a kind that it reads', () => {
    expect(latenessOfEach(openDetectors(settings), settings.detectors)).toEqual({
      'refund-burst': 30_000,
      'unexpected-caller': 30_000,
      'token-replay': 15 * minutes,
      'refresh-token-reuse': 30_000,
      'record-loss': 30_000,
    })
    expect(latenessOfLearning(settings)).toBe(30_000)
  })

  it('is never less than that of all', () => {
    const { detectors } = settingsSchema.parse({
      detectors: { latenessMs: 60_000, latenessByFormat: { 'istio-json': 1_000 } },
    })
    expect(latenessOfLearning({ detectors })).toBe(60_000)
  })

  it('is refused for a format that nobody knows', () => {
    expect(settingsSchema.safeParse({ detectors: { latenessByFormat: { opa: 1_000 } } }).success).toBe(false)
  })
})
