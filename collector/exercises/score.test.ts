// Each way in which a step can be seen or missed has its outcome, and what is told of a twin counts.

import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../schemas/exercises/outcome.ts'
import { exerciseScoreSchema } from '../../schemas/exercises/score.ts'
import { observed, oneStepStory, ready, storyTimes, type Telling, toldVerdict } from '../../test/support/told-story.ts'
import type { Observed } from './observed.ts'
import { scoreExercise } from './score.ts'
import type { LoadedStory } from './story-folder.ts'

function score(
  attack: Observed,
  {
    loaded = oneStepStory(),
    twin,
    times = storyTimes,
  }: { loaded?: LoadedStory; twin?: Observed; times?: typeof storyTimes } = {},
) {
  return exerciseScoreSchema.parse(scoreExercise({ loaded, run: 'test', realm: 'exercise:test', attack, times, twin }))
}

const blind: Observed['readiness'] = [
  {
    detector: 'refund-burst',
    source: 'audit',
    seen: 2,
    missing: [{ need: 'beneficiary', hint: 'log `user_id`', essential: true }],
  },
]

describe('a step', () => {
  it.each<[string, readonly Telling[], Outcome, string]>([
    ['told within its budget', [{ afterMs: 5_000 }], 'detected', 'told 5.0 s'],
    ['told more severely than asked', [{ severity: 'critical' }], 'detected', 'told 0.0 s'],
    ['told after its budget', [{ afterMs: 5_001 }], 'late', 'the budget is 5.0 s'],
    ['told as less', [{ severity: 'medium' }], 'wrong-class', 'told as medium BURST and not as high BURST'],
    ['told as something else', [{ class: 'PROBING' }], 'wrong-class', 'told as high PROBING'],
    ['told of somebody else', [{ entity: 'USR-2' }], 'missed-logic', 'told nothing of USR-1'],
    ['told without any of its lines', [{ cites: ['event-1'] }], 'missed-logic', 'told nothing'],
    ['told and withdrawn', [{ status: 'withdrawn', cites: ['event-1'] }], 'missed-logic', 'told nothing'],
    ['not told', [], 'missed-logic', 'had what it needs'],
  ])('%s', (_, tellings, outcome, why) => {
    const verdicts = tellings.some(({ cites, entity }) => cites !== undefined || entity !== undefined)
      ? { verdicts: [] }
      : {}
    const { steps, holds } = score({ ...observed(tellings), ...verdicts })
    expect(steps).toMatchObject([{ outcome, why: expect.stringContaining(why) }])
    expect(holds).toBe(outcome === 'detected')
  })

  it('that is only a finding is a signal', () => {
    const told = { ...observed([]), verdicts: [toldVerdict({ severity: 'info' })] }
    expect(score(told).steps).toMatchObject([{ outcome: 'signal-only', alert: null, timeToDetectMs: null }])
  })

  it('is told when its own line is cited, not when its alert was first raised', () => {
    const early = toldVerdict({ afterMs: -9_000, cites: ['event-1'] })
    const own = toldVerdict({ afterMs: 1_500, cites: ['event-1', 'event-2'] })
    const { steps } = score({ ...observed([{ cites: ['event-1', 'event-2'] }]), verdicts: [early, own] })
    expect(steps).toMatchObject([{ outcome: 'detected', timeToDetectMs: 1_500, evidence: { cited: 1, lines: 1 } }])
  })

  it.each<[string, Observed['readiness'], string]>([
    ['lacks fields', blind, 'it lacks the beneficiary'],
    [
      'lacks what the story needs, though the detector can tell other things',
      ready.map((row) => ({ ...row, missing: [{ need: 'beneficiary', hint: 'log `user_id`', essential: false }] })),
      'it lacks the beneficiary',
    ],
    ['sends nothing that concerns the detector', [], 'nothing that concerns refund-burst came from audit'],
  ])('whose source %s is missed for that', (_, readiness, why) => {
    const { steps } = score(observed([], readiness))
    expect(steps).toMatchObject([{ outcome: 'missed-blind', why: expect.stringContaining(why) }])
  })

  it('is missed by logic where something else is lacking', () => {
    const missing = [{ need: 'device', hint: 'log `device`', essential: false }]
    const readiness = ready.map((row) => ({ ...row, missing }))
    expect(score(observed([], readiness)).steps).toMatchObject([{ outcome: 'missed-logic' }])
  })

  it('in the dark is missed for that, and holds where the story says so', () => {
    const times = new Map([['audit', [0]]])
    const dark = { evidence: [], sources: ['audit'] }
    expect(score(observed([], ready), { times, loaded: oneStepStory(dark) })).toMatchObject({
      holds: false,
      steps: [{ outcome: 'missed-blind', why: expect.stringContaining('nothing came from audit') }],
    })
    const loaded = oneStepStory({ ...dark, outcome: 'missed-blind' })
    expect(score(observed([], ready), { times, loaded }).holds).toBe(true)
    expect(score(observed([{}]), { times, loaded }).holds).toBe(false)
  })

  it('says what the detectors of the story lack', () => {
    expect(score(observed([], blind)).blind).toEqual([
      { detector: 'refund-burst', source: 'audit', need: 'beneficiary', hint: 'log `user_id`' },
    ])
  })
})

describe('a twin', () => {
  const seen = observed([{}])

  it('that is silent leaves the exercise as it must be', () => {
    expect(score(seen, { twin: observed([]) })).toMatchObject({ holds: true, twin: { falseAlerts: [], problems: [] } })
  })

  it('of which anything stands does not', () => {
    const { holds, twin } = score(seen, { twin: observed([{ entity: 'USR-9', severity: 'low' }]) })
    expect(holds).toBe(false)
    expect(twin?.falseAlerts).toMatchObject([{ entity: 'USR-9' }])
  })

  it('has exactly the alerts that belong there, each once', () => {
    const alerts = [{ detector: 'refund-burst', severity: 'medium' as const, entity: 'USR-1' }]
    const loaded = oneStepStory({}, { alerts })
    const own = { severity: 'medium' as const }
    expect(score(seen, { loaded, twin: observed([own]) }).holds).toBe(true)
    expect(score(seen, { loaded, twin: observed([]) }).twin?.missing).toEqual(alerts)
    expect(score(seen, { loaded, twin: observed([own, own]) }).twin?.falseAlerts).toHaveLength(1)
    expect(score(seen, { loaded, twin: observed([{ severity: 'high' }]) }).holds).toBe(false)
  })

  it('of which too many lines are others is none, unless its story says that the cause is in all of them', () => {
    const lines = (text: string): readonly string[] =>
      Array.from({ length: 50 }, (_, at) => `${at < 30 ? text : ''} ${at}`)
    const parts = (name: 'attack' | 'twin') => [{ name: 'audit', format: 'auto', lines: lines(name) }]
    const changed = { attack: parts('attack'), twin: parts('twin') }
    const problemsOf = (loaded: LoadedStory) => score(seen, { loaded, twin: observed([]) }).twin?.problems
    expect(problemsOf({ ...oneStepStory(), ...changed })).toEqual([expect.stringContaining('30 of 50 lines')])
    expect(problemsOf({ ...oneStepStory({}, { mostChanged: 1 }), ...changed })).toEqual([])
  })

  it.each<[string, readonly string[], string]>([
    ['of another volume', ['first', 'once', 'more'], 'sends 2 lines in the attack and 3 in the twin'],
    ['that does not differ', ['first', 'refund'], 'does not differ'],
    ['that sends nothing', [], 'sends in one of the two only'],
  ])('%s is none', (_, lines, problem) => {
    const loaded = { ...oneStepStory(), twin: [{ name: 'audit', format: 'auto', lines }] }
    const { holds, twin } = score(seen, { loaded, twin: observed([]) })
    expect(twin?.problems).toEqual([expect.stringContaining(problem)])
    expect(holds).toBe(false)
  })
})
