// Which refresh token descends from which, as of a moment: everything about what came before that later events are judged with.

import { type Comparison, type Context, compareContexts, isKnown } from './context.ts'
import { isReported, type KeptEvent } from './kept-event.ts'
import { profileAt, type RefreshTokenReuseSettings } from './settings.ts'

/** The first accepted use of a token that gave the next one. */
export interface Rotation {
  readonly node: string
  readonly at: number
  readonly id: string
  readonly request: string
  readonly client: string
  readonly context: Context
}

/** One line of descent; a fork makes a second one. */
export interface Chain {
  readonly client: string
  /** The newest token. */
  readonly current: string
  /** Use of its parent; null for a first token. */
  readonly parent: Rotation | null
  /** Tokens before the parent by the beginning of their hash, newest last. */
  readonly ancestors: readonly string[]
}

/** What a family is known by before a moment. JSON-safe. */
export interface Lineage {
  readonly user: string
  readonly version: string
  readonly client: string
  /** Newest last. */
  readonly chains: readonly Chain[]
  /** Places where tokens of the family were given or used, newest last, and whether the issuer accepted that. */
  readonly places: readonly (readonly [Context, 0 | 1])[]
  /** Epoch ms, here and below −1: never. When it was logged out, revoked, or ended by the issuer over a reuse. */
  readonly endedAt: number
  /** When it was revoked in answer to a reuse: nothing may be accepted afterwards. */
  readonly killedAt: number
  /** Newest accepted use. */
  readonly acceptedAt: number
  /** Slot of the first reuse, to which belongs what its end brings about; `''`: none. */
  readonly reusedAs: string
  /** The issuer reported reuse, so it rotates. */
  readonly reported: boolean
  /** A token was used well before it was given. */
  readonly clockJumped: boolean
}

export const noLineage: Lineage = {
  user: '',
  version: '',
  client: '',
  chains: [],
  places: [],
  endedAt: -1,
  killedAt: -1,
  acceptedAt: -1,
  reusedAs: '',
  reported: false,
  clockJumped: false,
}

const maxChains = 8
const maxPlaces = 8
/** Stamps of one issuer's instances may disagree by so much. */
const clockToleranceMs = 2_000

/**
 * 30 bits, of which many are kept and seldom asked for: a token that no event gave is taken for one of seven ancestors once
 * in 150 million times.
 */
export const ancestorLength = 5

/** How far the token stands from the newest of its chain: 0 newest, 1 its parent, 2 older. */
export interface Descent {
  readonly generations: 0 | 1 | 2
  readonly chain: Chain
}

export function descentOf({ chains }: Pick<Lineage, 'chains'>, node: string): Descent | undefined {
  if (node === '') return undefined
  let older: Chain | undefined
  for (let index = chains.length - 1; index >= 0; index--) {
    const chain = chains[index] as Chain // index < length
    if (chain.current === node) return { generations: 0, chain }
    if (chain.parent?.node === node) return { generations: 1, chain }
    if (chain.ancestors.includes(ancestorOf(node))) older ??= chain
  }
  return older === undefined ? undefined : { generations: 2, chain: older }
}

/** Does the family know the place? `differs`: it was never there; `unknown`: it cannot be told. */
export function placeOf({ places }: Lineage, context: Context, only: 'any' | 'accepted'): Comparison {
  const compared = places
    .filter(([, accepted]) => only === 'any' || accepted === 1)
    .map(([place]) => compareContexts(place, context))
  if (compared.includes('same')) return 'same'
  return compared.length === 0 || compared.includes('unknown') ? 'unknown' : 'differs'
}

/** `reusedAs`: slot of the reuse that the event is, or `''`. */
export function advance(
  before: Lineage,
  event: KeptEvent,
  reusedAs: string,
  settings: RefreshTokenReuseSettings,
): Lineage {
  const { doing, accepted, client, user, version, at, context } = event
  const isUse = doing === 'presents' || doing === 'issues'
  const endsItself = isReported(event.verdict) && profileAt(event.profile, settings).revokesOnReuse
  const isRevoked = accepted && doing === 'revokes'
  const ends = endsItself || isRevoked || (accepted && doing === 'logs-out')
  const kills = endsItself || (isRevoked && before.reusedAs !== '')
  return {
    user: before.user === '' ? user : before.user,
    client: before.client === '' && isUse ? client : before.client,
    version: isUse && version !== '' ? version : before.version,
    chains: isUse && accepted ? descend(before.chains, event, settings) : before.chains,
    places: isUse && isKnown(context) ? withPlace(before.places, context, accepted ? 1 : 0) : before.places,
    endedAt: endOf(before, event, ends),
    killedAt: kills && before.killedAt < 0 ? at : before.killedAt,
    acceptedAt: isUse && accepted ? at : before.acceptedAt,
    reusedAs: before.reusedAs === '' ? reusedAs : before.reusedAs,
    reported: before.reported || isReported(event.verdict),
    clockJumped: before.clockJumped || (isUse && accepted && wasUsedBefore(before, event)),
  }
}

/**
 * What is still accepted where the family always was has not ended: one of its grants or access tokens was revoked. Only an
 * end over a reuse stands, whatever is accepted later.
 */
function endOf(before: Lineage, { doing, accepted, at, context }: KeptEvent, ends: boolean): number {
  if (before.endedAt < 0) return ends ? at : -1
  const goesOn = accepted && doing === 'presents' && placeOf(before, context, 'any') === 'same'
  return goesOn ? before.killedAt : before.endedAt
}

/** True where the token that is given now was used before: clocks of the issuer disagree. */
function wasUsedBefore({ chains }: Lineage, { child, at }: KeptEvent): boolean {
  return child !== '' && chains.some(({ parent }) => parent?.node === child && at - parent.at > clockToleranceMs)
}

function withPlace(places: Lineage['places'], context: Context, accepted: 0 | 1): Lineage['places'] {
  const known = places.find(([place]) => place === context)
  if (known !== undefined && known === places.at(-1) && known[1] >= accepted) return places
  const others = places.filter((each) => each !== known)
  const now: 0 | 1 = accepted === 1 || known?.[1] === 1 ? 1 : 0
  return [...others, [context, now] as const].slice(-maxPlaces)
}

function descend(chains: readonly Chain[], event: KeptEvent, settings: RefreshTokenReuseSettings): readonly Chain[] {
  const { node, child, client } = event
  if (node === '')
    return child === '' || isInChains(chains, child) ? chains : withChain(chains, undefined, firstOf(child, client))
  const younger = child === '' ? undefined : chains.find((chain) => chain.parent?.node === child)
  if (younger !== undefined)
    return withChain(chains, younger, { ...younger, ancestors: withAncestor(younger, node, settings) })
  const old = chains.find(({ current, parent }) => current === node || parent?.node === node)
  if (old === undefined) {
    const first = firstOf(child === '' ? node : child, client)
    return withChain(chains, undefined, child === '' ? first : { ...first, parent: rotationOf(event) })
  }
  if (child === '') return chains
  if (old.current === node) {
    const ancestors = old.parent === null ? old.ancestors : withAncestor(old, old.parent.node, settings)
    return withChain(chains, old, { client: old.client, current: child, parent: rotationOf(event), ancestors })
  }
  // The parent again, and again another token: from the same place the newest one is what the client has.
  const sibling = { ...old, current: child }
  const isFork = compareContexts(old.parent?.context ?? '', event.context) === 'differs'
  return isFork
    ? withChain(chains, undefined, { ...sibling, parent: rotationOf(event) })
    : withChain(chains, old, sibling)
}

function ancestorOf(node: string): string {
  return node.slice(0, ancestorLength)
}

/** With the parent, as many as a family remembers. */
function withAncestor({ ancestors }: Chain, node: string, { limits }: RefreshTokenReuseSettings): readonly string[] {
  return [...ancestors, ancestorOf(node)].slice(1 - limits.generations)
}

function isInChains(chains: readonly Chain[], node: string): boolean {
  return descentOf({ chains }, node) !== undefined
}

function firstOf(current: string, client: string): Chain {
  return { client, current, parent: null, ancestors: [] }
}

function rotationOf({ node, at, id, request, client, context }: KeptEvent): Rotation {
  return { node, at, id, request, client, context }
}

function withChain(chains: readonly Chain[], instead: Chain | undefined, chain: Chain): readonly Chain[] {
  return [...chains.filter((each) => each !== instead), chain].slice(-maxChains)
}
