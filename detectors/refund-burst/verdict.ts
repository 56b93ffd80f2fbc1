// Puts what a slot holds into words: title, evidence, margins and what would have to be different.

import { type Provenance, provenances } from '../../schemas/events/event-kind.ts'
import type { Confidence, Entity, Evidence, Finding, SlotVerdict } from '../../schemas/findings.ts'
import { shownText } from '../engine/bounded-text.ts'
import { ends } from '../engine/ends.ts'
import { slotName } from '../engine/slot.ts'
import { withdrawnSlot } from '../engine/withdrawn.ts'
import { explanationOf } from './explanation.ts'
import type { KeyView } from './key-view.ts'
import type { Hit } from './ladder.ts'
import type { Refund } from './refunds.ts'
import type { Rule } from './rules.ts'
import type { RefundBurstSettings } from './settings.ts'
import type { SlotDraft } from './slot-draft.ts'
import { counted, moneyText, roundedDuration, totalText } from './wording.ts'

const maxNameLength = 80
const maxPaymentLength = 60
const maxTitleLength = 200
const maxLabelLength = 200
/** Findings told of one slot: the first and the last ones. */
const maxFindings = 1_000
const maxEvidence = 10

const things: Readonly<Record<Rule, string>> = {
  'refund-burst': 'refund',
  'duplicate-refund': 'duplicate refund',
  'refund-probing': 'declined refund',
}

/** `lossy`: the key lost entries that would count here, so that numbers are least ones. */
export function slotVerdict(
  key: string,
  view: KeyView,
  draft: SlotDraft,
  lossy: boolean,
  settings: RefundBurstSettings,
): SlotVerdict {
  const { rule, slotAt, hits, members } = draft
  const said = rule === 'duplicate-refund' ? hits.map(({ refund }) => refund) : members
  const first = members[0]
  const last = members.at(-1)
  if (first === undefined || last === undefined)
    return { ...withdrawnVerdict(key, view, rule, slotAt, settings), suppressed: draft.suppressed }
  return {
    rule,
    entity: entityOf(key, view, members),
    slot: slotName(slotAt),
    findings: ends(hits, maxFindings).map(findingOf),
    severity: draft.severity,
    confidence: confidenceOf(members),
    title: titleOf(key, view, rule, said, lossy),
    firstSeenAt: first.at,
    lastSeenAt: last.at,
    count: said.length,
    evidence: ends(members, maxEvidence).map((refund) => evidenceOf(refund, rule, view)),
    explanation: explanationOf(draft, view, settings),
    labels: labelsOf(said),
    continues: draft.continues === undefined ? '' : slotName(draft.continues),
    baseline: '',
    suppressed: draft.suppressed,
  }
}

/** Nothing of the slot stands any more. */
export function withdrawnVerdict(
  key: string,
  view: KeyView,
  rule: Rule,
  slotAt: number,
  { slotMs }: RefundBurstSettings,
): SlotVerdict {
  const name = shownText(key, maxNameLength)
  return withdrawnSlot({
    rule,
    entity: { keyspace: view.keyspace, key, name, from: '' },
    slot: slotName(slotAt),
    title: `${name}: no ${things[rule]}s to tell of any more`,
    why: ['later records say that these refunds did not happen, were one, or are covered by an exception'],
    from: slotAt,
    to: slotAt + slotMs,
  })
}

function findingOf({ refund, rung, severity }: Hit): Finding {
  return { eventId: refund.id, at: refund.at, rung: rung.name, severity }
}

function entityOf(key: string, { keyspace }: KeyView, members: readonly Refund[]): Entity {
  const froms = new Set(members.map(({ kept }) => kept.from))
  const from = froms.has('') ? '' : (provenances.findLast((each) => froms.has(each)) ?? '')
  return { keyspace, key, name: shownText(key, maxNameLength), from }
}

const verified: ReadonlySet<Provenance> = new Set<Provenance>(['mtls', 'filter-state', 'xfcc', 'jwt'])

/** The lowest of the confidence in identity and in evidence; skewed stamps take no part, so that time is not in doubt. */
function confidenceOf(members: readonly Refund[]): Confidence {
  if (members.some(({ kept }) => kept.from === '' || kept.from === 'ip')) return 'low'
  return members.every(({ kept, hasId, hasKey }) => (hasId || hasKey) && verified.has(kept.from)) ? 'high' : 'medium'
}

/** `USR-99: 3 refunds in 6 seconds by the same user, 414.49 in total`. */
function titleOf(key: string, view: KeyView, rule: Rule, said: readonly Refund[], lossy: boolean): string {
  const name = shownText(key, maxNameLength)
  const what = `${lossy ? 'at least ' : ''}${counted(said.length, things[rule])}`
  const total = totalText(said)
  const sum = total === '' ? '' : `, ${total} ${rule === 'refund-probing' ? 'attempted' : 'in total'}`
  const first = said[0]
  const last = said.at(-1)
  if (rule === 'duplicate-refund') {
    const payments = new Set(said.map(({ kept }) => kept.payment))
    const of =
      payments.size === 1 ? shownText(first?.kept.payment ?? '', maxPaymentLength) : `${payments.size} payments`
    return shownText(`${name}: ${what} of ${of}${sum}`, maxTitleLength)
  }
  const span =
    said.length < 2 || first === undefined || last === undefined ? '' : ` in ${roundedDuration(last.at - first.at)}`
  const beneficiaries = new Set(said.map(({ kept }) => kept.beneficiary)).size
  const whom = view.isBeneficiary ? view.phrase : `${view.phrase} for ${counted(beneficiaries, 'user')}`
  return shownText(`${name}: ${what}${span} ${whom}${sum}`, maxTitleLength)
}

function evidenceOf(refund: Refund, rule: Rule, { isBeneficiary }: KeyView): Evidence {
  const { amountMinor, currency, payment, beneficiary } = refund.kept
  const amount = currency === '' ? '' : ` of ${moneyText(amountMinor, currency)}`
  const which = payment === '' ? '' : ` for ${shownText(payment, maxPaymentLength)}`
  const whom = isBeneficiary || beneficiary === '' ? '' : ` to ${shownText(beneficiary, maxNameLength)}`
  const what = rule === 'refund-probing' ? 'declined refund' : refund.repeats === undefined ? 'refund' : 'second refund'
  return { eventId: refund.id, at: refund.at, summary: `${what}${amount}${which}${whom}` }
}

function labelsOf(said: readonly Refund[]): Readonly<Record<string, string>> {
  const currencies = [...new Set(said.map(({ kept }) => kept.currency))].filter((code) => code !== '').sort()
  const payments = new Set(said.map(({ kept }) => kept.payment))
  payments.delete('')
  return {
    payments: String(payments.size),
    ...(currencies.length > 0 && {
      currency: shownText(currencies.join(' '), maxLabelLength),
      total: shownText(totalText(said), maxLabelLength),
    }),
  }
}
