// Keys: to pages, to search, along rows, and what they all are.

import { element } from './elements.ts'
import type { Page } from './page.ts'

export interface KeyboardOptions {
  readonly pages: readonly Page[]
  readonly open: (page: Page) => void
  readonly search: () => void
  readonly nextTheme: () => void
}

const rowLinks = 'main .row-link'
const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

export function listenToKeys({ pages, open, search, nextTheme }: KeyboardOptions): () => void {
  const help = helpDialog(pages)
  const showHelp = (): void => {
    if (!help.open) help.showModal()
  }
  let isGoing = false
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyped(event.target) || document.querySelector('dialog[open]') !== null) return
    const page = isGoing ? pages.find(({ letter }) => letter === event.key) : undefined
    isGoing = event.key === 'g'
    if (page !== undefined) open(page)
    else if (event.key === '/') search()
    else if (event.key === '?') showHelp()
    else if (event.key === 't') nextTheme()
    else if (event.key in steps && !walk(steps[event.key] ?? 0)) return
    else if (!(event.key in steps)) return
    event.preventDefault()
  })
  return showHelp
}

/** False where there is nothing to walk along. */
function walk(step: number): boolean {
  const links = [...document.querySelectorAll<HTMLElement>(rowLinks)]
  if (links.length === 0) return false
  const at = links.findIndex((link) => link.contains(document.activeElement))
  // Arrows scroll the page until a row has the focus, unless none of the page's own controls has it.
  if (at < 0 && document.activeElement !== document.body && document.activeElement?.id !== 'main') return false
  const next = links[Math.min(links.length - 1, Math.max(0, at + step))]
  next?.focus()
  return true
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

function helpDialog(pages: readonly Page[]): HTMLDialogElement {
  const lines = [
    ['/', 'search over events'],
    ['j  k  ↓  ↑', 'along the rows'],
    ['Enter', 'open the row'],
    ...pages.flatMap(({ letter, title }) => (letter === undefined ? [] : [[`g ${letter}`, title]])),
    ['t', 'light, dark or as the system'],
    ['?', 'these keys'],
    ['Esc', 'close'],
  ]
  const dialog = element(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'keys-title' },
    element('h2', { id: 'keys-title' }, 'Keys'),
    element(
      'dl',
      { class: 'keys' },
      lines.map(([keys = '', what = '']) => [
        element(
          'dt',
          {},
          keys.split(' ').map((key) => (key === '' ? ' ' : element('kbd', {}, key))),
        ),
        element('dd', {}, what),
      ]),
    ),
    element('form', { method: 'dialog' }, element('button', { type: 'submit' }, 'Close')),
  )
  document.body.append(dialog)
  return dialog
}
