// Everything that all sources tell of one user, session, token, trace or request, in order of time.

import type { TimelineEntry, TimelineReply } from '../../../../schemas/api/asking.ts'
import { type Child, element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { eventCard } from '../../parts/event-card.ts'
import { severityMark } from '../../parts/marks.ts'
import { emptyNotice, loadingNotice, problemNotice } from '../../parts/notice.ts'
import { countText, instantText } from '../../wording.ts'
import { activityChart } from './activity-chart.ts'

const followed = ['user', 'session', 'token', 'trace', 'request'] as const
const titles = {
  user: 'User',
  session: 'Session',
  token: 'Token reference',
  trace: 'Trace',
  request: 'Request',
} as const

export const subjectPage: Page = { id: 'subject', title: 'Subject', letter: 'u', show: showSubject }

async function showSubject(context: PageContext): Promise<void> {
  const { api, main, gone, place, scope } = context
  const by = followed.find((each) => place.query.has(each))
  const values = by === undefined ? [] : place.query.getAll(by)
  const result = element('div', { class: 'stack wide-gap' })
  show(
    main,
    element('h1', {}, by === undefined ? 'One subject' : `${titles[by]} ${values.join(', ')}`),
    subjectForm(context, by, values),
    result,
  )
  if (by === undefined) {
    show(
      result,
      emptyNotice(
        'Whom do you want to follow?',
        element(
          'p',
          {},
          'Give a user under every spelling that sources use, with commas between, or one session, token reference, trace or request.',
        ),
      ),
    )
    return
  }
  show(result, loadingNotice())
  try {
    const query = { [by]: values, expand: place.query.get('expand') ?? undefined, ...scope }
    await paint(result, await api.get<TimelineReply>('api/timeline', query, gone), context)
  } catch (cause) {
    if (gone.aborted) return
    show(result, problemNotice(cause))
  }
}

function subjectForm(
  { go }: PageContext,
  by: (typeof followed)[number] | undefined,
  values: readonly string[],
): HTMLElement {
  const kind = element(
    'select',
    { id: 'by' },
    followed.map((each) => element('option', { value: each, selected: each === by }, titles[each])),
  )
  const value = element('input', {
    id: 'value',
    required: true,
    value: values.join(', '),
    class: 'wide',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const form = element(
    'form',
    { class: 'filters', role: 'search', 'aria-label': 'Subject' },
    element('label', { class: 'field', for: 'by' }, element('span', {}, 'Follow'), kind),
    element('label', { class: 'field', for: 'value' }, element('span', {}, 'Named'), value),
    element('button', { type: 'submit', class: 'primary' }, 'Show'),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const given = value.value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
    const search = new URLSearchParams()
    for (const each of kind.value === 'user' ? given : [value.value.trim()]) search.append(kind.value, each)
    go(['subject'], Object.fromEntries(search))
    if (search.size > 1) location.hash = `#/subject?${search}`
  })
  return form
}

async function paint(result: HTMLElement, reply: TimelineReply, context: PageContext): Promise<void> {
  const { entries, cut } = reply
  const joined = reply.joined.filter(({ events }) => events > 0)
  if (entries.length === 0) {
    show(
      result,
      emptyNotice(
        'Nothing that is stored names it.',
        element('p', {}, 'Names are compared exactly; a token is looked up with npx eastwest token find.'),
      ),
    )
    return
  }
  const events = entries.filter((entry) => entry.kind === 'event')
  const alerts = entries.length - events.length
  const failed = events.filter(({ outcome }) => outcome === 'denied' || outcome === 'failed').length
  const chart = element('div', { class: 'chart' })
  show(
    result,
    element(
      'p',
      { role: 'status' },
      `${countText(events.length, 'event')} of ${countText(new Set(events.map(({ source }) => source)).size, 'source')}, ${failed} of them denied or failed, ${countText(alerts, 'alert')}.`,
    ),
    joined.length === 0
      ? undefined
      : element(
          'p',
          { class: 'muted' },
          `Followed from there: ${joined.map(({ by, values, events: count }) => `${by} ${values.slice(0, 3).join(', ')} (${countText(count, 'event')})`).join('; ')}.`,
        ),
    cut.map((sentence) => element('p', { class: 'banner' }, sentence)),
    chart,
    element(
      'ol',
      { class: 'events' },
      entries.map((entry) => element('li', {}, entryNode(entry, context))),
    ),
  )
  await activityChart(chart, events, context.gone)
}

function entryNode(entry: TimelineEntry, context: PageContext): Child {
  if (entry.kind === 'event')
    return eventCard(entry.event, context, {
      said: entry.joinedBy === '' ? entry.happened : `${entry.happened} (by ${entry.joinedBy})`,
    })
  const { alert, at } = entry
  return element(
    'div',
    { class: `event alert-entry severity-${alert.severity}` },
    element(
      'div',
      { class: 'event-line' },
      element('time', { class: 'instant', datetime: at }, instantText(at)),
      severityMark(alert.severity),
      element('a', { class: 'event-what row-link', href: context.link(['alert', alert.id]) }, `Alert: ${alert.title}`),
    ),
  )
}
