// One story says the same, byte for byte, as an exercise, replayed, and posted to a collector that runs.

import { describe, expect, it, vi } from 'vitest'
import { findStory } from '../../collector/wiring/exercises/find-stories.ts'
import { tellThreeWays } from './three-ways.ts'

vi.setConfig({ testTimeout: 240_000 })

describe('a story', () => {
  // One with a baseline; `npm run exercises` tells all of them.
  it.each(['new-caller-2xx'])('%s gives the same alerts in every way in', async (id) => {
    const { byExercise, byReplay, byPosting } = await tellThreeWays(findStory(id), 30_000)
    expect(byExercise.length).toBeGreaterThan(0)
    expect(byReplay).toEqual(byExercise)
    expect(byPosting).toEqual(byExercise)
  })
})
