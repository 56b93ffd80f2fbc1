// Runs of exercises, the newest first.

import type { ExerciseRun } from '../../../../schemas/exercises/run.ts'
import { element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { mark } from '../../parts/marks.ts'
import { agoText } from '../../wording.ts'

export function runMark({ state, score }: ExerciseRun): HTMLElement {
  if (state === 'running') return mark('running', 'accent')
  if (state !== 'scored') return mark(state, 'bad')
  return score?.holds === true ? mark('as it must be', 'good') : mark('something was missed', 'bad')
}

export function runsTable(runs: readonly ExerciseRun[], { link, clock }: PageContext): HTMLElement {
  const head = ['State', 'Story', 'What', 'Started'].map((text) => element('th', { scope: 'col' }, text))
  return element(
    'table',
    { class: 'rows' },
    element('thead', {}, element('tr', {}, head)),
    element(
      'tbody',
      {},
      runs.map((run) =>
        element(
          'tr',
          {},
          element('td', {}, runMark(run)),
          element(
            'td',
            {},
            element('a', { class: 'row-link', href: link(['exercises', run.run]) }, run.score?.title ?? run.story),
          ),
          element('td', {}, run.twin ? 'attack and harmless twin' : 'attack'),
          element('td', { class: 'instant' }, agoText(run.startedAt, clock.now())),
        ),
      ),
    ),
  )
}
