// Who calls whom: as a drawing for the eye, and as a table that says the same and decides.

import type { Edge } from '../../../../schemas/api/queries.ts'
import { button, element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { mark } from '../../parts/marks.ts'
import { emptyNotice, loadingNotice } from '../../parts/notice.ts'
import { rowsTable } from '../../parts/rows-table.ts'
import { agoText, countText, identityText } from '../../wording.ts'
import { decideEdge } from './edge-decision.ts'
import { drawMap } from './map-drawing.ts'

/** More do not fit into one picture; the table says that there are more. */
const mostEdges = 1_000

export const mapPage: Page = { id: 'map', title: 'Service map', letter: 'm', show: showMap }

interface EdgesReply {
  readonly edges: readonly Edge[]
  readonly next?: string
}

async function showMap(context: PageContext): Promise<void> {
  const { api, main, gone, scope } = context
  show(main, element('h1', {}, 'Service map'), loadingNotice())
  const { edges, next } = await api.get<EdgesReply>('api/edges', { ...scope, limit: mostEdges }, gone)
  if (edges.length === 0) {
    show(
      main,
      element('h1', {}, 'Service map'),
      emptyNotice(
        'Nobody has called anybody so far.',
        element(
          'p',
          {},
          'Access logs with caller and destination draw this map; they are written down a minute after they came.',
          scope.realm === 'live' ? '' : ' A story without access logs has no map.',
        ),
      ),
    )
    return
  }
  const canvas = element('div', { class: 'map', id: 'map', 'aria-hidden': 'true' })
  show(
    main,
    element(
      'div',
      { class: 'title-line' },
      element('h1', {}, 'Service map'),
      element(
        'p',
        { class: 'muted' },
        `${countText(edges.length, 'edge')}${next === undefined ? '' : ', more than can be drawn'}. The table below says the same as the drawing.`,
      ),
    ),
    legend(),
    canvas,
    rowsTable(
      'Edges',
      ['State', 'Caller', 'Called', 'Routes', 'Seen', 'Decide'],
      [...edges].sort(byState).map((edge) => edgeRow(edge, context)),
    ),
  )
  await drawMap(canvas, edges, context)
}

const order = ['denied', 'quarantined', 'learning', 'forgotten', 'dormant', 'known']

function byState(a: Edge, b: Edge): number {
  return order.indexOf(stateOf(a)) - order.indexOf(stateOf(b))
}

/** What people said goes before what was learned. */
export function stateOf({ state, decision }: Edge): string {
  return decision === 'denied' ? 'denied' : state
}

const kinds: Readonly<Record<string, string>> = { denied: 'bad', quarantined: 'bad', learning: 'warn', known: 'good' }

export function edgeMark(edge: Edge): HTMLElement {
  const state = stateOf(edge)
  return mark(state === 'learning' ? 'new, learning' : state, kinds[state] ?? '')
}

function edgeRow(edge: Edge, context: PageContext): HTMLElement {
  const { link, clock, say } = context
  const row = element('tr')
  const { caller, destination, routes, lastSeenAt, decision, decidedBy, decisionNote } = edge
  const decide = async (verdict: 'accept' | 'deny'): Promise<void> => {
    const decided = await decideEdge(edge, verdict, context)
    if (decided === undefined) return
    say(`The edge is ${verdict === 'accept' ? 'accepted' : 'denied'}`)
    row.replaceWith(edgeRow(decided, context))
  }
  const name = `${identityText(caller)} calling ${identityText(destination)}`
  show(
    row,
    element('td', {}, edgeMark(edge)),
    element(
      'td',
      {},
      element('a', { href: link(['search'], { caller, destination }), title: caller }, identityText(caller)),
    ),
    element('td', {}, element('span', { title: destination }, identityText(destination))),
    element(
      'td',
      {},
      element(
        'span',
        { class: 'clip' },
        routes.slice(0, 3).join(', '),
        routes.length > 3 ? ` and ${routes.length - 3} more` : '',
      ),
    ),
    element('td', { class: 'instant' }, lastSeenAt === '' ? 'never' : agoText(lastSeenAt, clock.now())),
    element(
      'td',
      {},
      decision === '' ? undefined : element('span', { class: 'under' }, `${decision} by ${decidedBy}: ${decisionNote}`),
      element(
        'div',
        { class: 'actions' },
        decision === 'accepted'
          ? undefined
          : button('Accept', () => decide('accept'), { 'aria-label': `Accept ${name}` }),
        decision === 'denied' ? undefined : button('Deny', () => decide('deny'), { 'aria-label': `Deny ${name}` }),
      ),
    ),
  )
  return row
}

function legend(): HTMLElement {
  return element(
    'p',
    { class: 'actions muted' },
    mark('known', 'good'),
    'a plain line',
    mark('new, learning', 'warn'),
    'a dashed line',
    mark('denied', 'bad'),
    mark('quarantined', 'bad'),
    'a thick dotted line that ends in a bar; what is quarantined was an alert, and is not learned for a while',
  )
}
