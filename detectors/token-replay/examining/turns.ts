// Says how near the uses from two places come to lying in turns, or within each other's requests: the gaps beside their bounds.

import type { Gate } from '../../engine/examination.ts'
import { timeGate, wordGate } from '../../engine/gates.ts'
import type { Used } from '../sharing.ts'
import { type Gaps, reachesAfter, reachesBefore, type Stretch } from '../stretch.ts'
import { instantText, spanText } from './words.ts'

/** Uses from one place put to those from the other; `here` is the place of the event that was asked about. */
interface Side {
  readonly mine: Used
  readonly mineName: Name
  readonly theirs: Used
  readonly theirsName: Name
}

type Name = 'its place' | 'the other place'

/** Every way in which uses may lie in turns, each with its gates: one that passes all of them is enough. Earliest first. */
export function turnsBetween(here: Used, there: Used, gaps: Gaps): readonly (readonly Gate[])[] {
  const middles = sidesOf(here, there).flatMap((side) =>
    side.mine.stretches.flatMap((middle) => [...new Set([middle.at, middle.endAt])].map((at) => ({ side, at }))),
  )
  middles.sort((a, b) => a.at - b.at)
  return [
    ...middles.map(({ side, at }) => [gapGate('before', side, at, gaps), gapGate('after', side, at, gaps)]),
    ...besideEachOther(here, there, gaps),
  ]
}

/** Every way in which a use may lie within a long request from the other place. */
export function requestsAround(here: Used, there: Used, { leastMs }: Gaps): readonly (readonly Gate[])[] {
  const found = sidesOf(here, there).flatMap((side) =>
    side.theirs.stretches
      .filter(({ longTo }) => longTo >= 0)
      .flatMap((open) => side.mine.stretches.flatMap((use) => usesOf(use).map((at) => [openGate(side, at, open)]))),
  )
  if (found.length > 0) return found
  const least = `a request of ${spanText(leastMs)} or longer`
  return [[wordGate('request still open', false, 'none', least, `no use is known to have been ${least}`)]]
}

function sidesOf(here: Used, there: Used): readonly Side[] {
  return [
    { mine: here, mineName: 'its place', theirs: there, theirsName: 'the other place' },
    { mine: there, mineName: 'the other place', theirs: here, theirsName: 'its place' },
  ]
}

function usesOf({ at, endAt, longAt, longTo }: Stretch): readonly number[] {
  return [...new Set(longTo < 0 ? [at, endAt] : [at, endAt, longAt])]
}

/** `ms` −1: uses on both sides of the instant leave an allowed gap, of which no more is known. */
interface Gap {
  readonly ms: number
  readonly passed: boolean
}

/** To the use from the other place on that side whose gap is allowed, or comes nearest to it. */
function gapGate(side: 'before' | 'after', { mineName, theirs, theirsName }: Side, at: number, gaps: Gaps): Gate {
  const name = `gap ${side}`
  const middle = `the use from ${mineName} at ${instantText(at)}`
  const [gap] = theirs.stretches
    .flatMap((stretch) => gapTo(stretch, side, at, gaps))
    .sort((a, b) => Number(b.passed) - Number(a.passed) || nearness(b.ms, gaps) - nearness(a.ms, gaps) || a.ms - b.ms)
  if (gap === undefined)
    return wordGate(name, false, 'none', 'a use', `no use from ${theirsName} is known ${side} ${middle}`)
  const allowed = `${spanText(gaps.leastMs)} to ${spanText(gaps.mostMs)}`
  if (gap.ms < 0)
    return wordGate(name, true, 'within', allowed, `uses from ${theirsName} go on around ${middle}; ${allowed} count`)
  const limitMs = gap.ms < gaps.leastMs ? gaps.leastMs : gaps.mostMs
  const text = `a use from ${theirsName} ${spanText(gap.ms)} ${side} ${middle}; ${allowed} count`
  return timeGate(name, gap.passed, gap.ms, limitMs, text)
}

/** From first and last use alone, which say whether any use lies within the allowed gaps. None: it lies on the other side. */
function gapTo(stretch: Stretch, side: 'before' | 'after', at: number, gaps: Gaps): readonly Gap[] {
  const isBefore = side === 'before'
  const farthest = isBefore ? at - stretch.at : stretch.endAt - at
  const nearest = Math.max(0, isBefore ? at - stretch.endAt : stretch.at - at)
  if (farthest < 0) return []
  if (!(isBefore ? reachesBefore(stretch, at, gaps) : reachesAfter(stretch, at, gaps)))
    return [{ ms: farthest < gaps.leastMs ? farthest : nearest, passed: false }]
  const known = [nearest, farthest].find((ms) => ms >= gaps.leastMs && ms <= gaps.mostMs)
  return [{ ms: known ?? -1, passed: true }]
}

function nearness(ms: number, { leastMs, mostMs }: Gaps): number {
  return ms < leastMs ? ms / leastMs : Math.min(1, mostMs / ms)
}

/** Two stretches that go on at once lie in turns, though neither begins or ends between uses of the other. */
function besideEachOther(here: Used, there: Used, { leastMs }: Gaps): readonly (readonly Gate[])[] {
  return here.stretches.flatMap((mine) =>
    there.stretches.flatMap((theirs) => {
      const ms = Math.min(mine.endAt, theirs.endAt) - Math.max(mine.at, theirs.at)
      if (ms <= 0) return []
      const text = `used from both places beside each other for ${spanText(ms)}; limit ${spanText(2 * leastMs)}`
      return [[timeGate('time in use at both places', ms >= 2 * leastMs, ms, 2 * leastMs, text)]]
    }),
  )
}

function openGate({ mineName, theirsName }: Side, at: number, { longAt, longTo }: Stretch): Gate {
  const came = at - longAt
  const text =
    came < 0
      ? `the use from ${mineName} came ${spanText(-came)} before the long request from ${theirsName} began`
      : `the use from ${mineName} came ${spanText(came)} after the start of a request from ${theirsName} that was open for ${spanText(longTo - longAt)}`
  return timeGate('request still open', came >= 0 && at < longTo, came, longTo - longAt, text)
}
