// Alerts as they happen: the newest first, added to by the stream, older ones by scrolling.

import type { Alert } from '../../../../schemas/alerts.ts'
import { element, show } from '../../elements.ts'
import type { Page, PageContext } from '../../page.ts'
import { openMore } from '../../parts/more.ts'
import { emptyNotice, loadingNotice } from '../../parts/notice.ts'
import { countText } from '../../wording.ts'
import { openAlertList } from './alert-list.ts'
import { openFilterBar } from './filter-bar.ts'
import { askedOf, filtersOf, fits, placeOf } from './filters.ts'
import { openNews } from './news.ts'

interface AlertsReply {
  readonly alerts: readonly Alert[]
  readonly next?: string
}

const pageEntries = 100

export const alertsPage: Page = { id: 'alerts', title: 'Alerts', letter: 'a', show: showAlerts }

async function showAlerts(context: PageContext): Promise<void> {
  const { api, feed, main, gone, place, scope } = context
  const filters = filtersOf(place.query)
  const bar = openFilterBar(filters, context)
  const list = openAlertList(context)
  const tellNews = openNews(context)
  const told = element('p', { class: 'muted', id: 'shown' })
  const elsewhere = element('div')
  const body = element('div', { class: 'list' }, loadingNotice())
  let cursor: string | undefined
  let isListed = false
  let wasEmpty: boolean | undefined

  const more = openMore(() => load(), gone)
  const settle = (): void => {
    if (!isListed) return
    const isEmpty = list.size() === 0
    if (isEmpty !== wasEmpty) show(body, isEmpty ? nothing(context) : list.node)
    wasEmpty = isEmpty
    told.textContent = isEmpty
      ? ''
      : `${countText(list.size(), 'alert')} shown${cursor === undefined && !list.isCut() ? '' : ', older ones below'}`
    if (list.isCut()) more.offer(false)
  }
  const pending = new Map<string, Alert>()
  const paint = (): void => {
    for (const alert of pending.values()) {
      if (fits(alert, filters, scope)) list.put(alert, isListed)
      else list.drop(alert)
    }
    pending.clear()
    settle()
  }
  feed.onAlert((alert) => {
    bar.meet(alert.detector, alert.realm)
    if (alert.realm !== scope.realm) {
      show(elsewhere, elsewhereNotice(alert, context))
      return
    }
    if (isListed && fits(alert, filters, scope) && alert.revision === 1) tellNews(alert)
    if (pending.size === 0) requestAnimationFrame(paint)
    pending.set(`${alert.tenant}/${alert.id}`, alert)
  }, gone)

  async function load(): Promise<void> {
    const reply = await api.get<AlertsReply>(
      'api/alerts',
      { ...askedOf(filters, scope), limit: pageEntries, cursor },
      gone,
    )
    for (const alert of reply.alerts) {
      feed.seen(alert)
      bar.meet(alert.detector, alert.realm)
      list.put(alert, false)
    }
    cursor = reply.next
    isListed = true
    settle()
    more.offer(cursor !== undefined && !list.isCut())
  }

  show(
    main,
    element('div', { class: 'title-line' }, element('h1', {}, 'Alerts'), told),
    elsewhere,
    bar.node,
    body,
    more.node,
  )
  await load()
}

function nothing({ link, place }: PageContext): HTMLElement {
  const isFiltered = Object.values(placeOf(filtersOf(place.query))).some((value) => value !== undefined && value !== '')
  return isFiltered
    ? emptyNotice('No alert fits these filters.', element('a', { href: link(['alerts']) }, 'Show all of them'))
    : emptyNotice(
        'No alert so far.',
        element('p', {}, 'Alerts appear here the moment they are raised. '),
        element('a', { href: link(['sources']) }, 'See what arrives, and what is missing for a detector to fire'),
      )
}

/** What happens in an exercise stays apart; that it happens is said. */
function elsewhereNotice({ realm, title }: Alert, { link }: PageContext): HTMLElement {
  const name = realm === 'live' ? 'the live realm' : realm.replace(/^exercise:/, 'exercise ')
  return element(
    'p',
    { class: 'banner' },
    `Alerts come in ${name} too, the last: ${title}. `,
    element('a', { href: link(['alerts'], { realm }) }, 'Look there'),
  )
}
