// What a report says, block by block, before it is HTML or Markdown: both say the same.

import { outcomeMeaning } from '../../schemas/exercises/outcome.ts'
import type { ExerciseScore, SeenAlert, StepScore } from '../../schemas/exercises/score.ts'
import type { ExpectedAlert, Story } from '../../schemas/exercises/story.ts'

export type ReportBlock =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'verdict'; readonly holds: boolean; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'timeline'; readonly score: ExerciseScore }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

export interface ReportInput {
  readonly story: Pick<Story, 'about' | 'cause' | 'sources' | 'twin'>
  readonly score: ExerciseScore
}

/** Several exercises on one page: a summary, then each of them. */
export function reportBlocks(inputs: readonly ReportInput[]): readonly ReportBlock[] {
  const [only] = inputs
  if (only === undefined) return [{ kind: 'heading', level: 1, text: 'No exercise was run' }]
  return inputs.length === 1 ? exerciseBlocks(only) : [...summaryBlocks(inputs), ...inputs.flatMap(exerciseBlocks)]
}

function summaryBlocks(inputs: readonly ReportInput[]): readonly ReportBlock[] {
  const held = inputs.filter(({ score }) => score.holds).length
  return [
    { kind: 'heading', level: 1, text: `${inputs.length} exercises` },
    { kind: 'verdict', holds: held === inputs.length, text: `${held} of ${inputs.length} exercises went as they must` },
    {
      kind: 'table',
      head: ['Exercise', 'Steps detected', 'False alerts', 'Result'],
      rows: inputs.map(({ score }) => [
        score.title,
        detectedOf(score),
        score.twin === null ? 'twin not run' : String(score.twin.falseAlerts.length),
        resultOf(score),
      ]),
    },
  ]
}

function exerciseBlocks({ story, score }: ReportInput): readonly ReportBlock[] {
  return [
    { kind: 'heading', level: 1, text: score.title },
    { kind: 'verdict', holds: score.holds, text: verdictOf(score) },
    ...story.about
      .trim()
      .split(/\n\s*\n/)
      .map((text): ReportBlock => ({ kind: 'text', text })),
    { kind: 'heading', level: 2, text: 'What happened, and when it was told' },
    { kind: 'text', text: `On ${score.startsAt.slice(0, 10)}, times in UTC. ${timeNote}` },
    { kind: 'timeline', score },
    {
      kind: 'table',
      head: ['Step', 'Happened', 'Expected', 'Outcome', 'Time to alert', 'Evidence', 'What was told'],
      rows: score.steps.map(stepRow),
    },
    {
      kind: 'table',
      head: ['Source', 'What it is'],
      rows: story.sources.map(({ name, about }) => [name, about]),
    },
    ...twinBlocks(story, score),
    ...alertBlocks('Other alerts of the attack', score.others),
    ...lackBlocks(score),
    { kind: 'heading', level: 2, text: 'Once more' },
    { kind: 'command', text: `npx eastwest exercise run ${score.story} --starts-at ${score.startsAt}` },
  ]
}

const timeNote =
  'The time to an alert is that on the clock of the log: from the step until what showed it had come, and not how long machines took.'

function stepRow(step: StepScore, index: number): readonly string[] {
  const { timeToDetectMs, budgetMs, evidence, alert, outcome, why } = step
  return [
    `${index + 1}. ${step.technique === '' ? step.name : `${step.name} (${step.technique})`}`,
    clockOf(step.at),
    expectedText(step.expected),
    outcomeMeaning[step.outcome],
    timeToDetectMs === null ? '–' : `${seconds(timeToDetectMs)} of ${seconds(budgetMs)}`,
    evidence.lines === 0 ? '–' : `${evidence.cited} of ${evidence.lines} lines`,
    alert === null ? why : outcome === 'detected' ? alert.title : `${alert.title}; ${why}`,
  ]
}

function twinBlocks(story: ReportInput['story'], { twin }: ExerciseScore): readonly ReportBlock[] {
  const heading: ReportBlock = { kind: 'heading', level: 2, text: 'The benign twin' }
  const about: readonly ReportBlock[] = [
    heading,
    { kind: 'text', text: story.twin.about.trim() },
    { kind: 'text', text: `The difference: ${story.cause}` },
  ]
  if (twin === null) return [...about, { kind: 'text', text: 'It was not run.' }]
  const { attack, twin: own } = twin.changedLines
  const silent = twin.falseAlerts.length === 0 && twin.missing.length === 0
  return [
    ...about,
    {
      kind: 'table',
      head: ['Source', 'Lines of the attack', 'Lines of the twin'],
      rows: twin.volume.map((each) => [each.source, String(each.attack), String(each.twin)]),
    },
    {
      kind: 'text',
      text: `${attack} lines of the attack are not in the twin, and ${own} of the twin not in the attack.`,
    },
    { kind: 'text', text: silent ? 'Nothing false was told of it.' : 'What was told of it is not as it must be.' },
    ...twin.problems.map((text): ReportBlock => ({ kind: 'text', text: `It is no twin: ${text}.` })),
    ...twin.missing.map((each): ReportBlock => ({ kind: 'text', text: `Missing: ${expectedText(each)}.` })),
    ...alertBlocks('False alerts', twin.falseAlerts),
  ]
}

function alertBlocks(title: string, alerts: readonly SeenAlert[]): readonly ReportBlock[] {
  if (alerts.length === 0) return []
  return [
    { kind: 'heading', level: 2, text: title },
    {
      kind: 'table',
      head: ['Happened', 'Severity', 'Detector', 'Entity', 'Title'],
      rows: alerts.map(({ firstSeenAt, severity, detector, entity, title: said }) => [
        clockOf(firstSeenAt),
        severity,
        detector,
        entity,
        said,
      ]),
    },
  ]
}

function lackBlocks({ blind }: ExerciseScore): readonly ReportBlock[] {
  if (blind.length === 0) return []
  return [
    { kind: 'heading', level: 2, text: 'What detectors lacked, and what to add' },
    {
      kind: 'table',
      head: ['Detector', 'Source', 'Lacks', 'What to add'],
      rows: blind.map(({ detector, source, need, hint }) => [detector, source, need, hint]),
    },
  ]
}

export function expectedText({ detector, rule, severity, entity, class: wanted }: ExpectedAlert): string {
  return [severity, detector, wanted ?? rule ?? '', 'on', entity].filter((word) => word !== '').join(' ')
}

export function verdictOf(score: ExerciseScore): string {
  const { twin } = score
  const told =
    twin === null
      ? 'the twin was not run'
      : twin.falseAlerts.length === 0
        ? 'nothing false on the twin'
        : `${twin.falseAlerts.length} false on the twin`
  return `${detectedOf(score)} steps detected, ${told}`
}

function detectedOf({ steps }: ExerciseScore): string {
  return `${steps.filter(({ outcome }) => outcome === 'detected').length} of ${steps.length}`
}

export function resultOf({ holds }: ExerciseScore): string {
  return holds ? 'as it must be' : 'not as it must be'
}

/** `09:00:42`, with milliseconds where there are any. */
function clockOf(at: string): string {
  return at.slice(11).replace(/(\.000)?Z$/, '')
}

export function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${(ms / 1000).toFixed(1)} s`
}
