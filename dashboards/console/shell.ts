// The frame around every page: menu, state of the stream, banner of an exercise, and the voice for those who listen.

import { type Child, element, show } from './elements.ts'
import type { AlertFeed, FeedState } from './feed/alert-feed.ts'
import type { Page, Scope } from './page.ts'

const states: Readonly<Record<FeedState, string>> = {
  connecting: 'Connecting …',
  live: 'Live',
  waiting: 'Disconnected, trying again',
}

export interface Shell {
  readonly main: HTMLElement
  /** Marks the page in the menu and keeps the scope in its links. */
  at(page: Page | undefined, scope: Scope, link: (path: readonly string[]) => string): void
  offer(pages: readonly Page[]): void
  say(text: string): void
}

export interface ShellOptions {
  readonly feed: AlertFeed
  readonly themeSwitch: HTMLElement
  readonly keysButton: HTMLElement
  /** The first page, of what is real. */
  readonly home: () => string
  readonly leaveExercise: () => string
}

export function openShell({ feed, themeSwitch, keysButton, home, leaveExercise }: ShellOptions): Shell {
  const menu = element('ul', {})
  const dot = element('span', { class: 'dot', 'aria-hidden': 'true' })
  const stateText = element('span', {}, states.connecting)
  const state = element('p', { class: 'state connecting', id: 'stream-state' }, dot, stateText)
  const voice = element('p', { class: 'unseen', role: 'status', 'aria-live': 'polite', id: 'voice' })
  const banner = element('div', { id: 'realm-banner' })
  const main = element('main', { id: 'main', tabindex: -1 })
  const brand = element('a', { href: '#/', class: 'brand' }, brandIcon(), 'eastwest')
  const skip = element('a', { class: 'skip', href: '#main' }, 'Skip to content')
  skip.addEventListener('click', (event) => {
    event.preventDefault()
    main.focus()
  })
  let offered: readonly Page[] = []
  let current: Page | undefined
  let linkOf: (path: readonly string[]) => string = () => '#/'
  const paintMenu = (): void =>
    show(
      menu,
      offered.map((page) =>
        element(
          'li',
          {},
          element(
            'a',
            { href: linkOf([page.id]), 'aria-current': page === current ? 'page' : undefined },
            page.title,
            page.letter === undefined ? undefined : element('kbd', { 'aria-hidden': 'true' }, `g ${page.letter}`),
          ),
        ),
      ),
    )
  feed.onState((next) => {
    state.className = `state ${next}`
    stateText.textContent = states[next]
  })
  document.body.append(
    skip,
    element(
      'header',
      { class: 'side' },
      brand,
      element('nav', { 'aria-label': 'Pages' }, menu),
      element('div', { class: 'side-foot' }, state, themeSwitch, keysButton),
    ),
    element('div', { class: 'content' }, banner, main),
    voice,
  )
  return {
    main,
    at: (page, scope, link) => {
      current = page
      linkOf = link
      brand.setAttribute('href', home())
      paintMenu()
      show(banner, exerciseBanner(scope, leaveExercise()))
      document.title = `${page?.title ?? 'Not found'} · eastwest`
    },
    offer: (pages) => {
      offered = pages
      paintMenu()
    },
    say: (text) => {
      voice.textContent = text
    },
  }
}

function brandIcon(): HTMLElement {
  const icon = element('img', { class: 'brand-icon' })
  icon.alt = ''
  icon.src = new URL('icon.svg', import.meta.url).href
  return icon
}

function exerciseBanner({ realm }: Scope, back: string): Child {
  if (realm === 'live') return undefined
  return element(
    'p',
    { class: 'banner exercise', role: 'note' },
    element('strong', {}, 'Exercise. '),
    `All that is shown here belongs to ${realm.replace(/^exercise:/, 'exercise ')}, not to reality. `,
    element('a', { href: back }, 'Back to live'),
  )
}
