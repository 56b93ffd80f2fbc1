// Sensitive actions: what was changed, by whom, and the alerts about it.

import { field } from '../building/addresses.ts'
import { alertColumns } from '../building/alert-columns.ts'
import { outcomeColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, table } from '../building/drawn.ts'
import { during, scope } from '../building/sql.ts'

const acted = `${during('event_at')} AND kind = 'action' AND action != 'refund'`

export const actions: PanelGroup = {
  title: 'Sensitive actions',
  panels: [
    bars({
      title: 'Which sensitive actions happen, and when?',
      description: 'Everything that audit logs say was done, beside refunds.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(action) AS action, count() AS events
FROM events
WHERE ${acted}
GROUP BY time, action
ORDER BY time, action`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Who does what, for the first time?',
      description: 'Actors and actions of this time, those that began last on top.',
      sql: `
SELECT if(actor != '', actor, subject) AS who, action, count() AS events, min(event_at) AS first, max(event_at) AS last,
  uniqIf(resource, resource != '') AS resources
FROM events
WHERE ${acted}
GROUP BY who, action
ORDER BY first DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: { who: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('who') } } } },
    }),
    table({
      title: 'Which roles, keys, secrets and settings changed?',
      description: 'Changes that outlive a session, the newest first. Each should have a ticket.',
      sql: `
SELECT event_at AS happened, action, outcome, if(actor != '', actor, subject) AS who, subject, resource, source, client_ip AS address,
  trace_id AS trace, toString(event_id) AS event
FROM events
WHERE ${acted} AND match(action, '(role|key|secret|credential|client|user|policy|permission|config|settings|edge|deploy|exception)')
ORDER BY happened DESC
LIMIT 500`,
      unit: 'none',
      next: [{ title: 'Decisions', to: 'authorization' }],
      width: 24,
      height: 9,
      columns: {
        outcome: { words: outcomeColours },
        who: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('who') } } },
        trace: { outside: { title: 'The whole trace', url: '${traces:raw}${__value.raw:percentencode}' } },
      },
    }),
    table({
      title: 'Which alerts are about money?',
      description: 'Bursts, drips, second payouts and probing.',
      sql: `
SELECT raised_at AS raised, severity, status, rule, title, count, first_seen_at AS happened, id
FROM alerts
WHERE ${scope} AND $__timeFilter_ms(raised_at) AND detector = 'refund-burst'
ORDER BY raised DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 24,
      height: 8,
      columns: alertColumns,
    }),
  ],
}
