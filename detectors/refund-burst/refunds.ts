// Which distinct refunds a set of kept events amounts to: a function of the set, whatever the order of arrival.

import { compareDated, type Dated } from '../engine/ordered-set.ts'
import { isAcceptance, type KeptRefund } from './kept-refund.ts'
import type { RefundBurstSettings } from './settings.ts'

/** One refund, standing where its first acceptance stands. */
export interface Refund extends Dated {
  readonly kept: KeptRefund
  /** Some record of it names its refund id. */
  readonly hasId: boolean
  /** Some record of it names its idempotency key. */
  readonly hasKey: boolean
  /** The earlier refund of the same payment and amount under another name: this is a second payout. */
  readonly repeats: Refund | undefined
}

/** Records of one identity, none further than its name is good for from the one before. */
interface Chain {
  readonly identity: string
  readonly kept: KeptRefund[]
}

/** Committed refunds of a lane of accepted and reversed events, in order. */
export function committedRefunds(kept: readonly KeptRefund[], settings: RefundBurstSettings): readonly Refund[] {
  const found = chained(kept, kept, settings)
  return found.length < 2 ? found : withRepeats(withoutShadows(found, settings), settings)
}

/** Refunds that were only ever declined: operations of which no try was accepted. */
export function attemptedRefunds(
  declined: readonly KeptRefund[],
  settled: readonly KeptRefund[],
  settings: RefundBurstSettings,
): readonly Refund[] {
  if (declined.length === 0) return []
  const accepted = settled.filter(isAcceptance)
  const names = namesOf([...declined, ...accepted])
  const acceptedNames = new Set(accepted.map((entry) => identityOf(entry, names)))
  const acceptedAmounts = timesBy(accepted, amountOf)
  const unnamedAmounts = timesBy(
    accepted.filter((entry) => !isNamed(entry)),
    amountOf,
  )
  return chained(declined, [...declined, ...accepted], settings).filter((attempt) => {
    const { kept, at } = attempt
    const named = hasName(attempt)
    if (named && acceptedNames.has(identityOf(kept, names))) return false
    const times = (named ? unnamedAmounts : acceptedAmounts).get(amountOf(kept)) ?? []
    return !times.some((time) => Math.abs(time - at) <= settings.sameAmountMs)
  })
}

/** For the actor key: refunds of one batch within a day of each other are one operation. */
export function oncePerBatch(refunds: readonly Refund[], { sameAmountMs }: RefundBurstSettings): readonly Refund[] {
  const lastOfBatch = new Map<string, number>()
  return refunds.filter(({ kept: { batch }, at }) => {
    if (batch === '') return true
    const last = lastOfBatch.get(batch)
    lastOfBatch.set(batch, at)
    return last === undefined || at - last > sameAmountMs
  })
}

/** One refund for each identity, a new one where its name was silent for longer than a name is good for. */
function chained(
  kept: readonly KeptRefund[],
  named: readonly KeptRefund[],
  { sameRefundMs, sameAmountMs }: RefundBurstSettings,
): readonly Refund[] {
  const names = namesOf(named)
  const open = new Map<string, Chain>()
  const chains: Chain[] = []
  for (const entry of kept) {
    const identity = identityOf(entry, names)
    let chain = open.get(identity)
    const silentMs = entry.at - (chain?.kept.at(-1)?.at ?? entry.at)
    if (chain === undefined || silentMs > (isNamed(entry) ? sameRefundMs : sameAmountMs)) {
      chain = { identity, kept: [] }
      open.set(identity, chain)
      chains.push(chain)
    }
    chain.kept.push(entry)
  }
  const refunds: Refund[] = []
  for (const chain of chains) {
    const first = firstStanding(chain)
    if (first === undefined) continue
    const hasId = chain.kept.some(({ refund }) => refund !== '')
    const hasKey = chain.kept.some(({ key }) => key !== '')
    refunds.push({ at: first.at, id: first.id, kept: first, hasId, hasKey, repeats: undefined })
  }
  return refunds.sort(compareDated)
}

/** The first acceptance (or, of declined ones, try) after the last record that undoes what was before it. */
function firstStanding({ identity, kept }: Chain): KeptRefund | undefined {
  const hasStates = kept.some(({ sign }) => sign === 'pending')
  const undoneAt = kept.findLast((entry) => undoes(entry, identity, hasStates))?.at ?? Number.NEGATIVE_INFINITY
  return kept.find((entry) => entry.at > undoneAt && (isAcceptance(entry) || entry.sign === 'declined'))
}

/**
 * A failure undoes the refund that it names. Without a name it may be the refusal of a try to refund once more, which
 * undoes nothing, lest trying again could take an alert back; unless the source tells states of refunds.
 */
function undoes({ sign, refund, key }: KeptRefund, identity: string, hasStates: boolean): boolean {
  if (sign === 'reversed') return true
  if (sign !== 'failed') return false
  return refund !== '' || (key !== '' && identity === `key ${key}`) || hasStates
}

/** Leaves out refunds without a name that a named one of the same payment and amount, within a day, already is. */
function withoutShadows(refunds: readonly Refund[], { sameAmountMs }: RefundBurstSettings): readonly Refund[] {
  const namedOnes = refunds.filter(hasName)
  if (namedOnes.length === 0 || namedOnes.length === refunds.length) return refunds
  const named = timesBy(
    namedOnes.map(({ kept }) => kept),
    amountOf,
  )
  return refunds.filter(
    (refund) =>
      hasName(refund) ||
      !(named.get(amountOf(refund.kept)) ?? []).some((time) => Math.abs(time - refund.at) <= sameAmountMs),
  )
}

/** The newest refunds of one payment and amount, by what they can be told apart with. */
interface Newest {
  withId: Refund | undefined
  withKey: Refund | undefined
}

/**
 * Marks a refund that pays out again, under another id or another key, what was paid out within a day before. One that
 * is known by its key and one that is known by its id are taken for one refund that two services tell of.
 */
function withRepeats(refunds: readonly Refund[], { sameAmountMs }: RefundBurstSettings): readonly Refund[] {
  const newestOfAmount = new Map<string, Newest>()
  return refunds.flatMap((refund) => {
    const { kept, hasId, hasKey, at } = refund
    if (!hasName(refund) || kept.currency === '' || kept.payment === '') return [refund]
    const amount = amountOf(kept)
    const newest = newestOfAmount.get(amount) ?? { withId: undefined, withKey: undefined }
    const recent = (other: Refund | undefined): Refund | undefined =>
      other !== undefined && at - other.at <= sameAmountMs ? other : undefined
    const [byId, byKey] = [recent(newest.withId), recent(newest.withKey)]
    if (hasId) newest.withId = refund
    if (hasKey) newest.withKey = refund
    newestOfAmount.set(amount, newest)
    const repeats = (hasId ? byId : undefined) ?? (hasKey ? byKey : undefined)
    if (repeats !== undefined) return [{ ...refund, repeats }]
    return byId === undefined && byKey === undefined ? [refund] : []
  })
}

function hasName({ hasId, hasKey }: Refund): boolean {
  return hasId || hasKey
}

function isNamed({ refund, key }: KeptRefund): boolean {
  return refund !== '' || key !== ''
}

/** Refund ids by idempotency key, so that a record which knows only the key joins the one which knows both. */
function namesOf(kept: readonly KeptRefund[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { refund, key } of kept) {
    if (refund === '' || key === '') continue
    const name = names.get(key)
    if (name === undefined || refund < name) names.set(key, refund)
  }
  return names
}

function identityOf(entry: KeptRefund, names: ReadonlyMap<string, string>): string {
  if (entry.refund !== '') return `refund ${entry.refund}`
  if (entry.key !== '') {
    const refund = names.get(entry.key)
    return refund === undefined ? `key ${entry.key}` : `refund ${refund}`
  }
  return entry.payment === '' ? `record ${entry.record || entry.id}` : amountOf(entry)
}

function amountOf({ payment, amountMinor, currency }: KeptRefund): string {
  return `${amountMinor} ${currency} ${payment}`
}

function timesBy(
  kept: readonly KeptRefund[],
  keyOf: (entry: KeptRefund) => string,
): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>()
  for (const entry of kept) {
    const key = keyOf(entry)
    const there = times.get(key)
    if (there === undefined) times.set(key, [entry.at])
    else there.push(entry.at)
  }
  return times
}
