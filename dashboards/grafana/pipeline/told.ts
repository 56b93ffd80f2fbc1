// Pipeline health: how soon alerts are raised, and whether anybody hears of them.

import { field } from '../building/addresses.ts'
import { deliveryColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { lines, number, table } from '../building/drawn.ts'
import { newestDeliveries, scope } from '../building/sql.ts'

const waiting = (title: string, description: string, states: string, look: number) =>
  number({
    title,
    description,
    sql: `
SELECT countIf(state IN (${states})) AS value
FROM ${newestDeliveries}`,
    unit: 'none',
    look,
    bad: look * 20,
    next: [{ title: 'Alerts', to: 'overview' }],
    width: 6,
    height: 4,
  })

export const told: PanelGroup = {
  title: 'What is told',
  panels: [
    waiting(
      'How many notifications are waiting?',
      'Those that are due or being sent. More and more: a channel does not answer.',
      "'pending', 'attempting'",
      5,
    ),
    waiting(
      'How many were given up?',
      'Nobody was told by them. `eastwest alerts` shows what they were about; mend the channel, then replay its dead letters.',
      "'dead'",
      1,
    ),
    waiting('How many were delivered?', 'Notifications that a channel took.', "'delivered'", 1_000_000),
    number({
      title: 'How many alerts came late?',
      description: 'Alerts whose events came after the detector had stopped waiting for them.',
      sql: `
SELECT countIf(JSONExtractBool(body, 'late')) AS value
FROM alerts
WHERE ${scope} AND $__timeFilter_ms(raised_at)`,
      unit: 'none',
      look: 1,
      bad: 20,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    lines({
      title: 'How long from the event to the alert?',
      description:
        'By detector: from the first finding to the append of the event that raised the alert, half and most of them.',
      sql: `
SELECT $__timeInterval(raised_at) AS time, toString(detector) AS detector, quantile(0.5)(JSONExtractInt(body, 'lagMs')) AS half,
  quantile(0.95)(JSONExtractInt(body, 'lagMs')) AS most
FROM alerts
WHERE ${scope} AND $__timeFilter_ms(raised_at)
GROUP BY time, detector
ORDER BY time, detector`,
      unit: 'ms',
      look: 60_000,
      bad: 600_000,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which channels deliver, and which do not?',
      description: 'Notifications by channel and state, with the last error.',
      sql: `
SELECT channel, state, count() AS notifications, sum(attempts) AS tries, max(updated_at) AS last,
  argMax(last_error, updated_at) AS error
FROM ${newestDeliveries}
GROUP BY channel, state
ORDER BY channel, state`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: { state: { words: deliveryColours } },
    }),
    table({
      title: 'Which notifications reached nobody?',
      description: 'Given up, or tried more than once, the newest first.',
      sql: `
SELECT updated_at AS updated, channel, state, transition, attempts, next_attempt_at AS next, last_error AS error, alert_id AS alert
FROM ${newestDeliveries}
WHERE state = 'dead' OR attempts > 1
ORDER BY updated DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 24,
      height: 8,
      columns: {
        state: { words: deliveryColours },
        alert: { link: { title: 'Evidence and why', to: 'alert', with: { alert: field('alert') } } },
      },
    }),
  ],
}
