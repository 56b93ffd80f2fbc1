// What stands where a list is empty or something went wrong: what it is, and what to do.

import { Refused } from '../api/api.ts'
import { button, type Child, element } from '../elements.ts'

export function emptyNotice(title: string, ...more: readonly Child[]): HTMLElement {
  return element('div', { class: 'empty' }, element('p', { class: 'empty-title' }, title), ...more)
}

export function problemNotice(cause: unknown, retry?: () => void): HTMLElement {
  const { message, hint } = cause instanceof Refused ? cause : { message: 'the page failed', hint: String(cause) }
  return element(
    'div',
    { class: 'problem', role: 'alert' },
    element('p', {}, `This cannot be shown: ${message}.`),
    hint === '' ? undefined : element('p', { class: 'muted' }, hint),
    retry === undefined ? undefined : button('Try again', retry),
  )
}

export function loadingNotice(): HTMLElement {
  return element('p', { class: 'muted loading', role: 'status' }, 'Loading …')
}
