// The table of what exercises still show under what befalls logs, as a page.

import type { MutationResult, ProvedExercise } from './prove-exercise.ts'

export const leastRecall = 0.95

export interface RobustnessPage {
  readonly text: string
  readonly problems: readonly string[]
}

export function robustnessPage(proved: readonly ProvedExercise[]): RobustnessPage {
  const names = [...new Set(proved.flatMap(({ results }) => results.map(({ mutation }) => mutation)))]
  const sums = names.map((name) =>
    sumOf(
      name,
      proved.flatMap(({ results }) => results),
    ),
  )
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const lines = [
    '# Robustness',
    '',
    'Written by `npm run exercises`. Each exercise and its benign twin, once as recorded and then under what befalls logs: 5 %',
    'copies, each line up to 25 s late (less than any lateness), one source 600 s late (each in turn), and every source and instance',
    'with a clock that is 2 s ahead or behind by turns (both ways round; a story of one source that names no instance has one clock',
    'alone). A cell says how many steps were told, of how many, and after a comma how many alerts were false on the twin or missing',
    'there, over all runs of the kind. Recall must be at least 95 %, false alerts none.',
    '',
    row(['Exercise', ...names.map((name) => (name === 'none' ? 'as recorded' : name))]),
    row(['---', ...names.map(() => '---:')]),
    ...proved.map(({ id, results }) => row([id, ...names.map((name) => cellOf(sumOf(name, results)))])),
    row(['**Recall**', ...sums.map((sum) => `**${percent(recallOf(sum))}**`)]),
    row(['**False**', ...sums.map(({ falseAlerts }) => `**${falseAlerts}**`)]),
    '',
  ]
  return {
    text: lines.join('\n'),
    problems: sums.flatMap((sum) => [
      ...(recallOf(sum) < leastRecall ? [`recall under "${sum.mutation}" is ${percent(recallOf(sum))}`] : []),
      ...(sum.falseAlerts > 0 ? [`${sum.falseAlerts} false or missing on twins under "${sum.mutation}"`] : []),
    ]),
  }
}

function sumOf(mutation: string, results: readonly MutationResult[]): MutationResult {
  const own = results.filter((result) => result.mutation === mutation)
  const sum = (of: (result: MutationResult) => number): number => own.reduce((total, result) => total + of(result), 0)
  return {
    mutation,
    told: sum(({ told }) => told),
    steps: sum(({ steps }) => steps),
    falseAlerts: sum(({ falseAlerts }) => falseAlerts),
  }
}

function cellOf({ told, steps, falseAlerts }: MutationResult): string {
  return `${told} of ${steps}, ${falseAlerts}`
}

function recallOf({ told, steps }: MutationResult): number {
  return steps === 0 ? 1 : told / steps
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
}
