// Says what one use of a token counts for among the places that the token was used from: turns, one way, and what differs.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import { severities } from '../../../schemas/findings.ts'
import { type Examination, type Gate, nearestMiss, outcomeOf, type Trial } from '../../engine/examination.ts'
import { countGate, noteText, wordGate } from '../../engine/gates.ts'
import { compare, type Feature, isBehind, placeText, readPlace } from '../place.ts'
import type { TokenReplaySettings } from '../settings.ts'
import {
  isCoPresented,
  isForgeable,
  leastKnown,
  leastThings,
  placesUsed,
  type Shape,
  severityWhere,
  thingsOf,
  type Used,
} from '../sharing.ts'
import { featureNames, placeName } from '../sharing-verdict.ts'
import { gapsOf, type Stretch } from '../stretch.ts'
import { requestsAround, turnsBetween } from './turns.ts'
import { instantText } from './words.ts'

/** The place of the event and another one of the token. */
interface Pair {
  readonly here: Used
  readonly there: Used
  readonly known: readonly Feature[]
  readonly differing: readonly Feature[]
  readonly places: Gate
  readonly isExcepted: boolean
}

/** Of a use where requests enter; `stretches` are all that is kept of the token, in order. */
export function examinePlaces(
  stretches: readonly Stretch[],
  event: SecurityEvent,
  behind: boolean,
  settings: TokenReplaySettings,
): Examination {
  if (behind && stretches.some(({ place }) => !isBehind(place)))
    return {
      trials: [],
      notes: [
        'the ingress reports uses of this token itself: the place that the workload behind it tells is not looked at',
      ],
    }
  readPlace(event, behind, settings)
  const text = placeText()
  const used = placesUsed(stretches)
  const here = used.find((each) => each.stretches.some(({ place }) => place === text))
  if (here === undefined)
    return {
      trials: [],
      notes: ['nothing is held of uses from its place: a bound put them out, or they are forgotten'],
      forgotten: true,
    }
  const gone = isHeld(here, event) ? [] : [goneNote(stretches)]
  const pairs = used.filter((each) => each !== here).map((there) => pairOf(here, there, used.length, settings))
  const nearest = nearestOf(pairs.map((pair) => ({ pair, trials: trialsOf(pair, settings) })))
  if (nearest === undefined) return { trials: [onePlaceTrial(here)], notes: gone }
  return { trials: nearest.trials, notes: [...gone, ...notesOn(nearest.pair, used.length, settings)] }
}

function isHeld({ stretches }: Used, { eventAt }: SecurityEvent): boolean {
  return stretches.some(({ at, endAt }) => eventAt >= at && eventAt <= endAt)
}

function goneNote(stretches: readonly Stretch[]): string {
  const from = instantText(stretches[0]?.at ?? 0)
  return `it lies outside of what is held of its token: uses from ${from} on, as far as there was room`
}

function onePlaceTrial({ place }: Used): Trial {
  const text = `used from one place only: ${placeName(place)}; limit 2`
  const gates = [countGate('places', false, 1, 2, text)]
  return { rule: 'shared-token', rung: 'interleaved', severity: 'high', gates, slot: 'places' }
}

function pairOf(here: Used, there: Used, count: number, settings: TokenReplaySettings): Pair {
  const { known, differing } = compare(here.place, there.place)
  const places = countGate('places', true, count, 2, `used from ${count} places; limit 2`)
  return { here, there, known, differing, places, isExcepted: isCoPresented(here, there, settings) }
}

/** Shapes in the order in which they are judged, through the first that fits. */
function trialsOf(pair: Pair, settings: TokenReplaySettings): readonly Trial[] {
  const gaps = gapsOf(settings)
  const trials: Trial[] = []
  for (const [shape, ways] of [
    ['interleaved', turnsBetween(pair.here, pair.there, gaps)],
    ['overlapping', requestsAround(pair.here, pair.there, gaps)],
  ] as const) {
    const fitting = ways.find((gates) => gates.every(({ passed }) => passed))
    const shown = (fitting === undefined ? ways : [fitting]).map((gates) =>
      trialOf(shape, pair, [...gates, turnsApart(pair)]),
    )
    // The earliest that fits, or else what came nearest to it.
    const trial = fitting === undefined ? nearestMiss(shown) : shown[0]
    if (trial !== undefined) trials.push(trial)
    if (fitting !== undefined) return trials
  }
  return [...trials, trialOf('one-way', pair, oneWayApart(pair))]
}

function trialOf(shape: Shape, pair: Pair, gates: readonly Gate[]): Trial {
  const isTurns = shape !== 'one-way'
  const excepted: readonly Gate[] = pair.isExcepted ? [exceptedGate] : []
  return {
    rule: 'shared-token',
    rung: shape,
    severity: severityWhere(isTurns, isTurns && isForgeable(pair.known), isShared(pair)),
    gates: [pair.places, ...excepted, ...gates],
    slot: 'places',
  }
}

const exceptedGate = wordGate(
  'no co-presenter',
  false,
  'declared',
  'none',
  'one of both is a declared co-presenter of the client',
)

function isShared({ here, there }: Pair): boolean {
  return here.place.shared || there.place.shared
}

function turnsApart({ known, differing }: Pair): Gate {
  const things = thingsOf(differing)
  const counting = things === differing.length ? '' : ` and count as ${things}`
  const text = `these differ: ${namesOf(differing)}${counting}; known of both: ${namesOf(known)}; limit ${leastThings}`
  return lowering(countGate('features that differ', things >= leastThings, things, leastThings, text), differing)
}

function oneWayApart({ known, differing }: Pair): readonly Gate[] {
  const isAll = differing.length === known.length
  const knownText = `known of both: ${namesOf(known)}; ${leastKnown} needed where there are no turns`
  const apartText = `these differ: ${namesOf(differing)}; where there are no turns, all that is known must: ${namesOf(known)}`
  return [
    countGate('features known of both', known.length >= leastKnown, known.length, leastKnown, knownText),
    countGate('features that differ', isAll, differing.length, known.length, apartText),
  ].map((gate) => lowering(gate, differing))
}

/** Two places between which anything differs are told as info at least. */
function lowering(gate: Gate, differing: readonly Feature[]): Gate {
  return differing.length > 0 ? { ...gate, lowers: true } : gate
}

function namesOf(features: readonly Feature[]): string {
  return features.length === 0 ? 'none' : features.map((feature) => featureNames[feature]).join(', ')
}

interface Tried {
  readonly pair: Pair
  readonly trials: readonly Trial[]
}

/** The other place with which it is gravest, or comes nearest to anything. */
function nearestOf(tried: readonly Tried[]): Tried | undefined {
  const trials = tried.flatMap((each) => each.trials)
  const held = trials
    .filter((trial) => outcomeOf(trial) === 'held')
    .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity))
  const best = held[0] ?? nearestMiss(trials)
  return tried.find((each) => best !== undefined && each.trials.includes(best))
}

/** What makes it less severe, or may, and what is not shown. */
function notesOn(pair: Pair, count: number, { pools }: TokenReplaySettings): readonly string[] {
  const { here, there, known, differing } = pair
  const notes = [`its place: ${placeName(here.place)}; the other place: ${placeName(there.place)}`]
  if (count > 2) notes.push('of the other places the one is shown with which it is gravest, or comes nearest')
  if (isForgeable(known)) notes.push('only forwarded address and user agent tell both places apart: medium at most')
  if (isShared(pair)) notes.push('a network shared by many people tells no place: one step less severe')
  if (differing.includes('network'))
    notes.push(
      `a later stage knows whether ${here.place.network} and ${there.place.network} are one egress pool, between which ${pools.tokens} tokens alternate with nothing else differing: then the network does not count, from the next hour on`,
    )
  return notes.map(noteText)
}
