// What people decided and declared: exceptions, callers accepted and denied, what was learned, and the decisions as they were made.

import type { ExceptionsReply } from '../../../../schemas/api/decisions.ts'
import type { Edge, PlainEvent } from '../../../../schemas/api/queries.ts'
import { Refused } from '../../api/api.ts'
import { type Child, element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { textIn } from '../../parts/event-card.ts'
import { mark } from '../../parts/marks.ts'
import { loadingNotice } from '../../parts/notice.ts'
import { rowsTable } from '../../parts/rows-table.ts'
import { agoText, countText, identityText, instantText, numberText } from '../../wording.ts'
import { edgeMark } from '../map/map.ts'

export const listsPage: Page = { id: 'lists', title: 'Lists', letter: 'l', show: showLists }

async function showLists(context: PageContext): Promise<void> {
  const { api, main, gone, scope } = context
  show(main, element('h1', {}, 'Lists'), loadingNotice())
  const [exceptions, { edges }, { events }] = await Promise.all([
    exceptionsOf(context),
    api.get<{ edges: readonly Edge[] }>('api/edges', { ...scope, limit: 1_000 }, gone),
    api.get<{ events: readonly PlainEvent[] }>(
      'api/events',
      { ...scope, format: 'eastwest-decision', limit: 100 },
      gone,
    ),
  ])
  const decided = edges.filter(({ decision }) => decision !== '')
  show(
    main,
    element(
      'div',
      { class: 'title-line' },
      element('h1', {}, 'Lists'),
      element('p', { class: 'muted' }, 'What people decided and declared, and what was learned.'),
    ),
    list(
      'Exceptions',
      'From the settings: what they name raises nothing, until they expire.',
      ['Detector', 'Entity', 'By', 'Why', 'Until', 'Ate'],
      exceptions?.map((each) => exceptionRow(each, context)) ?? [],
      exceptions === undefined
        ? 'Several processes share the work here, and each counts for itself: exceptions stand in the settings.'
        : 'No exception is set. They stand under exceptions in the settings.',
    ),
    list(
      'Callers accepted and denied',
      'By people, from the map or with npx eastwest edges.',
      ['State', 'Caller', 'Called', 'By', 'Why', 'When'],
      decided.map((edge) => edgeRow(edge, context)),
      'Nobody accepted or denied a caller so far.',
    ),
    list(
      'Learned',
      'Services whose callers are known or being learned; a baseline is written with npx eastwest learn.',
      ['Service', 'Known', 'Learning', 'Others'],
      learnedRows(edges),
      'Nothing was learned so far.',
    ),
    list(
      'Decisions',
      'As they were made, the newest first.',
      ['When', 'Decision', 'About', 'By', 'Why'],
      events.map((event) => decisionRow(event, context)),
      'Nobody decided anything so far.',
    ),
  )
}

/** Undefined where several processes share the work: none of them counts for all. */
async function exceptionsOf({ api, gone }: PageContext): Promise<ExceptionsReply['exceptions'] | undefined> {
  try {
    return (await api.get<ExceptionsReply>('api/exceptions', {}, gone)).exceptions
  } catch (cause) {
    if (cause instanceof Refused && cause.status === 409) return undefined
    throw cause
  }
}

function list(
  title: string,
  about: string,
  head: readonly string[],
  rows: readonly HTMLElement[],
  empty: string,
): HTMLElement {
  return element(
    'section',
    { class: 'stack tight' },
    element('h2', {}, title),
    element('p', { class: 'muted' }, about),
    rows.length === 0 ? element('p', { class: 'card muted' }, empty) : rowsTable(title, head, rows),
  )
}

function row(...cells: readonly Child[]): HTMLElement {
  return element(
    'tr',
    {},
    cells.map((cell) => element('td', {}, cell)),
  )
}

function exceptionRow(
  { detector, entity, rule, author, reason, expires, expired, ate }: ExceptionsReply['exceptions'][number],
  { clock }: PageContext,
): HTMLElement {
  const until = expired ? mark(`expired ${agoText(expires, clock.now())}`, 'warn') : instantText(expires)
  return row(
    rule === '' ? detector : `${detector}, rule ${rule}`,
    entity,
    author,
    reason,
    until,
    countText(ate, 'finding'),
  )
}

function edgeRow(edge: Edge, { link, clock }: PageContext): HTMLElement {
  const { caller, destination, decidedBy, decisionNote, decidedAt } = edge
  return row(
    edgeMark(edge),
    element('a', { href: link(['search'], { caller, destination }), title: caller }, identityText(caller)),
    element('span', { title: destination }, identityText(destination)),
    decidedBy,
    decisionNote,
    decidedAt === '' ? '' : agoText(decidedAt, clock.now()),
  )
}

function learnedRows(edges: readonly Edge[]): readonly HTMLElement[] {
  const services = new Map<string, { known: number; learning: number; others: number }>()
  for (const { destination, state } of edges) {
    const counts = services.get(destination) ?? { known: 0, learning: 0, others: 0 }
    counts[state === 'known' || state === 'learning' ? state : 'others'] += 1
    services.set(destination, counts)
  }
  return [...services].map(([service, { known, learning, others }]) =>
    row(
      element('span', { title: service }, identityText(service)),
      numberText(known),
      numberText(learning),
      numberText(others),
    ),
  )
}

function decisionRow(event: PlainEvent, { link }: PageContext): HTMLElement {
  const { attributes } = event
  const note = typeof attributes === 'object' ? String(attributes.note ?? '') : ''
  const alert = textIn(event, 'resource')
  const about = /^[0-9a-f]{32}$/.test(alert)
    ? element('a', { href: link(['alert', alert]) }, `alert ${alert.slice(0, 8)}…`)
    : [identityText(textIn(event, 'caller')), identityText(textIn(event, 'destination'))]
        .filter((end) => end !== '')
        .join(' → ')
  return row(instantText(textIn(event, 'eventAt')), textIn(event, 'action'), about, textIn(event, 'actor'), note)
}
