// The same set of events gives the same alerts: in any order, with repeats, cut anywhere, restarted anywhere; and the naive rules give them too.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import type { VerdictRecord } from '../../schemas/findings.ts'
import type { Engine } from '../engine/engine.ts'
import { compareDated } from '../engine/ordered-set.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import { canonicalStanding } from '../engine/standing.ts'
import { doingOf, keptEvent } from './kept-event.ts'
import { evaluateNaively } from './naive-evaluation.ts'
import { refreshTokenReuseSettings } from './settings.ts'
import {
  ends,
  engineFor,
  type Fields,
  fold,
  home,
  latenessMs,
  later,
  login,
  refresh,
  thief,
  verdictsOf,
} from './stories.ts'

interface Step {
  readonly waitMs: number
  /** Which of the tokens given so far, counted from the newest. */
  readonly back: number
  readonly stolen: boolean
  readonly what: 'refresh' | 'refused' | 'ended' | 'logout'
}

const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1_000, max: 900_000 })),
  back: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.constant(1) }, fc.nat(4)),
  stolen: fc.boolean(),
  what: fc.oneof(
    { weight: 5, arbitrary: fc.constant('refresh' as const) },
    { weight: 3, arbitrary: fc.constant('refused' as const) },
    fc.constantFrom('ended' as const, 'logout' as const),
  ),
})

/** One family: what is presented is one of the tokens given so far, and each use that is accepted gives a new one. */
function familyOf(steps: readonly Step[], session: string, format: string): readonly Fields[] {
  const own = { session, subject: `u-${session}`, format }
  const tokens = [`${session}-0`]
  let seconds = 0
  const events: Fields[] = [login(0, tokens[0] ?? '', own)]
  for (const { waitMs, back, stolen, what } of steps) {
    seconds += waitMs / 1_000
    const from = tokens.at(-1 - Math.min(back, tokens.length - 1)) ?? ''
    const there = { ...own, clientIp: stolen ? thief : home }
    if (what === 'logout') events.push(ends(seconds, 'logout', own))
    else if (what === 'ended') events.push(refresh(seconds, from, '', { ...there, tokenVerdict: 'session-ended' }))
    else if (what === 'refused') events.push(refresh(seconds, from, '', there))
    else {
      const to = `${session}-${tokens.length}`
      tokens.push(to)
      events.push(refresh(seconds, from, to, there))
    }
  }
  return events
}

const format = fc.constantFrom('keycloak-event', 'oidc-provider', 'eastwest-event')

describe('any story of several families', () => {
  const stories = fc.array(fc.tuple(fc.array(step, { maxLength: 24 }), format), { minLength: 1, maxLength: 7 })
  const delays = fc.array(fc.integer({ min: 0, max: latenessMs }), { minLength: 200, maxLength: 200 })

  it('ends the same in any order within the lateness, with repeats, in any batches, over restarts', () => {
    fc.assert(
      fc.property(stories, delays, fc.array(fc.nat(200), { maxLength: 4 }), (families, delay, places) => {
        const events = families.flatMap(([steps, issuer], index) => familyOf(steps, `S${index}`, issuer))
        const all = [...events, later(events)].map((fields) => recordedEvent(fields))
        const inOrder = placed(all)
        const expected = canonicalStanding(
          fold(
            engineFor(),
            inOrder,
            inOrder.map((_, index) => index),
          ),
        )
        const repeated = places.flatMap((place) => all[place] ?? [])
        const arrived = placed([...all, ...repeated], (index) => delay[index] ?? 0)
        const [restartAt = 0, ...cuts] = places.map((place) => place % arrived.length).sort((a, b) => a - b)
        const out = fold(engineFor(), arrived, [restartAt, ...cuts])
        expect(canonicalStanding(out)).toBe(expected)
        expect(out.some(({ late }) => late)).toBe(false)
        expect(canonicalStanding(restartedFold(arrived, restartAt))).toBe(expected)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a family of few events', () => {
  it.each(['on', 'reported'])('is what the naive rules say, with rotation %s', (rotation) => {
    const profiles = [{ formats: ['eastwest-event'], rotation: 'on', revokesOnReuse: rotation === 'reported' }]
    const settings = refreshTokenReuseSettings.parse({ profiles })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 7 }), (steps) => {
        const events = withoutSecondGiving(familyOf(steps, 'S1', 'eastwest-event'))
        const all = [...events, later(events)].map((fields) => recordedEvent(fields))
        const verdicts = verdictsOf(fold(engineFor(settings), placed(all)))
        const found = verdicts
          .filter(({ rule }) => rule === 'refresh-token-reuse')
          .flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'info'))
        const kept = plainEvents(placed(all)).flatMap((event) => {
          const doing = doingOf(event)
          return doing === undefined ? [] : [keptEvent(event, doing, settings)]
        })
        const loud = new Set(['persistence', 'theft-likely', 'fork', 'client-bug', 'reported'])
        const naive = [...evaluateNaively(kept.toSorted(compareDated), settings)].filter(([, what]) => loud.has(what))
        expect(found.map(({ eventId, rung }) => `${eventId} ${rung}`).sort()).toEqual(
          naive.map(([id, what]) => `${id} ${what}`).sort(),
        )
      }),
      { numRuns: 500, examples: [[goesOnPastLogout]] },
    )
  })
})

/** A logout that a use at home undoes, after the issuer ended the session over a reuse: that end stands. */
const goesOnPastLogout: Step[] = [
  { waitMs: 1, back: 0, stolen: false, what: 'logout' },
  { waitMs: 9_906, back: 0, stolen: false, what: 'refused' },
  { waitMs: 25, back: 0, stolen: false, what: 'refresh' },
  { waitMs: 70, back: 0, stolen: true, what: 'refused' },
]

/** Only the newest token is accepted, so that none is given for two uses. */
function withoutSecondGiving(events: readonly Fields[]): readonly Fields[] {
  const given = new Set<string>()
  return events.filter(({ tokenId, issuedRefreshToken }) => {
    if (tokenId === undefined || issuedRefreshToken === undefined) return true
    if (given.has(`${tokenId}`)) return false
    given.add(`${tokenId}`)
    return true
  })
}

function plainEvents(arrived: ReturnType<typeof placed>): readonly SecurityEvent[] {
  const batch = batchOf(arrived)
  const cursor = openEventCursor()
  return arrived.map((_, row) => {
    cursor.at(batch, row)
    return plainEvent(cursor)
  })
}

function restartedFold(arrived: ReturnType<typeof placed>, restartAt: number): VerdictRecord[] {
  const batch = batchOf(arrived)
  const out: VerdictRecord[] = []
  const before: Engine = engineFor()
  before.observe(batch, 0, restartAt, out)
  const after = engineFor()
  for (const { stage, group, dirty } of [...before.groups()])
    if (dirty) after.restore(JSON.parse(JSON.stringify(before.takeSnapshot(stage, group))))
  after.observe(batch, restartAt, arrived.length, out)
  return out
}
