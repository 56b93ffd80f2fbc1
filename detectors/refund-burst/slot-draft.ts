// Gathers the hits of one rule by event-time period: what an alert of that period would say, before it is put into words.

import { compareSeverity, type Severity, severities } from '../../schemas/findings.ts'
import { compareDated } from '../engine/ordered-set.ts'
import { slotStart } from '../engine/slot.ts'
import type { Hit } from './ladder.ts'
import type { Refund } from './refunds.ts'
import type { Judgement, Rule } from './rules.ts'
import type { RefundBurstSettings } from './settings.ts'
import { sumsOf } from './wording.ts'

export interface SlotDraft {
  readonly rule: Rule
  /** Epoch ms. */
  readonly slotAt: number
  /** In order; of a slot with anything above info, only what is above info. */
  readonly hits: readonly Hit[]
  /** Those of the highest severity: what the alert is about. */
  readonly leading: readonly Hit[]
  /** Theirs, or one step more. */
  readonly severity: Severity
  /** Refunds in the windows of the leading hits, in order. */
  readonly members: readonly Refund[]
  readonly suppressed: number
  /** Slot of the alert that this one continues, epoch ms. */
  readonly continues: number | undefined
  /** Equal when everything that the alert says is equal. */
  readonly fingerprint: string
}

/** One draft for each slot with a hit or a suppressed one, in order. */
export function draftsOf(
  rule: Rule,
  { hits, suppressed }: Judgement,
  settings: RefundBurstSettings,
): readonly SlotDraft[] {
  if (hits.length + suppressed.length === 0) return []
  const slots = new Map<number, { hits: Hit[]; suppressed: number }>()
  const slotOf = (at: number): { hits: Hit[]; suppressed: number } => {
    const start = slotStart(at, settings.slotMs)
    const slot = slots.get(start) ?? { hits: [], suppressed: 0 }
    slots.set(start, slot)
    return slot
  }
  for (const hit of hits) slotOf(hit.refund.at).hits.push(hit)
  for (const refund of suppressed) slotOf(refund.at).suppressed += 1
  const drafts: SlotDraft[] = []
  let last: { readonly at: number; readonly slotAt: number } | undefined
  for (const [slotAt, slot] of [...slots].sort(([a], [b]) => a - b)) {
    const told = slot.hits.filter(({ severity }) => severity !== 'info')
    const kept = (told.length > 0 ? told : slot.hits).toSorted((a, b) => compareDated(a.refund, b.refund))
    const first = kept[0]
    const follows = told.length > 0 && last !== undefined && (first?.refund.at ?? 0) - last.at <= settings.quietMs
    drafts.push(draftOf(rule, slotAt, kept, slot.suppressed, follows ? last?.slotAt : undefined, settings))
    if (told.length > 0) last = { at: kept.at(-1)?.refund.at ?? slotAt, slotAt }
  }
  return drafts
}

function draftOf(
  rule: Rule,
  slotAt: number,
  hits: readonly Hit[],
  suppressed: number,
  continues: number | undefined,
  settings: RefundBurstSettings,
): SlotDraft {
  const highest = hits.reduce<Severity>(
    (most, hit) => (compareSeverity(hit.severity, most) > 0 ? hit.severity : most),
    'info',
  )
  const leading = hits.filter(({ severity }) => severity === highest)
  const members = membersOf(leading)
  const severity =
    highest !== 'info' && rule === 'refund-burst' && isLarge(members, settings) ? oneUp(highest) : highest
  const fingerprint = [
    severity,
    suppressed,
    continues ?? '',
    ...marksOf(hits),
    members.length,
    sumOfMarks(members),
  ].join(':')
  return { rule, slotAt, hits, leading, severity, members, suppressed, continues, fingerprint }
}

/** The refunds in any of the hits' windows, each once, in order. */
function membersOf(hits: readonly Hit[]): readonly Refund[] {
  const edges = new Map<readonly Refund[], Int32Array>()
  for (const { list, low, high } of hits) {
    const edge = edges.get(list) ?? new Int32Array(list.length + 1)
    edges.set(list, edge)
    edge[low] = (edge[low] as number) + 1 // low < length
    edge[high] = (edge[high] as number) - 1 // high <= length
  }
  const members = new Map<string, Refund>()
  for (const [list, edge] of edges) {
    let depth = 0
    for (const [index, refund] of list.entries()) {
      depth += edge[index] as number // index < length
      if (depth > 0) members.set(refund.id, refund)
    }
  }
  return [...members.values()].sort(compareDated)
}

function isLarge(members: readonly Refund[], { largeTotal }: RefundBurstSettings): boolean {
  if (largeTotal.limitMinor === 0) return false
  return sumsOf(members).some(([currency, sum]) => currency === largeTotal.currency && sum >= largeTotal.limitMinor)
}

function oneUp(severity: Severity): Severity {
  return severities[severities.indexOf(severity) + 1] ?? severity
}

/** Of each rung how many hits there are, and the sum of their marks. */
function marksOf(hits: readonly Hit[]): readonly string[] {
  const rungs = new Map<string, Refund[]>()
  for (const { rung, refund } of hits) {
    const refunds = rungs.get(rung.name)
    if (refunds === undefined) rungs.set(rung.name, [refund])
    else refunds.push(refund)
  }
  return [...rungs].map(([name, refunds]) => `${name} ${refunds.length} ${sumOfMarks(refunds)}`).sort()
}

/** Below 2^53 for as many refunds as a key can hold. */
function sumOfMarks(refunds: readonly Refund[]): number {
  let sum = 0
  for (const { kept, repeats } of refunds)
    sum += kept.mark + (repeats === undefined ? 0 : 1 + (repeats.kept.mark % 0x1_0000))
  return sum
}
