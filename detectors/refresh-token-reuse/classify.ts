// What one event of a family is, as the settled table says it: the first row that fits, with what came before and after.

import { type Comparison, compareContexts } from './context.ts'
import { isReported, type KeptEvent } from './kept-event.ts'
import { type Chain, type Descent, descentOf, type Lineage, placeOf, type Rotation } from './lineage.ts'
import { profileAt, type RefreshTokenReuseSettings } from './settings.ts'

/** In the order of the table; the last is no row of it, but a use that a kill should have prevented. */
export type ReuseClass =
  | 'theft'
  | 'persistence'
  | 'aftermath'
  | 'theft-likely'
  | 'lost-response'
  | 'tab-race'
  | 'fork'
  | 'client-bug'
  | 'reported'
  | 'kill-ineffective'

export interface Classified {
  readonly class: ReuseClass
  /** Use of the token by which it was rotated, where that is known. */
  readonly rotation: Rotation | null
  /** Client to which the token was given, for a theft by another. */
  readonly owner: string
  /** How the two places compare. */
  readonly places: Comparison
  /** The issuer's report rests on nothing but the family's usual place. */
  readonly usual: boolean
}

export interface Classification {
  readonly found: Classified | undefined
  /** Events after it may still change it. */
  readonly open: boolean
}

const nothing: Classification = { found: undefined, open: false }

/** How many events after it may bear on an event, so that a verdict does not depend on how long a family lives on. */
export const afterwards = 8

/**
 * @param before everything before the event
 * @param after at most `afterwards` events after it, in order
 * @param joined false for what names no session: nothing else is known of its family
 */
export function classify(
  before: Lineage,
  event: KeptEvent,
  after: readonly KeptEvent[],
  joined: boolean,
  settings: RefreshTokenReuseSettings,
): Classification {
  if (event.doing !== 'presents') return nothing
  const story = storyOf(before, event, after, settings)
  const { rotation, reported } = story
  const owner = otherOwnerOf(story)
  if (event.verdict === 'wrong-client' || owner !== '')
    return settled('theft', { owner: owner === '' ? before.client : owner })
  if (!joined) return reported ? settled('reported') : nothing
  if (isAfterEnd(story)) return afterEnd(story)
  if (event.verdict === 'session-ended' || event.verdict === 'revoked') return settled('aftermath')
  if (rotation !== undefined && rotation.request !== '' && rotation.request === event.request) return nothing
  if (isRefusedOtherwise(event)) return nothing
  return isOn(story) ? reuse(story) : forkOnly(story)
}

/** One use of a token, and everything that the rows of the table ask of it. */
export interface Story {
  readonly before: Lineage
  readonly event: KeptEvent
  readonly after: readonly KeptEvent[]
  readonly descent: Descent | undefined
  /** Another use by which the token was rotated. */
  readonly rotation: Rotation | undefined
  /** The issuer says that the token was used before. */
  readonly reported: boolean
  readonly settings: RefreshTokenReuseSettings
}

export function storyOf(
  before: Lineage,
  event: KeptEvent,
  after: readonly KeptEvent[],
  settings: RefreshTokenReuseSettings,
): Story {
  const descent = descentOf(before, event.node)
  const rotation = rotationOf(descent, event, after)
  return { before, event, after, descent, rotation, reported: isReported(event.verdict), settings }
}

/** Client to which the token was given, where another one presents it; else `''`. */
export function otherOwnerOf({ descent, event }: Story): string {
  const owner = descent?.chain.client ?? ''
  return owner !== '' && event.client !== '' && owner !== event.client ? owner : ''
}

function settled(found: ReuseClass, more: Partial<Classified> = {}): Classification {
  return { found: { class: found, rotation: null, owner: '', places: 'unknown', usual: false, ...more }, open: false }
}

/** A refusal for reasons of its own is no use of the token: expired, unknown, bound to another key. */
function isRefusedOtherwise({ accepted, verdict }: KeptEvent): boolean {
  return !accepted && (verdict === 'expired' || verdict === 'unknown' || verdict === 'binding-mismatch')
}

/** An issuer that revokes over a reuse may log the revocation first: the reuse it reports right after is what ended it. */
export function isAfterEnd({ before: { endedAt }, event: { at }, reported, settings: { raceMs } }: Story): boolean {
  return endedAt >= 0 && endedAt < at && !(reported && at - endedAt <= raceMs)
}

/** Rows 2 and 2a. Of tabs that race, those that come after the issuer ended the session over the first are still tabs. */
function afterEnd(story: Story): Classification {
  const { before, event, settings } = story
  const { raceMs } = settings
  const places = homeOf(story)
  const races = before.killedAt >= 0 && event.at - before.killedAt <= raceMs
  if (races && event.accepted && places === 'same') return nothing
  return settled(places === 'differs' ? 'persistence' : 'aftermath', { places })
}

/** Is the place one of the family's? Places of refused uses alone do not tell where it is at home. */
export function homeOf({ before, event }: Story): Comparison {
  const isKnownAnywhere = before.places.some(([, accepted]) => accepted === 1)
  return isKnownAnywhere ? placeOf(before, event.context, 'any') : 'unknown'
}

/** Whether the issuer gives each token for one use. */
export function isOn({ before, after, event, reported, settings }: Story): boolean {
  const { rotation } = profileAt(event.profile, settings)
  return rotation === 'on' || reported || before.reported || after.some(({ verdict }) => isReported(verdict))
}

/** The use that rotated the token: before this event, or after it where the loser of a race is logged first. */
function rotationOf(descent: Descent | undefined, event: KeptEvent, after: readonly KeptEvent[]): Rotation | undefined {
  if (descent?.generations === 1) return descent.chain.parent ?? undefined
  if (descent?.generations === 2 || event.node === '' || event.accepted) return undefined
  return after.find(({ doing, accepted, node, child }) => {
    return doing === 'presents' && accepted && node === event.node && child !== ''
  })
}

/** Rows 3 to 6, 8 and 9, with an issuer that gives each token for one use. */
function reuse(story: Story): Classification {
  const { before, event, descent, rotation, reported } = story
  const isNewest = descent?.generations === 0 && event.verdict === 'stale' && before.reusedAs !== ''
  // An issuer that let a reuse pass takes the rightful holder's newest token for an old one.
  if (isNewest && placeOf(before, event.context, 'accepted') === 'same') return settled('aftermath')
  if (isOlder(story)) return settled('theft-likely', { places: placeOf(before, event.context, 'any') })
  if (rotation === undefined) {
    if (!reported) return { found: undefined, open: !event.accepted }
    const places = placeOf(before, event.context, 'accepted')
    return { ...settled('reported', { places, usual: places === 'same' }), open: true }
  }
  const places = compareContexts(rotation.context, event.context)
  const more = { rotation, places }
  if (places === 'differs') return settled('fork', more)
  if (places === 'unknown' && reported) return settled('reported', more)
  return { ...settled(sameplace(story, rotation), more), open: true }
}

/** Older than the parent of the newest one, by its lineage or by the issuer's word. */
export function isOlder({ before, event, descent }: Story): boolean {
  return descent?.generations === 2 || (event.verdict === 'stale' && before.chains.length > 0)
}

/** Longest time between two uses of one token that race, ms. */
export function graceOf({ event, settings }: Story): number {
  return Math.max(profileAt(event.profile, settings).graceMs, settings.raceMs)
}

/** Rows 4, 5 and 8: the parent again, from the same place. */
function sameplace(story: Story, rotation: Rotation): ReuseClass {
  const { before, event } = story
  const inGrace = !before.clockJumped && Math.abs(event.at - rotation.at) <= graceOf(story)
  const uses = usesOfChild(story, rotation)
  // A refused use shows that somebody holds the child, which after a race is its winner; it does not show that it was good.
  const lost = !uses.some(({ accepted }) => accepted) && !(inGrace && uses.length > 0)
  if (lost) return 'lost-response'
  return inGrace ? 'tab-race' : 'client-bug'
}

/** With rotation off or unknown the same token again is normal: only a second place counts, while the first goes on. */
function forkOnly(story: Story): Classification {
  const { before, event, descent, rotation } = story
  if (descent?.generations === 2) {
    const places = placeOf(before, event.context, 'any')
    return { found: places === 'differs' ? { ...found('fork'), places } : undefined, open: true }
  }
  if (rotation === undefined) return { found: undefined, open: !event.accepted }
  const places = compareContexts(rotation.context, event.context)
  const uses = places === 'differs' ? usesOfChild(story, rotation) : []
  const isFork = uses.some(({ accepted }) => accepted)
  return { found: isFork ? { ...found('fork'), rotation, places } : undefined, open: true }
}

function found(which: ReuseClass): Classified {
  return { class: which, rotation: null, owner: '', places: 'unknown', usual: false }
}

/** Uses of the token that was given for the one at hand, after the event. */
export function usesOfChild({ descent, after }: Story, rotation: Rotation): readonly KeptEvent[] {
  const child = childOf(descent?.chain, rotation, after)
  return child === '' ? [] : after.filter(({ doing, node }) => doing === 'presents' && node === child)
}

function childOf(chain: Chain | undefined, { id }: Rotation, after: readonly KeptEvent[]): string {
  return chain?.parent?.id === id ? chain.current : (after.find((event) => event.id === id)?.child ?? '')
}
