// How one step of a story was seen: in time, late, under another name, not at all, and then why not.

import type { Outcome } from '../../schemas/exercises/outcome.ts'
import type { StepScore } from '../../schemas/exercises/score.ts'
import type { StoryStep } from '../../schemas/exercises/story.ts'
import { isAboutExpected, isOfClass, reaches } from './expected-alert.ts'
import { type Observed, type Readiness, type StandingAlert, seenAlert, type ToldVerdict } from './observed.ts'

export interface StepCase {
  readonly step: StoryStep
  /** Epoch ms: where the timeline began in this run. */
  readonly startsAt: number
  /** What the story says that logs in default format lack: a step is blind without it, whatever else a detector can tell. */
  readonly needed: readonly string[]
  readonly observed: Observed
  readonly standing: readonly StandingAlert[]
  /** Sources that sent nothing from the step to the end of its budget. */
  readonly isDark: (source: string, fromMs: number, untilMs: number) => boolean
}

interface Verdict {
  readonly outcome: Outcome
  readonly why: string
  readonly told?: StandingAlert
  readonly detectedAt?: number
}

export function scoreStep(stepCase: StepCase): StepScore {
  const { step, startsAt, observed } = stepCase
  const at = startsAt + step.atMs
  const { outcome, why, told, detectedAt } = judge(stepCase, at)
  const cited = told === undefined ? 0 : step.evidence.filter((line) => cites(told.alert, [line], observed)).length
  return {
    name: step.name,
    at: new Date(at).toISOString(),
    technique: step.technique ?? '',
    expected: step.expect,
    outcome,
    holds: outcome === step.outcome,
    why,
    budgetMs: step.withinMs,
    timeToDetectMs: detectedAt === undefined ? null : detectedAt - at,
    evidence: { cited, lines: step.evidence.length },
    alert: told === undefined ? null : seenAlert(told.alert),
  }
}

function judge(stepCase: StepCase, at: number): Verdict {
  const { step, observed, standing } = stepCase
  const { expect, evidence, withinMs } = step
  const about = standing.filter(
    ({ alert }) =>
      isAboutExpected(expect, alert.detector, alert) && (evidence.length === 0 || cites(alert, evidence, observed)),
  )
  for (const told of about) {
    const first = firstTold(told, stepCase)
    if (first === undefined || !reaches(expect, told.alert)) continue
    const detectedAt = first.appendedAt
    const tookMs = detectedAt - at
    return tookMs <= withinMs
      ? { outcome: 'detected', why: `told ${secondsOf(tookMs)} after the step`, told, detectedAt }
      : {
          outcome: 'late',
          why: `told ${secondsOf(tookMs)} after the step; the budget is ${secondsOf(withinMs)}`,
          told,
          detectedAt,
        }
  }
  const [other] = about
  if (other !== undefined) {
    const { severity, rule, labels } = other.alert
    return {
      outcome: 'wrong-class',
      why: `told as ${severity} ${labels.class ?? rule} and not as ${wordsOf(step)}`,
      told: other,
    }
  }
  return missed(stepCase, at)
}

/** The first verdict that says what is expected of this step, and not only of an earlier one of the same alert. */
function firstTold({ verdicts }: StandingAlert, { step, observed }: StepCase): ToldVerdict | undefined {
  return verdicts.find(
    ({ verdict }) =>
      verdict.findings.length > 0 &&
      reaches(step.expect, verdict) &&
      (step.evidence.length === 0 || cites(verdict, step.evidence, observed)),
  )
}

function missed({ step, needed, observed, isDark }: StepCase, at: number): Verdict {
  const { expect, evidence, withinMs } = step
  const signal = observed.verdicts.find(
    ({ detector, verdict }) =>
      verdict.findings.length > 0 &&
      isAboutExpected(expect, detector, verdict) &&
      isOfClass(expect, verdict) &&
      (evidence.length === 0 ||
        evidence.some((line) =>
          (observed.eventIds.get(line) ?? []).some((id) => verdict.findings.some(({ eventId }) => eventId === id)),
        )),
  )
  if (signal !== undefined)
    return { outcome: 'signal-only', why: `a finding of severity ${signal.verdict.severity}, which raises no alert` }
  const sources = sourcesOf(step)
  const dark = sources.filter((source) => isDark(source, at, at + withinMs))
  if (sources.length > 0 && dark.length === sources.length)
    return { outcome: 'missed-blind', why: `nothing came from ${dark.join(' and ')} in that time` }
  const lacking = whyBlind(expect.detector, sources, needed, observed.readiness)
  if (lacking !== undefined) return { outcome: 'missed-blind', why: lacking }
  return { outcome: 'missed-logic', why: `${expect.detector} had what it needs and told nothing of ${expect.entity}` }
}

/** Why the detector could not tell the step on any of the sources; undefined where it could on one. */
function whyBlind(
  detector: string,
  sources: readonly string[],
  needed: readonly string[],
  readiness: readonly Readiness[],
): string | undefined {
  const rows = readiness.filter(
    (row) => row.detector === detector && row.seen > 0 && (sources.length === 0 || sources.includes(row.source)),
  )
  if (rows.length === 0) return `nothing that concerns ${detector} came from ${sources.join(', ') || 'anywhere'}`
  const lacking = rows.map(({ missing }) =>
    missing.filter(
      ({ need, hint, essential }) => essential || needed.some((field) => `${need} ${hint}`.includes(field)),
    ),
  )
  if (lacking.some((needs) => needs.length === 0)) return undefined
  const needs = new Set(lacking.flat().map(({ need }) => need))
  return `${detector} cannot tell it by what came: it lacks the ${[...needs].join(' and the ')}`
}

export function sourcesOf({ sources, evidence }: Pick<StoryStep, 'sources' | 'evidence'>): readonly string[] {
  return sources.length > 0 ? sources : [...new Set(evidence.map((line) => line.split(':')[0] ?? ''))]
}

function cites(
  { evidence }: { readonly evidence: readonly { readonly eventId: string }[] },
  lines: readonly string[],
  { eventIds }: Observed,
): boolean {
  return lines.some((line) => (eventIds.get(line) ?? []).some((id) => evidence.some(({ eventId }) => eventId === id)))
}

function wordsOf({ expect }: StoryStep): string {
  return [expect.severity, expect.class ?? expect.rule ?? ''].join(' ').trim()
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
