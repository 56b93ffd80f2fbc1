// The score of an exercise, and of several, for a terminal.

import { outcomeMeaning } from '../../../schemas/exercises/outcome.ts'
import type { ExerciseScore, SeenAlert } from '../../../schemas/exercises/score.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

export function scoreText({ title, story, steps, twin, others, blind, holds }: ExerciseScore, style: Style): string {
  const isBlind = steps.some(({ outcome }) => outcome === 'missed-blind')
  return [
    `${holds ? style.good('✓') : style.bad('✕')} ${style.bold(printable(title))} ${style.dim(story)}`,
    ...steps.flatMap(({ name, outcome, holds: held, why, alert }) => [
      `  ${held ? style.good('✓') : style.bad('✕')} ${printable(name)}: ${outcomeMeaning[outcome]}, ${printable(why)}`,
      ...(alert === null ? [] : [`    ${alertText(alert, style)}`]),
    ]),
    ...(twin === null
      ? []
      : [
          ...twin.falseAlerts.map((alert) => `  ${style.bad('✕')} false on the twin: ${alertText(alert, style)}`),
          ...twin.missing.map(
            ({ severity, detector, entity }) =>
              `  ${style.bad('✕')} missing on the twin: ${severity} ${detector} on ${printable(entity)}`,
          ),
          ...twin.problems.map((problem) => `  ${style.bad('✕')} the twin is none: ${printable(problem)}`),
          ...(twin.falseAlerts.length + twin.missing.length === 0
            ? [`  ${style.good('✓')} nothing false on the twin`]
            : []),
        ]),
    ...others.map((alert) => style.dim(`  also told: ${printable(alert.title)}`)),
    ...(isBlind ? blind.map(({ need, hint }) => `  lacks ${need}${hint === '' ? '' : `: ${printable(hint)}`}`) : []),
  ].join('\n')
}

function alertText({ severity, title }: SeenAlert, style: Style): string {
  return `${style.severity(severity)} ${printable(title)}`
}

export function summaryText(scores: readonly ExerciseScore[], style: Style): string {
  const held = scores.filter(({ holds }) => holds).length
  const steps = scores.flatMap((score) => score.steps)
  const detected = steps.filter(({ outcome }) => outcome === 'detected').length
  const falseAlerts = scores.reduce((sum, { twin }) => sum + (twin?.falseAlerts.length ?? 0), 0)
  return [
    '',
    tableText(
      ['EXERCISE', 'STEPS', 'FALSE', 'RESULT'],
      scores.map((score) => [
        score.story,
        `${score.steps.filter(({ outcome }) => outcome === 'detected').length} of ${score.steps.length}`,
        score.twin?.falseAlerts.length ?? '–',
        { styled: score.holds ? style.good('as it must be') : style.bad('not as it must be') },
      ]),
    ),
    `${held} of ${scores.length} exercises as they must be; ${detected} of ${steps.length} steps detected, ${falseAlerts} false alerts`,
  ].join('\n')
}
