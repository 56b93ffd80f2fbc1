// Under which settings something was judged, as alerts say it, and which states can be read back.

import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { countingDetector } from '../../test/support/counting-detector.ts'
import { type Engine, openEngine } from './engine.ts'
import { detectorEntry } from './entry.ts'
import { batchOf, placed, recordedEvent } from './recording.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

function openWith(input: unknown, lookUps: readonly string[] = []): Engine {
  return openEngine({ detectors: [detectorEntry({ ...countingDetector(), lookUps }).open(input)], digest })
}

function settingsDigest(engine: Engine): string | undefined {
  const events = [1_000, 2_000].map((eventAt) =>
    recordedEvent({ kind: 'action', action: 'counted', subject: 'anna', eventAt }),
  )
  const out: VerdictRecord[] = []
  engine.observe(batchOf(placed(events)), 0, events.length, out)
  return out[0]?.settingsDigest
}

it('is the same with settings written out and with defaults', () => {
  expect(settingsDigest(openWith({}))).toBe(digest('{"limit":2}').slice(0, 16))
  expect(settingsDigest(openWith({ limit: 2 }))).toBe(settingsDigest(openWith({})))
  expect(settingsDigest(openWith({ limit: 1 }))).not.toBe(settingsDigest(openWith({})))
})

it('leaves look-ups out, but no state is read back under another one', () => {
  const [one, other] = [openWith({ limit: 1 }, ['limit']), openWith({ limit: 2 }, ['limit'])]
  expect(one.stateVersionOf(0)).not.toBe(other.stateVersionOf(0))
  expect([one, other].map(settingsDigest)).toEqual(Array(2).fill(digest('{"limit":null}').slice(0, 16)))
})
