// One event with everything that is known of it: what happened in a line, and each of its fields when it is opened.

import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { type Child, element } from '../elements.ts'
import type { PageContext } from '../page.ts'
import { identityText, instantText } from '../wording.ts'
import { mark } from './marks.ts'

/** Fields that lead to everything else that names the same, and what a subject page calls them. */
const followed: Readonly<Record<string, string>> = {
  subject: 'user',
  actor: 'user',
  session: 'session',
  traceId: 'trace',
  requestId: 'request',
  tokenRef: 'token',
  presentedToken: 'token',
}

export function textIn(event: PlainEvent, name: string): string {
  const value = event[name]
  return value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** `POST /v1/refunds → 401`, `refund`, `login`. */
export function happenedText(event: PlainEvent): string {
  const method = textIn(event, 'method')
  const status = textIn(event, 'httpStatus')
  const call = [method, textIn(event, 'route') || textIn(event, 'path')].filter((part) => part !== '').join(' ')
  const what = textIn(event, 'action') || call || textIn(event, 'operation') || textIn(event, 'kind')
  return status === '' ? what : `${what} → ${status}`
}

export function whoText(event: PlainEvent): string {
  return (
    textIn(event, 'subject') ||
    textIn(event, 'actor') ||
    textIn(event, 'client') ||
    identityText(textIn(event, 'caller'))
  )
}

export function outcomeMark(outcome: string): Child {
  if (outcome === '') return undefined
  const kind = outcome === 'denied' || outcome === 'failed' ? 'bad' : outcome === 'allowed' ? 'good' : ''
  return mark(outcome, kind)
}

/** Every field that holds something, in the order of the schema, with ways on from those that name somebody. */
export function eventFacts(event: PlainEvent, { link }: Pick<PageContext, 'link'>): HTMLElement {
  return element(
    'dl',
    { class: 'facts code' },
    Object.entries(event).map(([name, value]) => [
      element('dt', {}, name),
      element('dd', {}, factOf(name, value, link)),
    ]),
  )
}

function factOf(name: string, value: PlainEvent[string], link: PageContext['link']): Child {
  if (typeof value === 'object') return JSON.stringify(value, null, 2)
  const by = followed[name]
  const text = String(value)
  if (by === undefined || text === '' || text.length > 1000) return text
  return element('a', { href: link(['subject'], { [by]: text }), title: `Follow this ${by}` }, text)
}

export interface EventCardOptions {
  /** Before what happened: a number in the drawing beside it. */
  readonly label?: string
  readonly open?: boolean
  /** Said of it elsewhere: by whom it is cited, and why. */
  readonly said?: string
  readonly actions?: readonly Child[]
}

export function eventCard(
  event: PlainEvent,
  context: Pick<PageContext, 'link'>,
  options: EventCardOptions = {},
): HTMLElement {
  const { label, open, said, actions = [] } = options
  const who = whoText(event)
  return element(
    'details',
    { class: 'event', open, 'data-event': textIn(event, 'eventId') },
    element(
      'summary',
      {},
      label === undefined ? undefined : element('span', { class: 'ordinal' }, label),
      element('time', { class: 'instant', datetime: textIn(event, 'eventAt') }, instantText(textIn(event, 'eventAt'))),
      element('span', { class: 'event-what' }, said ?? happenedText(event)),
      element('span', { class: 'muted event-who' }, who),
      element(
        'span',
        { class: 'muted event-source' },
        [textIn(event, 'kind'), textIn(event, 'source')].filter((part) => part !== '').join(' · '),
      ),
      outcomeMark(textIn(event, 'outcome')),
    ),
    element(
      'div',
      { class: 'event-body' },
      actions.length === 0 ? undefined : element('div', { class: 'actions' }, actions),
      eventFacts(event, context),
    ),
  )
}
