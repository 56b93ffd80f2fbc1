// When lines of a run are appended: never before they happened, in order, with their distances kept.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openScrubber } from '../../scrub/scrubber.ts'
import { ephemeralScrubKey } from '../data-folder.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { findStory } from './find-stories.ts'
import { planRun } from './run-plan.ts'
import { timedLines } from './timed-lines.ts'

const settings = defaultSettings()
const scrubber = openScrubber(ephemeralScrubKey(), settings.scrub)
const loaded = findStory('refund-3-in-6s')
const now = Date.parse('2026-11-29T12:00:00.400Z')
const plan = (speed: number, twin = false) => planRun({ loaded, run: 'refund-1', settings, scrubber, now, speed, twin })
const ahead = (speed: number, nth: number) => (plan(speed).lines.at(nth)?.at ?? 0) - now

describe('the plan of a run', () => {
  it('appends no line before it happened, and none before the one it follows, at any speed', () => {
    const speeds = fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 100_000, noNaN: true }))
    fc.assert(
      fc.property(speeds, fc.boolean(), (speed, twin) => {
        const { lines } = plan(speed, twin)
        for (const [index, { at, dueAt }] of lines.entries()) {
          expect(dueAt).toBeGreaterThanOrEqual(at)
          expect(dueAt).toBeGreaterThanOrEqual(lines[index - 1]?.dueAt ?? 0)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('begins now at real speed', () => {
    expect(ahead(1, 0)).toBeLessThanOrEqual(0)
    expect(ahead(1, 0)).toBeGreaterThan(-1_000)
    expect(plan(1).lines.at(-1)?.dueAt).toBeGreaterThanOrEqual(now + 97_000)
  })

  it.each([[0], [50]])('ends with the event of now at speed %d', (speed) => {
    const last = plan(speed).lines.at(-1)
    expect((last?.dueAt ?? 0) - (last?.at ?? 0)).toBeLessThan(1_000)
  })

  it('keeps the distances of lines, and puts the twin in a realm of its own', () => {
    const { lines } = plan(0, true)
    const distances = (of: readonly { readonly at: number }[]) => of.map(({ at }) => at - (of[0]?.at ?? 0))
    for (const [part, realm] of [
      ['attack', 'exercise:refund-1'],
      ['twin', 'exercise:refund-1-twin'],
    ] as const) {
      const recorded = distances(timedLines(loaded[part], settings, scrubber))
      expect(new Set(recorded).size).toBeGreaterThan(5)
      expect(distances(lines.filter((line) => line.realm === realm))).toEqual(recorded)
    }
  })
})
