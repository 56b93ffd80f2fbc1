// Search over events: every filter of the API as a form, the newest first, each event whole.

import type { PlainEvent } from '../../../../schemas/api/queries.ts'
import { element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { eventCard } from '../../parts/event-card.ts'
import { openMore } from '../../parts/more.ts'
import { emptyNotice, loadingNotice } from '../../parts/notice.ts'
import { countText } from '../../wording.ts'
import { readParameters } from './parameters.ts'
import { searchForm } from './search-form.ts'

interface EventsReply {
  readonly events: readonly PlainEvent[]
  readonly next?: string
}

const pageEntries = 100

export const searchPage: Page = { id: 'search', title: 'Search', letter: 's', show: showSearch }

async function showSearch(context: PageContext): Promise<void> {
  const { api, main, gone, place, scope } = context
  show(main, element('h1', {}, 'Search over events'), loadingNotice())
  const parameters = await readParameters(api, gone)
  const query = Object.fromEntries(
    parameters.map(({ name }) => [name, place.query.getAll(name)] as const).filter(([, values]) => values.length > 0),
  )
  const list = element('div', { class: 'events' }, loadingNotice())
  const told = element('p', { class: 'muted', id: 'shown', role: 'status' })
  let cursor: string | undefined
  let shown = 0
  const load = async (): Promise<void> => {
    const reply = await api.get<EventsReply>('api/events', { ...query, ...scope, limit: pageEntries, cursor }, gone)
    if (shown === 0) show(list)
    for (const event of reply.events) list.append(eventCard(event, context))
    shown += reply.events.length
    cursor = reply.next
    told.textContent =
      shown === 0
        ? ''
        : `${countText(shown, 'event')}, the newest first${cursor === undefined ? '' : ', older ones below'}`
    if (shown === 0)
      show(list, emptyNotice('No event fits.', element('p', {}, 'Terms are compared exactly, as sources spell them.')))
    more.offer(cursor !== undefined)
  }
  const more = openMore(load, gone)
  const form = searchForm(parameters, context)
  show(
    main,
    element('div', { class: 'title-line' }, element('h1', {}, 'Search over events'), told),
    form.node,
    list,
    more.node,
  )
  form.focus()
  await load()
}
