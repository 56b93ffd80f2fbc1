// The console's entry: hands out clock, storage and fetch, opens the frame and shows the page of the address.

import { openApi, Refused } from './api/api.ts'
import { pages } from './catalog.ts'
import { button, element, show } from './elements.ts'
import { openAlertFeed } from './feed/alert-feed.ts'
import { listenToKeys } from './keyboard.ts'
import type { Clock, Page, PageContext, Scope } from './page.ts'
import { emptyNotice, problemNotice } from './parts/notice.ts'
import { hashOf, readPlace } from './place.ts'
import { openShell } from './shell.ts'
import { openSignIn } from './sign-in.ts'
import { openThemeSwitch } from './theme.ts'

const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

const signIn = openSignIn(sessionStorage)
const api = openApi({
  base: document.baseURI.replace(/[?#].*$/, ''),
  fetch: (...request) => fetch(...request),
  authorization: signIn.authorization,
  onTokenAsked: signIn.ask,
})
const feed = openAlertFeed({ api, clock })
const theme = openThemeSwitch(localStorage)
const showKeys = listenToKeys({
  pages,
  open: (page) => go([page.id]),
  search: () => go(['search']),
  nextTheme: theme.next,
})
const shell = openShell({
  feed,
  themeSwitch: theme.node,
  keysButton: button('Keys: ?', () => showKeys(), { class: 'quiet' }),
  home: () => link([home], { realm: undefined }),
  leaveExercise: () => link(['alerts'], { realm: undefined }),
})

let leaving = new AbortController()
const awayMs = 1_000
const home = ''

function scopeNow(): Scope {
  const { query } = readPlace(location.hash)
  return { tenant: query.get('tenant') ?? undefined, realm: query.get('realm') ?? 'live' }
}

/** A place in the scope of now; a query that names one goes there. */
const link: PageContext['link'] = (path, query = {}) => {
  const { tenant, realm } = scopeNow()
  return hashOf(path, { tenant, realm: realm === 'live' ? undefined : realm, ...query })
}

const go: PageContext['go'] = (path, query) => {
  location.hash = link(path, query)
}

async function showPlace(isFirst: boolean): Promise<void> {
  leaving.abort()
  leaving = new AbortController()
  const { signal: gone } = leaving
  const place = readPlace(location.hash)
  const page = pages.find(({ id }) => id === (place.path[0] ?? home))
  const scope = scopeNow()
  const main = element('div', { class: `page page-${page?.id ?? 'none'}` })
  show(shell.main, main)
  shell.at(page, scope, link)
  scrollTo(0, 0)
  // Whoever listens hears where they are now; at the first visit the browser says so itself.
  if (!isFirst) shell.main.focus({ preventScroll: true })
  if (page === undefined) {
    show(
      main,
      element('h1', {}, 'Not found'),
      emptyNotice('There is no such page.', element('a', { href: '#/' }, 'To the alerts')),
    )
    return
  }
  try {
    await page.show({ api, feed, clock, place, scope, main, gone, link, go, say: shell.say })
  } catch (cause) {
    if (gone.aborted) return
    main.append(problemNotice(cause, () => showPlace(false)))
    if (!(cause instanceof Refused)) reportError(cause)
    else if (cause.status === 0 || cause.status === 503) showAgain(gone)
  }
}

/** Nobody should have to press a button when what was away is back. */
function showAgain(gone: AbortSignal): void {
  clock.after(awayMs, () => {
    if (gone.aborted) return
    if (feed.state() === 'live') showPlace(false)
    else showAgain(gone)
  })
}

async function offerPages(): Promise<void> {
  const always = pages.filter((page) => page.letter !== undefined && page.isOffered === undefined)
  shell.offer(always)
  const some = await Promise.all(
    pages.map(async (page): Promise<readonly Page[]> => {
      if (page.letter === undefined) return []
      const isOffered = await (page.isOffered?.(api, AbortSignal.timeout(30_000)) ?? true)
      return isOffered ? [page] : []
    }),
  )
  shell.offer(some.flat())
}

addEventListener('hashchange', () => {
  showPlace(false)
})
// Back on the network, or looked at again: no reason to wait on.
addEventListener('online', () => feed.retry())
document.addEventListener('visibilitychange', () => feed.retry())
await Promise.allSettled([showPlace(true), offerPages(), begin()])

async function begin(): Promise<void> {
  feed.start(() => [scopeNow()])
}
