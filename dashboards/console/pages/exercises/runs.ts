// Runs of exercises, the newest first.

import type { ExerciseDescription } from '../../../../schemas/api/exercises.ts'
import type { ExerciseRun } from '../../../../schemas/exercises/run.ts'
import { element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { mark } from '../../parts/marks.ts'
import { rowsTable } from '../../parts/rows-table.ts'
import { agoText } from '../../wording.ts'

export function runMark({ state, score }: ExerciseRun): HTMLElement {
  if (state === 'running') return mark('running', 'accent')
  if (state !== 'scored') return mark(state, 'bad')
  return score?.holds === true ? mark('as it must be', 'good') : mark('something was missed', 'bad')
}

/** @param stories of which runs are shown, for their titles */
export function runsTable(
  runs: readonly ExerciseRun[],
  stories: readonly Pick<ExerciseDescription, 'id' | 'title'>[],
  { link, clock }: PageContext,
): HTMLElement {
  const titles = new Map(stories.map(({ id, title }) => [id, title]))
  return rowsTable(
    'Runs of exercises',
    ['State', 'Story', 'What', 'Started'],
    runs.map((run) =>
      element(
        'tr',
        {},
        element('td', {}, runMark(run)),
        element(
          'td',
          {},
          element(
            'a',
            { class: 'row-link', href: link(['exercises', run.run]) },
            titles.get(run.story) ?? run.score?.title ?? run.story,
          ),
        ),
        element('td', {}, run.twin ? 'attack and harmless twin' : 'attack'),
        element('td', { class: 'instant' }, agoText(run.startedAt, clock.now())),
      ),
    ),
  )
}
