// One alert: why it fired in words, by how much, on which events, who is in it, what to do, and what people decide.

import type { Alert } from '../../../../schemas/alerts.ts'
import type { PlainEvent } from '../../../../schemas/api/queries.ts'
import { button, type Child, element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { copyButton } from '../../parts/copy.ts'
import { eventCard } from '../../parts/event-card.ts'
import { mark, realmMark, severityMark, statusMark, verdictText } from '../../parts/marks.ts'
import { emptyNotice, loadingNotice } from '../../parts/notice.ts'
import { timeDrawing } from '../../parts/time-drawing.ts'
import { agoText, countText, instantText, spanText } from '../../wording.ts'
import { closeAlert } from './close-dialog.ts'
import { curlOf, markdownOf, sqlOf } from './copies.ts'
import { entitiesOf } from './entities.ts'
import { marginsOf } from './margins.ts'
import { type Explained, fillIn, whenStored } from './stored-soon.ts'
import { whyNotButton } from './why-not.ts'

const settlingMs = 2_000

export const alertPage: Page = { id: 'alert', title: 'Alert', show: showAlert }

async function showAlert(context: PageContext): Promise<void> {
  const { api, feed, main, gone, place, scope, clock } = context
  const [, id = ''] = place.path
  if (!/^[0-9a-f]{32}$/.test(id)) {
    show(main, element('h1', {}, 'Alert'), emptyNotice('This is no id of an alert.'))
    return
  }
  show(main, loadingNotice())
  const read = (): Promise<Explained> => api.get<Explained>(`api/alerts/${id}/explain`, { ...scope }, gone)
  let explained = await whenStored(read, context)
  const openedAt = clock.now()
  const put = (next: Explained): void => {
    // What the store says may be older than what the stream told.
    explained = isNewer(explained.alert, next.alert) ? { ...next, alert: explained.alert } : next
    paintAlert(explained, context, (alert) => put({ ...explained, alert }))
  }
  const putTold = (alert: Alert): void => {
    put({ ...explained, alert })
    fillIn(read, context, explained, put)
  }
  put(explained)
  fillIn(read, context, explained, put)
  // What changes while somebody reads is offered, not pushed under their eyes; at first nobody has read anything.
  let told: Alert | undefined
  feed.onAlert((alert) => {
    if (alert.id !== id || alert.realm !== scope.realm || !isNewer(alert, told ?? explained.alert)) return
    told = alert
    if (clock.now() - openedAt < settlingMs) putTold(alert)
    else if (main.querySelector('.changed') === null)
      main.prepend(
        element(
          'p',
          { class: 'banner changed', role: 'status' },
          'This alert has changed meanwhile. ',
          button('Show it as it is now', () => putTold(told ?? alert)),
        ),
      )
  }, gone)
}

function isNewer(alert: Alert, than: Alert): boolean {
  return alert.updatedAt === than.updatedAt ? alert.revision > than.revision : alert.updatedAt > than.updatedAt
}

function paintAlert({ alert, events, text }: Explained, context: PageContext, onClosed: (alert: Alert) => void): void {
  const { main, link, clock } = context
  const { explanation } = alert
  show(
    main,
    element('p', {}, element('a', { href: link(['alerts']) }, '← All alerts')),
    element(
      'div',
      { class: 'stack tight' },
      element(
        'div',
        { class: 'actions' },
        severityMark(alert.severity),
        statusMark(alert),
        realmMark(alert.realm),
        alert.late ? mark('late', 'warn') : undefined,
      ),
      element('h1', {}, alert.title),
      element(
        'p',
        { class: 'muted' },
        `${alert.detector}, rule ${alert.rule}, ${alert.confidence} confidence. Raised ${agoText(alert.raisedAt, clock.now())} (${instantText(alert.raisedAt)} UTC), ${spanText(Math.max(0, alert.lagMs))} after it first happened. Revision ${alert.revision}.`,
      ),
    ),
    element('div', { class: 'actions' }, actionsOf(alert, text, context, onClosed)),
    feedbackOf(alert),
    element(
      'div',
      { class: 'columns' },
      element(
        'div',
        { class: 'stack wide-gap' },
        section(
          'Why it fired',
          element(
            'ul',
            { class: 'sentences' },
            explanation.why.map((reason) => element('li', {}, reason)),
          ),
          marginsOf(explanation),
          remediesOf(explanation),
        ),
        section('When', drawingOf(alert)),
        section(`Evidence: ${countText(alert.evidence.length, 'event')}`, evidenceOf(alert, events, context)),
      ),
      element(
        'div',
        { class: 'stack wide-gap' },
        section(
          'What to do',
          element(
            'ol',
            { class: 'steps' },
            alert.runbook.map((step) => element('li', {}, step)),
          ),
        ),
        section('Who is in it', entitiesOf(events, context)),
        section('Facts', factsOf(alert, context)),
      ),
    ),
    element(
      'details',
      { class: 'card' },
      element('summary', {}, 'The whole alert as JSON'),
      element('pre', { class: 'text', tabindex: 0 }, JSON.stringify(alert, null, 2)),
    ),
  )
}

function actionsOf(
  alert: Alert,
  text: string,
  context: PageContext,
  onClosed: (alert: Alert) => void,
): readonly Child[] {
  const base = document.baseURI.replace(/[?#].*$/, '')
  return [
    button(
      alert.status === 'closed' ? 'Decide again …' : 'Close …',
      async () => {
        const closed = await closeAlert(alert, context)
        if (closed === undefined) return
        context.say('The alert is closed')
        onClosed(closed)
      },
      { class: 'primary' },
    ),
    copyButton('Copy as curl', () => curlOf(alert, base, context.api.isSignedIn()), context),
    copyButton('Copy as SQL', () => sqlOf(alert), context),
    copyButton('Copy as Markdown', () => markdownOf(alert), context),
    copyButton('Copy as text', () => text, context),
  ]
}

function feedbackOf({ feedback }: Alert): Child {
  if (feedback === null || feedback === undefined) return undefined
  const { as, by, at, note } = feedback
  return element(
    'p',
    { class: 'card' },
    element('span', {}, element('strong', {}, `Decided: ${verdictText(as)}`), ` by ${by}, ${instantText(at)} UTC`),
    element('span', { class: 'said' }, note),
  )
}

function section(title: string, ...children: readonly Child[]): HTMLElement {
  return element('section', { class: 'card' }, element('h2', {}, title), ...children)
}

function remediesOf({ wouldNotFireIf }: Alert['explanation']): Child {
  if (wouldNotFireIf.length === 0) return undefined
  return [
    element('h3', {}, 'It would not have fired if'),
    element(
      'ul',
      { class: 'sentences' },
      wouldNotFireIf.map((each) => element('li', {}, each.replace(/^would not fire if /, ''))),
    ),
  ]
}

function drawingOf({ evidence, explanation, count }: Alert): HTMLElement {
  const marks = evidence.map(({ at, summary }, index) => ({
    at: Date.parse(at),
    label: String(index + 1),
    title: `${instantText(at)}: ${summary}`,
  }))
  const [from, to] = [Date.parse(explanation.windowFrom), Date.parse(explanation.windowTo)]
  const shown = count > evidence.length ? `, the first and last of ${count}` : ''
  return timeDrawing(
    marks,
    from,
    to,
    `${countText(evidence.length, 'event')}${shown} in the window judged (shaded), ${spanText(to - from)} long.`,
  )
}

function evidenceOf({ evidence }: Alert, events: readonly PlainEvent[], context: PageContext): Child {
  return element(
    'ol',
    { class: 'events' },
    evidence.map(({ eventId, at, summary }, index) => {
      const event = events.find((each) => each.eventId === eventId)
      const label = String(index + 1)
      if (event === undefined)
        return element(
          'li',
          { class: 'event gone' },
          `${label}. ${instantText(at)}: ${summary} (not stored, or not yet)`,
        )
      return element(
        'li',
        {},
        eventCard(event, context, { label, said: summary, actions: [whyNotButton(eventId, context)] }),
      )
    }),
  )
}

function factsOf(alert: Alert, { link }: PageContext): HTMLElement {
  const facts: readonly (readonly [string, Child])[] = [
    ['Entity', `${alert.entity.name} (${alert.entity.keyspace}, from ${alert.entity.from})`],
    [
      'Others of it',
      element('a', { href: link(['alerts'], { entity: alert.entity.key }) }, 'all alerts of this entity'),
    ],
    ['Happened', `${instantText(alert.firstSeenAt)} to ${instantText(alert.lastSeenAt)} UTC`],
    ['Counted', String(alert.count)],
    ['Conditions', alert.rungs.join(', ')],
    [
      'Techniques',
      alert.attack.map(({ technique, name, tactic }) => element('div', {}, `${technique} ${name} (${tactic})`)),
    ],
    [
      'Continues',
      alert.continues === ''
        ? undefined
        : element('a', { href: link(['alert', alert.continues]) }, 'the alert before it'),
    ],
    ...Object.entries(alert.labels),
    ['Alert', element('code', {}, alert.id)],
  ]
  return element(
    'dl',
    { class: 'facts' },
    facts.map(([name, value]) =>
      value === undefined || value === '' ? [] : [element('dt', {}, name), element('dd', {}, value)],
    ),
  )
}
