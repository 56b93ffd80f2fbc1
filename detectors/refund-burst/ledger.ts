// What refund-burst keeps for one key, how an event changes it, and which verdicts have changed since it was last judged.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { compareSeverity, type Severity, type SlotVerdict } from '../../schemas/findings.ts'
import type { Observation, ObserveContext } from '../engine/detector.ts'
import { insertDated } from '../engine/ordered-set.ts'
import { isSandbox, type KeptRefund, keptRefund, type Sign, signsOf } from './kept-refund.ts'
import type { KeyView } from './key-view.ts'
import { judge, type Rule, rules } from './rules.ts'
import { type RefundBurstSettings, reachOf } from './settings.ts'
import { draftsOf, type SlotDraft } from './slot-draft.ts'
import { slotVerdict, withdrawnVerdict } from './verdict.ts'

/** Event times, both ends included. */
export interface Span {
  readonly from: number
  readonly through: number
}

export interface Lane {
  readonly kept: KeptRefund[]
  /** Span of the entries that were dropped, if any were. */
  lost: Span | null
}

interface Standing {
  readonly rule: Rule
  readonly slotAt: number
  readonly fingerprint: string
  readonly severity: Severity
  readonly count: number
}

/** JSON-safe. */
export interface Ledger {
  readonly key: string
  /** Accepted and undone ones; null: there was none. */
  settled: Lane | null
  declined: Lane | null
  /** Accepted and undone ones of a sandbox. */
  sandbox: Lane | null
  /** Verdicts told so far. */
  standing: readonly Standing[]
  /** Span of the events kept since the last judgement. */
  fresh: Span | null
  /** Newest append time of an event kept. */
  appendedAt: number
}

/** Slots of a rule remembered as told: far more than a key's horizon can hold findings in unless it is flooded. */
const maxStanding = 1_024
/** Where a full lane loses entries: the first ones, with which alerts begin, stay. */
const keptFromStart = 1 / 8

const none: readonly never[] = []
const laneNames = ['settled', 'declined', 'sandbox'] as const

export function openLedger(key: string): Ledger {
  return { key, settled: null, declined: null, sandbox: null, standing: none, fresh: null, appendedAt: 0 }
}

export function spentAfter({ appendedAt }: Ledger, settings: RefundBurstSettings): number {
  return appendedAt + reachOf(settings).horizonMs
}

/** Keeps the event; `judgeLedger` says later what it changed. */
export function observeRefund(
  ledger: Ledger,
  event: SecurityEvent,
  view: KeyView,
  { settings }: ObserveContext<RefundBurstSettings>,
): Observation<Ledger> {
  const sandbox = isSandbox(event, settings)
  let due = false
  let late = false
  let evicted = 0
  for (const sign of signsOf(event)) {
    if (sandbox && sign === 'declined') continue
    const name = laneOf(sign, sandbox)
    const lane = ledger[name] ?? { kept: [], lost: null }
    ledger[name] = lane
    const entry = keptRefund(event, sign, view.from(event), settings)
    if (insertDated(lane.kept, entry) < 0) continue
    due ||= mayTell(ledger, lane, entry, settings)
    late ||= isWithin(lane.lost, entry.at, settings)
    if (lane.kept.length > settings.maxEntries) evicted += drop(lane, Math.floor(settings.maxEntries * keptFromStart))
    ledger.fresh = widened(ledger.fresh, entry.at)
    ledger.appendedAt = Math.max(ledger.appendedAt, entry.appendedAt)
  }
  return { state: ledger, due, late, evicted, weight: weightOf(ledger) }
}

/** False while no rule can hold: the fate of nearly all keys. */
function mayTell(ledger: Ledger, { kept }: Lane, entry: KeptRefund, settings: RefundBurstSettings): boolean {
  if (ledger.standing.length > 0 || kept.length >= reachOf(settings).fewestRefunds) return true
  return kept.some(
    (other) => other !== entry && other.payment === entry.payment && other.amountMinor === entry.amountMinor,
  )
}

/** True when something is gone that an event of this time should be judged with. */
function isWithin(lost: Span | null, at: number, settings: RefundBurstSettings): boolean {
  return lost !== null && at <= lost.through && at + reachOf(settings).longestWindowMs >= lost.from
}

export function judgeLedger(
  ledger: Ledger,
  view: KeyView,
  { settings, watermarkAt }: ObserveContext<RefundBurstSettings>,
): Observation<Ledger> {
  const judgements = judge(
    { settled: keptIn(ledger, 'settled'), declined: keptIn(ledger, 'declined'), sandbox: keptIn(ledger, 'sandbox') },
    view,
    settings,
  )
  const verdicts: SlotVerdict[] = []
  const standing: Standing[] = []
  for (const rule of rules) {
    const rows: Standing[] = []
    const before = new Map(ledger.standing.filter((row) => row.rule === rule).map((row) => [row.slotAt, row]))
    const lost = ledger[rule === 'refund-probing' ? 'declined' : 'settled']?.lost ?? null
    for (const draft of draftsOf(rule, judgements[rule], settings)) {
      const told = before.get(draft.slotAt)
      before.delete(draft.slotAt)
      const lossy = hasLost(lost, draft.slotAt, settings)
      if (told?.fingerprint === draft.fingerprint || (lossy && !mayGrow(draft, told, ledger.fresh))) {
        if (told !== undefined) rows.push(told)
        continue
      }
      verdicts.push(slotVerdict(ledger.key, view, draft, lossy, settings))
      const { slotAt, fingerprint, severity, members } = draft
      rows.push({ rule, slotAt, fingerprint, severity, count: members.length })
    }
    for (const row of before.values()) {
      if (hasLost(lost, row.slotAt, settings)) rows.push(row)
      else verdicts.push(withdrawnVerdict(ledger.key, view, rule, row.slotAt, settings))
    }
    rows.sort((a, b) => a.slotAt - b.slotAt)
    standing.push(...rows.slice(-maxStanding))
  }
  ledger.fresh = null
  ledger.standing = standing
  prune(ledger, watermarkAt, settings)
  return { state: ledger, verdicts, weight: weightOf(ledger) }
}

function laneOf(sign: Sign, sandbox: boolean): (typeof laneNames)[number] {
  return sandbox ? 'sandbox' : sign === 'declined' ? 'declined' : 'settled'
}

function drop(lane: Lane, index: number): number {
  const [entry] = lane.kept.splice(index, 1)
  if (entry === undefined) return 0
  lane.lost = widened(lane.lost, entry.at)
  return 1
}

function widened(span: Span | null, at: number): Span {
  return span === null
    ? { from: at, through: at }
    : { from: Math.min(span.from, at), through: Math.max(span.through, at) }
}

/** True when something is gone that the slot should be judged with. */
function hasLost(lost: Span | null, slotAt: number, settings: RefundBurstSettings): boolean {
  return (
    lost !== null && lost.from < slotAt + settings.slotMs && lost.through >= slotAt - reachOf(settings).longestWindowMs
  )
}

/** A slot that lost entries is told again only for new events, and never as less than it was: nobody floods an alert away. */
function mayGrow({ members, severity }: SlotDraft, told: Standing | undefined, fresh: Span | null): boolean {
  const first = members[0]
  const last = members.at(-1)
  if (fresh === null || first === undefined || last === undefined) return false
  if (last.at < fresh.from || first.at > fresh.through) return false
  if (told === undefined) return true
  return compareSeverity(severity, told.severity) > 0 || (severity === told.severity && members.length >= told.count)
}

/**
 * Forgets what no event can bear on any more that is not late: what stands further than the horizon before the newest
 * event time that the watermark has passed, and was itself appended longer ago than the horizon.
 */
function prune(ledger: Ledger, watermarkAt: number, settings: RefundBurstSettings): void {
  const horizon = reachOf(settings).horizonMs
  const safeAt = Math.max(...laneNames.map((name) => safeTime(keptIn(ledger, name), watermarkAt)))
  if (!Number.isFinite(safeAt)) return
  for (const name of laneNames) {
    const lane = ledger[name]
    const oldest = lane?.kept[0]
    if (lane === null || oldest === undefined || oldest.at >= safeAt - horizon) continue
    const isPast = (entry: KeptRefund): boolean =>
      entry.at < safeAt - horizon && entry.appendedAt < watermarkAt - horizon
    const past = lane.kept.filter(isPast)
    if (past.length === 0) continue
    for (const { at } of past) lane.lost = widened(lane.lost, at)
    lane.kept.splice(0, lane.kept.length, ...lane.kept.filter((entry) => !isPast(entry)))
  }
  ledger.standing = ledger.standing.filter(({ slotAt }) => slotAt + settings.slotMs >= safeAt - horizon)
}

/** Newest event time among entries appended before the watermark. */
function safeTime(kept: readonly KeptRefund[], watermarkAt: number): number {
  for (let index = kept.length - 1; index >= 0; index--) {
    const entry = kept[index] as KeptRefund // 0 <= index < length
    if (entry.appendedAt < watermarkAt) return entry.at
  }
  return Number.NEGATIVE_INFINITY
}

function keptIn(ledger: Ledger, name: (typeof laneNames)[number]): readonly KeptRefund[] {
  return ledger[name]?.kept ?? none
}

function weightOf(ledger: Ledger): number {
  return keptIn(ledger, 'settled').length + keptIn(ledger, 'declined').length + keptIn(ledger, 'sandbox').length
}
