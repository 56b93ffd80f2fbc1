// Judges the places that a token was used from: in turns, at once, or first here and then there.

import { type Severity, severities } from '../../schemas/findings.ts'
import { fittingPattern, matchesPattern } from '../calls/pattern.ts'
import { areTwoStacks, compare, type Feature, type Place, placeOf } from './place.ts'
import { minuteMs, type TokenReplaySettings } from './settings.ts'
import { compareStretches, type Gaps, gapsOf, reachesAfter, reachesBefore, type Stretch } from './stretch.ts'

export type Shape = 'interleaved' | 'overlapping' | 'one-way'

/** Two places of one token, and what their uses look like. */
export interface Sharing {
  readonly shape: Shape
  readonly severity: Severity
  /** The same if both networks were one. */
  readonly pooled: Severity
  /** Only forwarded-for and user agent tell the places apart. */
  readonly weak: boolean
  readonly first: Place
  readonly second: Place
  readonly known: readonly Feature[]
  readonly differing: readonly Feature[]
  /** Stretches that decide, in order. */
  readonly deciding: readonly Placed[]
  /** The stretch whose first use is the finding. */
  readonly finding: Stretch
  /** Epoch ms of the use that lies between; of one-way use, of the first at the second place. */
  readonly middleAt: number
}

export interface Placed {
  readonly stretch: Stretch
  readonly place: Place
}

/** A place with all stretches of use from it, in order. */
export interface Used {
  readonly place: Place
  readonly stretches: readonly Stretch[]
}

/** Every two places between which anything differs, gravest first, then earliest. `stretches` in order. */
export function sharingsOf(stretches: readonly Stretch[], settings: TokenReplaySettings): readonly Sharing[] {
  const used = placesUsed(stretches)
  const gaps = gapsOf(settings)
  const found: Sharing[] = []
  for (const [index, first] of used.entries())
    for (const second of used.slice(index + 1)) {
      const sharing = sharingOf(first, second, gaps, settings)
      if (sharing !== undefined) found.push(sharing)
    }
  return found.sort(
    (a, b) =>
      severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
      a.middleAt - b.middleAt ||
      compareStretches(a.finding, b.finding),
  )
}

/** The two networks whose being one pool would matter, in order; `''`: none would. */
export function networksOf({ first, second, differing }: Sharing): string {
  return differing.includes('network') ? [first.network, second.network].sort().join(' ~ ') : ''
}

/** The other uses lie in turns with these and only the network differs: what a site with several ways out looks like. */
export function isAlternation({ shape, differing }: Sharing): boolean {
  return shape !== 'one-way' && differing.length === 1 && differing[0] === 'network'
}

/** By place, in order of first use. Within the first minute an IPv4 and an IPv6 network are two ways of one client. */
export function placesUsed(stretches: readonly Stretch[]): readonly Used[] {
  const byText = new Map<string, Stretch[]>()
  for (const stretch of stretches) {
    const there = byText.get(stretch.place)
    if (there === undefined) byText.set(stretch.place, [stretch])
    else there.push(stretch)
  }
  const used = [...byText].map(([text, list]) => ({ place: placeOf(text), stretches: list }))
  const [home] = used
  const startAt = home?.stretches[0]?.at ?? 0
  const twin = used.find(
    ({ place, stretches: [opening] }) =>
      home !== undefined && (opening?.at ?? 0) <= startAt + minuteMs && areTwoStacks(home.place, place),
  )
  if (home === undefined || twin === undefined) return used
  const joined = { place: home.place, stretches: [...home.stretches, ...twin.stretches].sort(compareStretches) }
  // A third place with the twin's network is at home as well.
  const others = used.filter((each) => each !== home && each !== twin)
  return [
    joined,
    ...others.map(({ place, stretches: list }) => ({
      place: place.network === twin.place.network ? { ...place, network: home.place.network } : place,
      stretches: list,
    })),
  ]
}

function sharingOf(one: Used, other: Used, gaps: Gaps, settings: TokenReplaySettings): Sharing | undefined {
  const { known, differing } = compare(one.place, other.place)
  if (differing.length === 0 || isCoPresented(one, other, settings)) return undefined
  const turns = interleaving(one, other, gaps) ?? overlapping(one, other, gaps)
  const shape = turns ?? oneWay(one, other)
  if (shape === undefined) return undefined
  const isTurns = turns !== undefined
  const weak = isTurns && isForgeable(known)
  const isShared = one.place.shared || other.place.shared
  const withoutNetwork = differing.filter((feature) => feature !== 'network')
  const knownWithoutNetwork = known.filter((feature) => feature !== 'network')
  return {
    ...shape,
    severity: severityOf(isTurns, known, differing, weak, isShared),
    pooled: severityOf(isTurns, knownWithoutNetwork, withoutNetwork, weak, isShared),
    weak,
    first: one.place,
    second: other.place,
    known,
    differing,
  }
}

function severityOf(
  isTurns: boolean,
  known: readonly Feature[],
  differing: readonly Feature[],
  weak: boolean,
  isShared: boolean,
): Severity {
  const holds = isTurns
    ? thingsOf(differing) >= leastThings
    : known.length >= leastKnown && differing.length === known.length
  return holds ? severityWhere(isTurns, weak, isShared) : 'info'
}

/** Things that must differ for turns to be more than info; features that must be known, and all differ, for one way. */
export const leastThings = 2
export const leastKnown = 3

/** A network and its class are one thing that differs. */
export function thingsOf(differing: readonly Feature[]): number {
  return new Set(differing.map((feature) => (feature === 'class' ? 'network' : feature))).size
}

/** Only the forwarded address and the user agent are known: whoever calls can write both. */
export function isForgeable(known: readonly Feature[]): boolean {
  return known.every((feature) => feature === 'network' || feature === 'agent' || feature === 'class')
}

/** Where enough differs. */
export function severityWhere(isTurns: boolean, weak: boolean, isShared: boolean): Severity {
  const severity = isTurns && !weak ? 'high' : 'medium'
  return isShared ? (severities[severities.indexOf(severity) - 1] ?? severity) : severity
}

type Found = Pick<Sharing, 'shape' | 'deciding' | 'finding' | 'middleAt'>

/** The first or last use of a stretch lies between uses from the other place; or two stretches go on beside each other. */
function interleaving(one: Used, other: Used, gaps: Gaps): Found | undefined {
  let best: Found | undefined
  for (const [mine, theirs] of bothWays(one, other))
    for (const middle of mine.stretches)
      for (const at of [middle.at, middle.endAt]) {
        if (best !== undefined && best.middleAt <= at) continue
        const before = theirs.stretches.findLast((each) => reachesBefore(each, at, gaps))
        const after = theirs.stretches.find((each) => reachesAfter(each, at, gaps))
        if (before !== undefined && after !== undefined)
          best = foundOf('interleaved', mine, middle, at, theirs, [before, after])
      }
  for (const mine of one.stretches)
    for (const theirs of other.stretches) {
      const from = Math.max(mine.at, theirs.at)
      if (Math.min(mine.endAt, theirs.endAt) - from < 2 * gaps.leastMs) continue
      if (best !== undefined && best.middleAt <= from) continue
      best =
        compareStretches(mine, theirs) > 0
          ? foundOf('interleaved', one, mine, from, other, [theirs])
          : foundOf('interleaved', other, theirs, from, one, [mine])
    }
  return best
}

/** A use from one place lies within a long request from the other. */
function overlapping(one: Used, other: Used, gaps: Gaps): Found | undefined {
  let best: Found | undefined
  for (const [mine, theirs] of bothWays(one, other))
    for (const open of theirs.stretches)
      for (const use of mine.stretches)
        for (const at of [use.at, use.endAt, use.longAt]) {
          const isWithin = at >= open.longAt && at < open.longTo && open.longTo - open.longAt >= gaps.leastMs
          if (isWithin && (best === undefined || at < best.middleAt))
            best = foundOf('overlapping', mine, use, at, theirs, [open])
        }
  return best
}

export function bothWays(one: Used, other: Used): readonly (readonly [Used, Used])[] {
  return [
    [one, other],
    [other, one],
  ]
}

function oneWay(one: Used, other: Used): Found | undefined {
  const from = one.stretches[0]
  const to = other.stretches[0]
  return from === undefined || to === undefined ? undefined : foundOf('one-way', other, to, to.at, one, [from])
}

function foundOf(
  shape: Shape,
  mine: Used,
  finding: Stretch,
  middleAt: number,
  theirs: Used,
  others: readonly Stretch[],
): Found {
  const deciding = [
    { stretch: finding, place: mine.place },
    ...[...new Set(others)].map((stretch) => ({ stretch, place: theirs.place })),
  ].sort((a, b) => compareStretches(a.stretch, b.stretch))
  return { shape, deciding, finding, middleAt }
}

export function isCoPresented(one: Used, other: Used, { coPresenters }: TokenReplaySettings): boolean {
  if (coPresenters.length === 0) return false
  const clients = [...one.stretches, ...other.stretches].map(({ client }) => client)
  return coPresenters.some(
    ({ client, networks, agents }) =>
      clients.some((each) => matchesPattern(client, each)) &&
      [one.place, other.place].some(
        ({ network, agent }) =>
          fittingPattern(networks, network) !== undefined || fittingPattern(agents, agent) !== undefined,
      ),
  )
}
