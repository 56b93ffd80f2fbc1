// What arrives and what is dark, which detectors cannot fire and what to add, what could not be read and why, and how to connect more.

import type { QuarantineEntry, Source } from '../../../../schemas/api/queries.ts'
import { element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { openMore } from '../../parts/more.ts'
import { loadingNotice } from '../../parts/notice.ts'
import { rowsTable } from '../../parts/rows-table.ts'
import { agoText, instantText, numberText } from '../../wording.ts'
import { connectionsNode } from './connections.ts'
import { liveRate } from './live-rate.ts'
import { type Readiness, readinessNode } from './readiness.ts'
import { silenceOf } from './silence.ts'

export const sourcesPage: Page = { id: 'sources', title: 'Sources', letter: 'o', show: showSources }

interface QuarantineReply {
  readonly quarantine: readonly QuarantineEntry[]
  readonly next?: string
}

async function showSources(context: PageContext): Promise<void> {
  const { api, main, gone, scope } = context
  show(main, element('h1', {}, 'Sources'), loadingNotice())
  const [{ sources }, readiness] = await Promise.all([
    api.get<{ sources: readonly Source[] }>('api/sources', { ...scope }, gone),
    api.get<Readiness>('readyz', { verbose: 'true' }, gone),
  ])
  const rate = element('div', { class: 'chart' })
  const quarantine = quarantineSection(context)
  show(
    main,
    element('h1', {}, 'Sources'),
    rate,
    section('What arrives', arrivals(sources, context)),
    readinessNode(readiness),
    quarantine.node,
    section('Connect more', connectionsNode(receiverOf(readiness))),
  )
  await Promise.all([liveRate(rate, context), quarantine.load()])
}

/** Where the work is shared, this page may come from a process that takes no records. */
function receiverOf({ roles }: Readiness): Pick<Location, 'origin' | 'hostname'> {
  const isHere = roles === undefined || roles.includes('receive')
  return isHere ? location : { origin: 'http://receiver.example:8484', hostname: 'receiver.example' }
}

function section(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'stack' }, element('h2', {}, title), ...children)
}

function arrivals(sources: readonly Source[], { clock, link }: PageContext): HTMLElement {
  if (sources.length === 0)
    return element(
      'p',
      { class: 'card muted' },
      'Nothing arrived within seven days. How to send something stands below.',
    )
  const now = clock.now()
  return rowsTable(
    'What arrives',
    ['State', 'Source', 'Format', 'Events in 7 days', 'Last arrived', 'Newest happened'],
    sources.map((source) => {
      const { mark, why } = silenceOf(source, now)
      return element(
        'tr',
        {},
        element('td', {}, mark, element('span', { class: 'under' }, why)),
        element('td', {}, element('a', { href: link(['search'], { source: source.source }) }, source.source)),
        element('td', {}, source.format),
        element('td', { class: 'number' }, numberText(source.events)),
        element('td', { class: 'instant' }, agoText(source.lastArrivedAt, now)),
        element('td', { class: 'instant' }, instantText(source.lastEventAt).slice(0, 19)),
      )
    }),
  )
}

function quarantineSection({ api, gone, scope, clock }: PageContext): {
  readonly node: HTMLElement
  load(): Promise<void>
} {
  const body = element('div', { class: 'events' }, loadingNotice())
  let cursor: string | undefined
  let shown = 0
  const load = async (): Promise<void> => {
    const reply = await api.get<QuarantineReply>('api/quarantine', { ...scope, limit: 20, cursor }, gone)
    if (shown === 0) show(body)
    for (const entry of reply.quarantine) body.append(quarantined(entry, clock.now()))
    shown += reply.quarantine.length
    if (shown === 0) show(body, element('p', { class: 'card muted' }, 'Everything that came could be read.'))
    cursor = reply.next
    more.offer(false)
    if (cursor !== undefined) more.offer(true)
  }
  const more = openMore(load, gone)
  const about = element(
    'p',
    { class: 'muted' },
    'Records that could not be read, the newest first, as they came after credentials were taken out.',
  )
  return { node: element('section', { class: 'stack' }, element('h2', {}, 'Quarantine'), about, body, more.node), load }
}

function quarantined(
  { reason, detail, source, format, head, appendedAt, bytes }: QuarantineEntry,
  now: number,
): HTMLElement {
  return element(
    'details',
    { class: 'event' },
    element(
      'summary',
      {},
      element('span', { class: 'mark warn' }, reason),
      element('span', { class: 'event-what' }, detail),
      element('span', { class: 'muted' }, `${source}${format === '' ? '' : ` · ${format}`}`),
      element('span', { class: 'muted' }, agoText(appendedAt, now)),
    ),
    element(
      'div',
      { class: 'event-body' },
      element('p', { class: 'muted' }, `${numberText(bytes)} bytes; the first of them:`),
      element('pre', { class: 'text', tabindex: 0 }, head),
    ),
  )
}
