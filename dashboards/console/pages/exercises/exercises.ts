// Tabletop exercises: choose a story, run it, alone or with its harmless twin, and watch what is detected, step by step.

import type { ExerciseDescription } from '../../../../schemas/api/exercises.ts'
import type { ExerciseRun } from '../../../../schemas/exercises/run.ts'
import { element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { emptyNotice, loadingNotice } from '../../parts/notice.ts'
import { countText } from '../../wording.ts'
import { offeredExercises } from './offered.ts'
import { showRun } from './run.ts'
import { runButton } from './run-button.ts'
import { runsTable } from './runs.ts'

export const exercisesPage: Page = {
  id: 'exercises',
  title: 'Exercises',
  letter: 'e',
  isOffered: async (api, signal) => (await offeredExercises(api, signal)).length > 0,
  show: showExercises,
}

const speeds = [
  ['10', 'ten times as fast'],
  ['1', 'as fast as it happened'],
  ['60', 'a minute in a second'],
  ['0', 'as fast as it goes'],
] as const

async function showExercises(context: PageContext): Promise<void> {
  const { api, main, gone, place } = context
  const [, run] = place.path
  if (run !== undefined) {
    await showRun(run, context)
    return
  }
  show(main, element('h1', {}, 'Exercises'), loadingNotice())
  const [exercises, { runs }] = await Promise.all([
    offeredExercises(api, gone),
    api.get<{ runs: readonly ExerciseRun[] }>('api/exercises/runs', {}, gone),
  ])
  show(
    main,
    element(
      'div',
      { class: 'title-line' },
      element('h1', {}, 'Exercises'),
      element('p', { class: 'muted' }, 'Each runs in a realm of its own: nobody is paged, nothing is learned from it.'),
    ),
    runs.length === 0
      ? undefined
      : element('section', { class: 'stack' }, element('h2', {}, 'Runs'), runsTable(runs, exercises, context)),
    element('h2', {}, 'Stories'),
    exercises.length === 0
      ? emptyNotice('There is no story.')
      : element(
          'div',
          { class: 'cards' },
          exercises.map((each) => exerciseCard(each, context)),
        ),
  )
}

function exerciseCard(story: ExerciseDescription, context: PageContext): HTMLElement {
  const { id, title, about, cause, steps } = story
  const speed = element(
    'select',
    { id: `speed-${id}` },
    speeds.map(([value, text]) => element('option', { value }, text)),
  )
  const twin = element('input', { type: 'checkbox', id: `twin-${id}` })
  const asked = () => ({ speed: Number(speed.value), twin: twin.checked })
  const [start, trouble] = runButton(story, asked, context)
  return element(
    'section',
    { class: 'card' },
    element('h3', {}, title),
    paragraphsOf(about).map((text) => element('p', { class: 'said' }, text)),
    element(
      'p',
      { class: 'muted' },
      `${countText(steps.length, 'step')} to be seen. The twin differs in this: ${cause}`,
    ),
    element(
      'div',
      { class: 'actions' },
      start,
      element('label', { for: speed.id, class: 'unseen' }, 'Speed'),
      speed,
      element('label', { for: twin.id, class: 'actions' }, twin, 'with its harmless twin'),
    ),
    trouble,
  )
}

/** A story file breaks its lines for its readers; only an empty one begins a paragraph. */
function paragraphsOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' '))
}
