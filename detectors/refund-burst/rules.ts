// The three rules of refund-burst over what one key holds: the burst, the second payout, and the declined attempts.

import type { Dated } from '../engine/ordered-set.ts'
import type { KeptRefund } from './kept-refund.ts'
import type { KeyView } from './key-view.ts'
import { type Hit, hitsOf, laddersOf, type Rung } from './ladder.ts'
import { attemptedRefunds, committedRefunds, oncePerBatch, type Refund } from './refunds.ts'
import type { RefundBurstSettings } from './settings.ts'
import { rungName } from './wording.ts'

export const rules = ['refund-burst', 'duplicate-refund', 'refund-probing'] as const
export type Rule = (typeof rules)[number]

export interface Held {
  /** Accepted and reversed events. */
  readonly settled: readonly KeptRefund[]
  readonly declined: readonly KeptRefund[]
  /** Accepted and reversed events of a sandbox. */
  readonly sandbox: readonly KeptRefund[]
}

export interface Judgement {
  readonly hits: readonly Hit[]
  /** Refunds at which the rule would hold, were it not for an exception. */
  readonly suppressed: readonly Dated[]
}

/** Which refunds of a key each rule holds at. A function of the set of events and the settings. */
export function judge(held: Held, view: KeyView, settings: RefundBurstSettings): Readonly<Record<Rule, Judgement>> {
  const committed = committedRefunds(held.settled, settings)
  const attempted = attemptedRefunds(held.declined, held.settled, settings)
  const sandbox = committedRefunds(held.sandbox, settings)
  const lives = climb(countedOnce(committed, view, settings), view, settings)
  const inSandbox = climb(countedOnce(sandbox, view, settings), view, settings)
  const attempts = climb(view.isActor ? oncePerBatch(attempted, settings) : attempted, view, settings)
  const { attemptSeverity } = settings
  return {
    'refund-burst': {
      hits: [...lives.hits, ...inSandbox.hits.map((hit) => ({ ...hit, severity: 'info' as const }))],
      suppressed: lives.suppressed,
    },
    'duplicate-refund': view.isBeneficiary ? secondPayouts(committed, settings) : { hits: [], suppressed: [] },
    'refund-probing': {
      hits: attempts.hits.map((hit) => (hit.severity === 'info' ? hit : { ...hit, severity: attemptSeverity })),
      suppressed: attempts.suppressed,
    },
  }
}

function countedOnce(refunds: readonly Refund[], view: KeyView, settings: RefundBurstSettings): readonly Refund[] {
  const counted = settings.repeatsCount ? refunds : refunds.filter(({ repeats }) => repeats === undefined)
  return view.isActor ? oncePerBatch(counted, settings) : counted
}

function climb(refunds: readonly Refund[], view: KeyView, settings: RefundBurstSettings): Judgement {
  if (refunds.length === 0) return { hits: [], suppressed: [] }
  const minBeneficiaries = view.isBeneficiary ? 1 : settings.minBeneficiaries
  const ladders = laddersOf(settings, minBeneficiaries)
  if (!view.isActor) return judgeApart(refunds, ladders.people)
  const agents = judgeApart(
    refunds.filter(({ kept }) => kept.agent),
    ladders.agents,
  )
  const others = judgeApart(
    refunds.filter(({ kept }) => !kept.agent),
    ladders.people,
  )
  return { hits: [...agents.hits, ...others.hits], suppressed: [...agents.suppressed, ...others.suppressed] }
}

/** Judges what no exception covers, and counts what it covers up. */
function judgeApart(refunds: readonly Refund[], rungs: readonly Rung[]): Judgement {
  const uncovered = refunds.filter(({ kept }) => kept.ticket === '')
  const hits = hitsOf(uncovered, rungs)
  if (uncovered.length === refunds.length) return { hits, suppressed: [] }
  const told = new Set(hits.filter(({ severity }) => severity !== 'info').map(({ refund }) => refund.id))
  const suppressed = hitsOf(refunds, rungs)
    .filter(({ severity, refund }) => severity !== 'info' && !told.has(refund.id))
    .map(({ refund }) => refund)
  return { hits, suppressed }
}

function secondPayouts(refunds: readonly Refund[], settings: RefundBurstSettings): Judgement {
  const { duplicateSeverity: severity, sameAmountMs: withinMs } = settings
  const rung: Rung = {
    name: rungName('second-payout', withinMs),
    refunds: 2,
    withinMs,
    severity,
    minPayments: 1,
    minBeneficiaries: 1,
    sumMinor: 0,
    currency: '',
  }
  const hits: Hit[] = []
  const suppressed: Dated[] = []
  for (const refund of refunds) {
    const { repeats } = refund
    if (repeats === undefined) continue
    if (refund.kept.ticket === '') hits.push({ list: [repeats, refund], refund, rung, severity, low: 0, high: 2 })
    else suppressed.push(refund)
  }
  return { hits, suppressed }
}
