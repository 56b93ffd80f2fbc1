// Who and what the evidence names, each once, with the way to everything else about it.

import type { PlainEvent } from '../../../../schemas/api/queries.ts'
import { element } from '../../elements.ts'
import type { PageContext } from '../../page.ts'
import { textIn } from '../../parts/event-card.ts'
import { identityText } from '../../wording.ts'

interface Role {
  readonly field: string
  readonly title: string
  /** Parameter of the page that follows it. */
  readonly by: string
  readonly page: 'subject' | 'search'
}

const roles: readonly Role[] = [
  { field: 'subject', title: 'Subject', by: 'user', page: 'subject' },
  { field: 'actor', title: 'Actor', by: 'user', page: 'subject' },
  { field: 'session', title: 'Session', by: 'session', page: 'subject' },
  { field: 'client', title: 'Client', by: 'client', page: 'search' },
  { field: 'caller', title: 'Caller', by: 'caller', page: 'search' },
  { field: 'destination', title: 'Destination', by: 'destination', page: 'search' },
  { field: 'workload', title: 'Reported by', by: 'workload', page: 'search' },
  { field: 'traceId', title: 'Trace', by: 'trace', page: 'subject' },
  { field: 'requestId', title: 'Request', by: 'request', page: 'subject' },
  { field: 'source', title: 'Source', by: 'source', page: 'search' },
]
const mostValues = 6

export function entitiesOf(events: readonly PlainEvent[], { link }: Pick<PageContext, 'link'>): HTMLElement {
  return element(
    'dl',
    { class: 'facts' },
    roles.map(({ field, title, by, page }) => {
      const values = [...new Set(events.map((event) => textIn(event, field)))].filter((value) => value !== '')
      if (values.length === 0) return []
      return [
        element('dt', {}, title),
        element(
          'dd',
          {},
          values
            .slice(0, mostValues)
            .map((value) =>
              element(
                'div',
                {},
                value.length > 1000
                  ? value
                  : element('a', { href: link([page], { [by]: value }), title: value }, identityText(value)),
              ),
            ),
          values.length > mostValues
            ? element('span', { class: 'muted' }, `and ${values.length - mostValues} more`)
            : undefined,
        ),
      ]
    }),
  )
}
