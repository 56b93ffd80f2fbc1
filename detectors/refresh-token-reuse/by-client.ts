// The stage that sees the reuses of one client together: single thefts or one defect, and which sessions are to be killed.

import type { SlotVerdict } from '../../schemas/findings.ts'
import type { Observation, ObserveContext, SignalStage } from '../engine/detector.ts'
import { insertDated } from '../engine/ordered-set.ts'
import { hash32 } from '../engine/stable-hash.ts'
import { breakerVerdicts, defectVerdicts, withdrawnFromClient } from './client-verdict.ts'
import { cohortOpenings } from './cohort.ts'
import { decideKills, type Kill } from './kill.ts'
import { gravestOf } from './reuse.ts'
import { reuseVerdict } from './reuse-verdict.ts'
import { dayMs, type RefreshTokenReuseSettings } from './settings.ts'
import { factOf, type ReuseFact } from './signals.ts'

/** A reuse that is judged together with others of the client. */
export interface Held {
  /** Event time and id of its gravest use. */
  readonly at: number
  readonly id: string
  readonly fact: ReuseFact
  readonly digest: number
  /** What was told of it, by what that depends on. */
  said: string
}

export interface ClientState {
  readonly client: string
  appendedAt: number
  /** In order. */
  held: Held[]
  /** Reuses that nothing else bears on, until they are told. */
  passing: ReuseFact[]
  /** Days since the epoch → sessions seen then. */
  sessions: { [day: string]: number }
  /** Alerts on the client itself → digest of what was told. */
  told: { [alert: string]: number }
  /** Reuses that had to go. */
  dropped: number
  /** Epoch ms of event time: periods that begin before it have lost reuses, and stay as they were told. */
  forgottenAt: number
}

/** What becomes of one reuse among the others of its client. */
export interface Outcome {
  readonly kill: Kill
  /** Event time at which a cohort around it opened, −1: it stands alone. */
  readonly cohortAt: number
}

const keptDays = 4

export const byClient: SignalStage<ClientState, RefreshTokenReuseSettings> = {
  id: 'by-client',
  keyspace: 'client',
  reads: 'signals',
  from: 'by-family',
  open: (client) => ({
    client,
    appendedAt: 0,
    held: [],
    passing: [],
    sessions: {},
    told: {},
    dropped: 0,
    forgottenAt: -1,
  }),
  observe(state, signal, { settings, appendedAt }) {
    state.appendedAt = Math.max(state.appendedAt, appendedAt)
    const fact = factOf(signal)
    if (fact.kind === 'alive') {
      state.sessions[fact.day] = (state.sessions[fact.day] ?? 0) + 1
      const days = Object.keys(state.sessions).map(Number)
      const oldest = Math.max(...days) - keptDays
      for (const day of days) if (day < oldest) delete state.sessions[day]
      return { state }
    }
    const evicted = note(state, fact, settings)
    return { state, due: true, evicted, weight: 1 + state.held.length }
  },
  judge: judgeClient,
  spentAfter: ({ appendedAt }, { forgetMs }) => appendedAt + forgetMs,
}

/** Puts the fact in place of what stood for its slot. The number of reuses that had to go. */
function note(state: ClientState, fact: ReuseFact, { limits }: RefreshTokenReuseSettings): number {
  const isSame = (other: ReuseFact): boolean => other.family === fact.family && other.reuse.slot === fact.reuse.slot
  const before = state.held.find((held) => isSame(held.fact))
  if (before !== undefined) state.held.splice(state.held.indexOf(before), 1)
  state.passing = state.passing.filter((other) => !isSame(other))
  const gravest = gravestOf(fact.reuse)
  if (gravest === undefined || !isJudgedTogether(fact)) {
    state.passing.push(fact)
    return 0
  }
  const { at, id } = gravest
  insertDated(state.held, { at, id, fact, digest: hash32(JSON.stringify(fact)), said: before?.said ?? '' })
  if (state.held.length <= limits.reuses) return 0
  state.held.splice(Math.floor(limits.reuses / 8), 1)
  state.dropped += 1
  return 1
}

function isJudgedTogether({ reuse, joined }: ReuseFact): boolean {
  const what = gravestOf(reuse)?.class
  return what === 'theft-likely' || what === 'fork' || what === 'client-bug' || (what === 'theft' && joined)
}

function judgeClient(
  state: ClientState,
  { settings, watermarkAt }: ObserveContext<RefreshTokenReuseSettings>,
): Observation<ClientState> {
  const verdicts: SlotVerdict[] = state.passing.map((fact) => reuseVerdict(fact, alone, settings))
  state.passing = []
  const outcomes = outcomesOf(state, watermarkAt, settings)
  let wakeAt: number | null = null
  for (const [index, held] of state.held.entries()) {
    const outcome = outcomes[index] ?? alone
    const said = `${held.digest} ${outcome.kill} ${outcome.cohortAt >= 0}`
    if (outcome.kill === 'proposed') {
      const decidedAt = (gravestOf(held.fact.reuse)?.appendedAt ?? 0) + settings.kill.holdMs
      wakeAt = Math.min(wakeAt ?? decidedAt, decidedAt)
    }
    if (said === held.said) continue
    held.said = said
    verdicts.push(reuseVerdict(held.fact, outcome, settings))
  }
  const ofClient = [...defectVerdicts(state, outcomes, settings), ...breakerVerdicts(state, outcomes, settings)]
  verdicts.push(...changed(state, ofClient))
  forget(state, watermarkAt, settings)
  return { state, verdicts, wakeAt, weight: 1 + state.held.length }
}

const alone: Outcome = { kill: 'none', cohortAt: -1 }

function outcomesOf(
  { held, sessions }: ClientState,
  watermarkAt: number,
  settings: RefreshTokenReuseSettings,
): readonly Outcome[] {
  const isSuspect = ({ fact }: Held): boolean => gravestOf(fact.reuse)?.class !== 'theft'
  const suspects = held.filter(isSuspect)
  const openings = cohortOpenings(
    suspects.map(({ at, id, fact }) => ({ at, id, user: fact.user === '' ? fact.family : fact.user })),
    settings,
  )
  const cohortOf = new Map(suspects.map((each, index) => [each, openings[index] ?? -1]))
  const kills = decideKills(
    held.map((each) => {
      const gravest = gravestOf(each.fact.reuse)
      return {
        at: each.at,
        id: each.id,
        family: each.fact.family,
        kills: gravest?.class !== 'client-bug',
        certain: gravest?.class === 'theft',
        killedAt: each.fact.killedAt,
        appendedAt: gravest?.appendedAt ?? 0,
        cohortAt: cohortOf.get(each) ?? -1,
      }
    }),
    (day) => sessions[day] ?? 0,
    watermarkAt,
    settings,
  )
  return held.map((each, index) => ({ kill: kills[index] ?? 'none', cohortAt: cohortOf.get(each) ?? -1 }))
}

/** Verdicts on the client that say something else than was told, and withdrawals of those that stand no more. */
function changed(state: ClientState, verdicts: readonly SlotVerdict[]): SlotVerdict[] {
  const told: SlotVerdict[] = []
  for (const verdict of verdicts) {
    const alert = `${verdict.rule} ${verdict.slot}`
    const digest = hash32(JSON.stringify(verdict))
    if (state.told[alert] === digest) continue
    state.told[alert] = digest
    told.push(verdict)
  }
  if (state.dropped > 0) return told
  for (const alert of Object.keys(state.told)) {
    const [rule = '', slot = ''] = alert.split(' ')
    if (verdicts.some((verdict) => verdict.rule === rule && verdict.slot === slot)) continue
    delete state.told[alert]
    told.push(withdrawnFromClient(state.client, rule, slot))
  }
  return told
}

/** Reuses that nothing can be judged with any more keep what was told of them. */
function forget(state: ClientState, watermarkAt: number, { cohort, defectSlotMs }: RefreshTokenReuseSettings): void {
  const horizonMs = 2 * defectSlotMs + cohort.withinMs + dayMs
  const safeAt = state.held.reduce((newest, { at, fact }) => {
    return (gravestOf(fact.reuse)?.appendedAt ?? watermarkAt) < watermarkAt ? Math.max(newest, at) : newest
  }, -1)
  const before = state.held.length
  state.held = state.held.filter(({ at, fact }) => {
    const appendedAt = gravestOf(fact.reuse)?.appendedAt ?? 0
    return at >= safeAt - horizonMs || appendedAt >= watermarkAt - horizonMs
  })
  if (state.held.length === before) return
  state.forgottenAt = Math.max(state.forgottenAt, safeAt - horizonMs + cohort.withinMs)
  for (const alert of Object.keys(state.told))
    if (Date.parse(alert.slice(alert.indexOf(' ') + 1)) < state.forgottenAt) delete state.told[alert]
}
