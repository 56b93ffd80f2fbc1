// One run of an exercise: how far it is, and its score by step, looked at again until it is whole.

import type { ExerciseRun } from '../../../../schemas/exercises/run.ts'
import type { StepScore } from '../../../../schemas/exercises/score.ts'
import { type Child, element, show } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { askingButton } from '../../parts/asking-button.ts'
import { mark } from '../../parts/marks.ts'
import { loadingNotice } from '../../parts/notice.ts'
import { saveFile } from '../../parts/save-file.ts'
import { countText, numberText, spanText } from '../../wording.ts'
import { runMark } from './runs.ts'

const everyMs = 700
const outcomeTexts = {
  detected: 'detected in time',
  late: 'detected too late',
  'signal-only': 'only a finding, no alert',
  'missed-logic': 'missed: it was there to be seen',
  'missed-blind': 'missed: the source was dark or lacked fields',
  'wrong-class': 'an alert of another class or severity',
} as const satisfies Record<StepScore['outcome'], string>

export async function showRun(name: string, context: PageContext): Promise<void> {
  const { api, main, gone, clock, say } = context
  show(main, element('h1', {}, 'Exercise'), loadingNotice())
  let shown = ''
  for (;;) {
    const run = await api.get<ExerciseRun>(addressOfRun(name), {}, gone)
    const text = JSON.stringify(run)
    if (text !== shown) paint(run, context)
    shown = text
    if (run.state !== 'running') {
      say(`The exercise is ${run.state}`)
      return
    }
    await new Promise<void>((resolve) => {
      clock.after(everyMs, resolve)
    })
    if (gone.aborted) return
  }
}

function paint(run: ExerciseRun, context: PageContext): void {
  const { api, main, link, gone } = context
  if (gone.aborted) return
  const { score, appended, lines, realm, note, problem, warnings, twin } = run
  const scope = { realm }
  show(
    main,
    element('p', {}, element('a', { href: link(['exercises']) }, '← All exercises')),
    element('div', { class: 'actions' }, runMark(run), mark(twin ? 'attack and harmless twin' : 'attack', 'realm')),
    element('h1', {}, score?.title ?? run.story),
    element(
      'label',
      { class: 'stack tight', for: 'progress' },
      lines === 0 ? 'Getting ready …' : `${numberText(appended)} of ${countText(lines, 'line')} told`,
    ),
    progress(appended, lines),
    note === '' ? undefined : element('p', { class: 'muted' }, note),
    [problem, ...warnings].filter((text) => text !== '').map((text) => element('p', { class: 'problem' }, text)),
    element(
      'div',
      { class: 'actions' },
      element('a', { class: 'button', href: link(['alerts'], scope) }, 'Its alerts'),
      element('a', { class: 'button', href: link(['map'], scope) }, 'Its service map'),
      element('a', { class: 'button', href: link(['search'], scope) }, 'Its events'),
      run.state === 'scored' ? reportActions(run, context) : undefined,
      run.state === 'running' ? cancelButton(run, api) : undefined,
    ),
    score === null
      ? undefined
      : element(
          'ol',
          { class: 'events' },
          score.steps.map((step, index) => element('li', {}, stepNode(step, index, run.state, link, scope))),
        ),
    score === null || score.twin === null || run.state === 'running'
      ? undefined
      : element(
          'p',
          { class: 'card' },
          score.twin.falseAlerts.length === 0
            ? 'No false alert on the harmless twin.'
            : `${countText(score.twin.falseAlerts.length, 'false alert')} on the harmless twin.`,
        ),
    score === null || score.blind.length === 0 || run.state === 'running'
      ? undefined
      : element(
          'section',
          { class: 'card' },
          element('h2', {}, 'What could not be seen'),
          element(
            'ul',
            { class: 'sentences' },
            score.blind.map(({ detector, source, need, hint }) =>
              element('li', {}, `${detector} on ${source} lacks ${need}: ${hint}`),
            ),
          ),
        ),
  )
}

function cancelButton({ run }: ExerciseRun, api: PageContext['api']): Child {
  return askingButton('Cancel it', async () => {
    await api.post(`${addressOfRun(run)}/cancel`, {})
    return 'once'
  })
}

/** To be read in the browser, where it may ask by itself; to be kept in any case. */
function reportActions({ run, story }: ExerciseRun, { api, clock }: PageContext): Child {
  const report = `${addressOfRun(run)}/report`
  const save = (label: string, path: string, ending: string, type: string): Child =>
    askingButton(label, async () => {
      saveFile(await api.text(path), `exercise-${story}.${ending}`, type, clock)
      return 'again'
    })
  return [
    api.isSignedIn() ? undefined : element('a', { class: 'button', href: report }, 'Open the report'),
    save('Save the report', report, 'html', 'text/html'),
    save('Save it as Markdown', `${report}.md`, 'md', 'text/markdown'),
  ]
}

function addressOfRun(run: string): string {
  return `api/exercises/runs/${encodeURIComponent(run)}`
}

function progress(value: number, most: number): HTMLElement {
  const bar = element('progress', { id: 'progress' })
  bar.max = Math.max(1, most)
  bar.value = value
  return bar
}

/** What was not told while lines still come may be told yet. */
const undecided: readonly StepScore['outcome'][] = ['signal-only', 'missed-logic', 'missed-blind']

function stepNode(
  step: StepScore,
  index: number,
  state: ExerciseRun['state'],
  link: PageContext['link'],
  scope: { readonly realm: string },
): Child {
  const { name, outcome, holds, why, timeToDetectMs, budgetMs, alert, technique, evidence } = step
  const isOpen = state === 'running' && undecided.includes(outcome)
  const took = timeToDetectMs === null ? '' : `after ${spanText(Math.max(0, timeToDetectMs))} of ${spanText(budgetMs)}`
  return element(
    'div',
    { class: 'event' },
    element(
      'div',
      { class: 'event-line' },
      element('span', { class: 'ordinal' }, index + 1),
      element('span', { class: 'event-what' }, name),
      technique === '' ? undefined : element('span', { class: 'muted' }, technique),
      isOpen ? mark('not told so far', 'accent') : mark(outcomeTexts[outcome], holds ? 'good' : 'bad'),
      element('span', { class: 'muted' }, took),
    ),
    isOpen
      ? undefined
      : element(
          'div',
          { class: 'event-line muted' },
          why,
          alert === null ? undefined : [' ', element('a', { href: link(['alert', alert.id], scope) }, 'See the alert')],
          ` Evidence cited: ${evidence.cited} of ${countText(evidence.lines, 'line')}.`,
        ),
  )
}
