// What a newcomer sees while nothing has arrived: the line to send, and an exercise to start.

import type { Alert } from '../../../schemas/alerts.ts'
import type { ExerciseDescription } from '../../../schemas/api/exercises.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { element, show } from '../elements.ts'
import type { Page, PageContext } from '../page.ts'
import { askingButton } from '../parts/asking-button.ts'
import { copyButton } from '../parts/copy.ts'
import { curlLine } from '../parts/curl.ts'
import { offeredExercises } from './exercises/offered.ts'
import { runButton } from './exercises/run-button.ts'

/** The address without a place: this while nothing has arrived, the alerts from then on. */
export const startPage: Page = { id: '', title: 'Start', show: showStart }

const lines = `2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99
2025-03-14 11:42:05 | user_id=USR-99 | action=REFUND | order=ORD-1202 | amount=124.50
2025-03-14 11:42:07 | user_id=USR-99 | action=REFUND | order=ORD-1203 | amount=200.00`

/** Alerts are few and quickly asked for; where there is none, events say whether anything came. */
async function hasAnything({ api, scope, gone }: Pick<PageContext, 'api' | 'scope' | 'gone'>): Promise<boolean> {
  const any = { ...scope, limit: 1 }
  const { alerts } = await api.get<{ alerts: readonly Alert[] }>('api/alerts', { ...any, severity: 'info' }, gone)
  if (alerts.length > 0) return true
  const { events } = await api.get<{ events: readonly PlainEvent[] }>('api/events', any, gone)
  return events.length > 0
}

async function showStart(context: PageContext): Promise<void> {
  const { api, feed, main, gone, go, link, scope } = context
  if (scope.realm !== 'live' || (await hasAnything(context))) {
    // In place of this one, so that going back leads out.
    if (!gone.aborted) location.replace(link(['alerts']))
    return
  }
  const command = curlLine(`--data-binary '${lines}' ${location.origin}/v1/events`, api.isSignedIn())
  const exercise = element('div')
  const [send, trouble] = askingButton(
    'Send it from here',
    async () => {
      await api.send(`${lines}\n`, 'console')
      return 'again'
    },
    { class: 'primary' },
  )
  show(
    main,
    element('h1', {}, 'Nothing has arrived so far'),
    element(
      'p',
      { class: 'lead' },
      'Send logs, and what they say together appears here: alerts the moment they are raised, with their evidence and why.',
    ),
    element(
      'section',
      { class: 'card' },
      element('h2', {}, 'Try it: three refunds within six seconds'),
      element('pre', { class: 'text', tabindex: 0 }, command),
      element(
        'div',
        { class: 'actions' },
        send,
        copyButton('Copy the line', () => command, context),
      ),
      element('p', { class: 'muted' }, 'The page shows the alert by itself, as soon as it is there.'),
      trouble,
    ),
    exercise,
    element(
      'section',
      { class: 'card' },
      element('h2', {}, 'Or connect what you have'),
      element(
        'p',
        {},
        'Access logs of a mesh, identity providers, policy engines, OpenTelemetry, Kafka topics, log files: ',
        element('a', { href: link(['sources']) }, 'how each is connected'),
        '.',
      ),
    ),
  )
  feed.onAlert((alert) => {
    if (alert.realm === 'live') go(['alerts'])
  }, gone)
  const [story] = await offeredExercises(api, gone)
  if (story !== undefined) show(exercise, exerciseCard(story, context))
}

/** The first of the stories at one click, as fast as it goes. */
function exerciseCard(story: ExerciseDescription, context: PageContext): HTMLElement {
  const [run, trouble] = runButton(story, () => ({ speed: 0, twin: true }), context)
  return element(
    'section',
    { class: 'card' },
    element('h2', {}, 'Practise: a tabletop exercise'),
    element(
      'p',
      {},
      'An attack that is told in the logs it leaves, and scored step by step beside its harmless twin. It runs in a realm of its own and touches nothing of yours.',
    ),
    element('p', { class: 'muted' }, `The first: ${story.title}`),
    element(
      'div',
      { class: 'actions' },
      run,
      element('a', { class: 'button', href: context.link(['exercises']) }, 'Choose an exercise'),
    ),
    trouble,
  )
}
