// What becomes of an alert as verdicts on its slot arrive, and which of that is worth telling. Pure.

import { isDeepStrictEqual } from 'node:util'
import { type Alert, canonicalFields, type Transition } from '../../schemas/alerts.ts'
import {
  type ClosingRecord,
  compareSeverity,
  type Finding,
  type FoldPosition,
  stands,
  type VerdictRecord,
} from '../../schemas/findings.ts'
import { alertContent, type CardFacts, instantText } from './build-alert.ts'
import { hear, type Tellers } from './tellers.ts'

/** An alert with what its next revision has to know. */
export interface AlertLife extends Tellers {
  readonly alert: Alert
  /** Where the newest event that changed it stood: verdicts at or below are repeats. */
  readonly position: FoldPosition
  /** Findings that stand, as the newest verdict lists them; of more than a thousand the last thousand. */
  readonly findings: readonly Finding[]
  /** Findings that once stood and do not any more, newest last, at most 100. */
  readonly gone: readonly Finding[]
  /** An opening was told. False while it merely continues its predecessor. */
  readonly announced: boolean
}

export interface LifecyclePolicy {
  /** Event time without a finding after which the next finding is told again. */
  readonly quietMs: number
  /** Append time without change after which an open alert closes by itself. */
  readonly closeAfterMs: number
}

/** What the rules ask of the alert that this one continues. */
export type Predecessor = Pick<Alert, 'status' | 'severity' | 'rungs'>

export type Revision =
  | { readonly changed: false; readonly why: 'repeat' | 'no-alert' | 'same' }
  | { readonly changed: true; readonly life: AlertLife; readonly transition: Transition | undefined }

const maxGone = 100
const maxFindings = 1_000

/**
 * Folds one verdict. One revision tells at most one thing, the weightiest: what else rose with it is in the alert itself.
 * `predecessor` is the alert that the verdict's `continues` names, if it is held.
 */
export function reviseAlert(
  previous: AlertLife | undefined,
  record: VerdictRecord,
  card: CardFacts,
  policy: LifecyclePolicy,
  predecessor: Predecessor | undefined,
): Revision {
  if (previous !== undefined && !isAfter(record.position, previous.position)) return { changed: false, why: 'repeat' }
  if (previous === undefined)
    return stands(record.verdict) ? openAlert(record, card, predecessor) : { changed: false, why: 'no-alert' }
  const { shown, teller, others } = hear(previous, isOfTheSame(previous.alert, record), record)
  const heard = { ...previous, teller, others }
  if (shown !== undefined) {
    const revision = stands(shown.verdict)
      ? changeAlert(heard, shown, card, policy, predecessor)
      : withdraw(heard, shown, card)
    if (revision.changed) return revision
  }
  const isSame = teller === previous.teller && isDeepStrictEqual(others, previous.others)
  if (isSame) return { changed: false, why: 'same' }
  return { changed: true, life: { ...heard, position: record.position }, transition: undefined }
}

/** What the alert shows still holds, whoever speaks. */
function isOfTheSame({ status, version, settingsDigest }: Alert, record: VerdictRecord): boolean {
  return status !== 'withdrawn' && version === record.version && settingsDigest === record.settingsDigest
}

function openAlert(record: VerdictRecord, card: CardFacts, predecessor: Predecessor | undefined): Revision {
  const { findings, firstSeenAt } = record.verdict
  const alert: Alert = {
    ...alertContent(record, card),
    revision: 1,
    status: 'open',
    raisedAt: instantText(record.appendedAt),
    updatedAt: instantText(record.appendedAt),
    lagMs: Math.trunc(record.appendedAt - (findings[0]?.at ?? firstSeenAt)),
    late: record.late,
    evictions: record.evictions,
    feedback: null,
  }
  const announced = !merelyContinues(alert, predecessor)
  const transition = announced ? 'opened' : riseOf(alert, predecessor)
  const { position, teller } = record
  const life = { alert, position, findings: kept(findings), gone: [], announced, teller, others: {} }
  return { changed: true, life, transition }
}

function changeAlert(
  previous: AlertLife,
  record: VerdictRecord,
  card: CardFacts,
  policy: LifecyclePolicy,
  predecessor: Predecessor | undefined,
): Revision {
  const was = previous.alert
  const { findings } = record.verdict
  const content = alertContent(record, card)
  const fresh = unseen(kept(findings), previous.findings)
  const risen = riseOf(content, was)
  // A decision may overtake what was appended before it, where roles share the work: whoever decided decided on that, too.
  const isOvertaken = was.feedback !== null && record.appendedAt < Date.parse(was.updatedAt)
  const isNews = risen !== undefined || (fresh.length > 0 && !isOvertaken)
  const reopens = was.status === 'withdrawn' || (was.status === 'closed' && isNews)
  const alert: Alert = {
    ...was,
    ...content,
    status: reopens ? 'open' : was.status,
    late: was.late || record.late,
    evictions: Math.max(was.evictions, record.evictions),
  }
  if (alert.status === was.status && alert.late === was.late && saysTheSame(alert, was)) {
    return { changed: false, why: 'same' }
  }
  const opens = !previous.announced && alert.status === 'open' && !merelyContinues(alert, predecessor)
  const life: AlertLife = {
    alert: { ...alert, revision: was.revision + 1, updatedAt: changedAt(was, record) },
    position: record.position,
    findings: kept(findings),
    gone: goneNow(previous, findings),
    announced: previous.announced || opens,
    teller: previous.teller,
    others: previous.others,
  }
  const transition = ((): Transition | undefined => {
    if (opens) return 'opened'
    if (reopens) return previous.announced ? 'reopened' : riseOf(alert, predecessor)
    if (alert.status === 'closed') return undefined
    return risen ?? (afterQuiet(fresh, previous.findings, policy) ? 'continued-after-quiet' : undefined)
  })()
  return { changed: true, life, transition }
}

/** Closing by itself, once `closeAfterMs` of append time went by without change; `undefined` while it is not due. */
export function closeWhenQuiet(life: AlertLife, now: number, policy: LifecyclePolicy): AlertLife | undefined {
  if (life.alert.status !== 'open' || Date.parse(life.alert.updatedAt) + policy.closeAfterMs > now) return undefined
  const { alert } = life
  return { ...life, alert: { ...alert, status: 'closed', revision: alert.revision + 1, updatedAt: instantText(now) } }
}

/**
 * Closing by a person. An alert that rests already keeps its status and takes what was said of it; the same said again
 * changes nothing.
 */
export function closeByPerson(previous: AlertLife | undefined, record: ClosingRecord): Revision {
  if (previous === undefined || previous.alert.tenant !== record.tenant) return { changed: false, why: 'no-alert' }
  if (!isAfter(record.position, previous.position)) return { changed: false, why: 'repeat' }
  const was = previous.alert
  const { as, by, note } = record
  const feedback = { as, by, note, at: instantText(record.decidedAt) }
  if (was.status !== 'open' && isDeepStrictEqual({ ...was.feedback, at: '' }, { ...feedback, at: '' }))
    return { changed: false, why: 'same' }
  const closes = was.status === 'open'
  const alert: Alert = {
    ...was,
    status: closes ? 'closed' : was.status,
    feedback,
    revision: was.revision + 1,
    updatedAt: changedAt(was, record),
  }
  const life = { ...previous, alert, position: record.position }
  return { changed: true, life, transition: closes ? 'closed' : undefined }
}

export function isAfter(a: FoldPosition, b: FoldPosition): boolean {
  return a.offset > b.offset || (a.offset === b.offset && a.index > b.index)
}

/** No finding stands any more, or what stands is no more than information. What it said last stays readable. */
function withdraw(previous: AlertLife, record: VerdictRecord, card: CardFacts): Revision {
  const was = previous.alert
  if (was.status === 'withdrawn') return { changed: false, why: 'same' }
  const { verdict } = record
  const said = alertContent(record, card)
  const alert: Alert = {
    ...was,
    version: said.version,
    settingsDigest: said.settingsDigest,
    severity: verdict.findings.length > 0 ? said.severity : was.severity,
    title: said.title === '' ? was.title : said.title,
    evidence: said.evidence.length === 0 ? was.evidence : said.evidence,
    explanation: said.explanation.why.length === 0 ? was.explanation : said.explanation,
    findings: said.findings,
    rungs: said.rungs,
    status: 'withdrawn',
    revision: was.revision + 1,
    updatedAt: changedAt(was, record),
    late: was.late || record.late,
    evictions: Math.max(was.evictions, record.evictions),
  }
  const gone = goneNow(previous, verdict.findings)
  const life = { ...previous, alert, position: record.position, findings: kept(verdict.findings), gone }
  return { changed: true, life, transition: 'withdrawn' }
}

/** The close of an alert may be past events that are yet to be judged: no change comes before the last. */
function changedAt(was: Alert, record: Pick<VerdictRecord, 'appendedAt'>): string {
  return instantText(Math.max(Date.parse(was.updatedAt), record.appendedAt))
}

function saysTheSame(a: Alert, b: Alert): boolean {
  return isDeepStrictEqual(canonicalFields(a), canonicalFields(b))
}

/** It goes on from an alert that is still open: not opened aloud; what rises above that one is told all the same. */
function merelyContinues(alert: Alert, predecessor: Predecessor | undefined): boolean {
  return alert.continues !== '' && predecessor?.status === 'open'
}

type Rung = Pick<Alert, 'severity' | 'rungs'>

function riseOf(now: Rung, was: Rung | undefined): Transition | undefined {
  if (was === undefined) return undefined
  if (compareSeverity(now.severity, was.severity) > 0) return `severity:${now.severity}`
  const rung = now.rungs.find((name) => !was.rungs.includes(name))
  return rung === undefined ? undefined : `rung:${rung}`
}

// Late evidence may put an episode before those already told, so that quiet is looked for on both sides.
function afterQuiet(fresh: readonly Finding[], known: readonly Finding[], { quietMs }: LifecyclePolicy): boolean {
  return fresh.some(({ at }) => known.every((other) => Math.abs(at - other.at) > quietMs))
}

function kept(findings: readonly Finding[]): readonly Finding[] {
  return findings.slice(-maxFindings)
}

function unseen(findings: readonly Finding[], known: readonly Finding[]): Finding[] {
  const names = new Set(known.map(findingName))
  return findings.filter((finding) => !names.has(findingName(finding)))
}

function goneNow(previous: AlertLife, standing: readonly Finding[]): Finding[] {
  return unseen([...previous.gone, ...previous.findings], standing).slice(-maxGone)
}

/** Event ids hold no blanks. */
function findingName({ eventId, rung }: Finding): string {
  return `${eventId} ${rung}`
}
