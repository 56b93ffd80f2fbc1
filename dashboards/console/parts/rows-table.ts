// A table of rows under a head, which scrolls by itself where it is too wide and says by its label what it holds.

import { type Child, element } from '../elements.ts'

export function rowsTable(label: string, head: readonly string[], rows: Child): HTMLElement {
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    element(
      'table',
      { class: 'rows' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          head.map((text) => element('th', { scope: 'col' }, text)),
        ),
      ),
      element('tbody', {}, rows),
    ),
  )
}
