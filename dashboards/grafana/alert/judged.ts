// Alert: what it says, why it was raised, how close it was, and what to do.

import type { Link } from '../building/addresses.ts'
import { severityColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { table } from '../building/drawn.ts'
import { chosen, scope } from '../building/sql.ts'

const thisAlert = `${scope} AND id = ${chosen('alert')}`
const everyAlert: Link = { title: 'All alerts', to: 'overview' }

export const judged: PanelGroup = {
  title: 'What was found, and why',
  panels: [
    table({
      title: 'What happened?',
      description:
        'The alert as it stands now. Its first and last time are those of the events; it was raised when the event that completed it came in.',
      sql: `
SELECT title, severity, confidence, status, detector, rule, keyspace, entity, count, first_seen_at AS first, last_seen_at AS last,
  raised_at AS raised, JSONExtractInt(body, 'lagMs') AS lag, JSONExtractString(body, 'feedback', 'as') AS verdict, revision
FROM alerts
WHERE ${thisAlert}`,
      unit: 'none',
      next: [everyAlert],
      width: 24,
      height: 4,
      columns: {
        severity: { words: severityColours, width: 90 },
        lag: { unit: 'ms' },
        entity: {
          link: { title: 'Everything it did', to: 'subject', with: { subject: '${__value.raw:percentencode}' } },
        },
      },
    }),
    table({
      title: 'Why was it raised?',
      description: 'The detector in its own words, in the order in which it reasons.',
      sql: `
SELECT arrayJoin(JSONExtract(body, 'explanation', 'why', 'Array(String)')) AS because
FROM alerts
WHERE ${thisAlert}`,
      unit: 'none',
      next: [everyAlert],
      width: 12,
      height: 7,
    }),
    table({
      title: 'How close was it?',
      description: 'What was counted beside its limit. Close ones are the first to fall silent when limits are raised.',
      sql: `
SELECT JSONExtractString(margin, 'name') AS what, JSONExtractFloat(margin, 'value') AS value,
  JSONExtractFloat(margin, 'limit') AS limit, JSONExtractString(margin, 'unit') AS unit
FROM alerts
ARRAY JOIN JSONExtractArrayRaw(body, 'explanation', 'margins') AS margin
WHERE ${thisAlert}`,
      unit: 'none',
      next: [everyAlert],
      width: 6,
      height: 7,
    }),
    table({
      title: 'What would have kept it silent?',
      description: 'The smallest changes of the events under which the detector would have said nothing.',
      sql: `
SELECT arrayJoin(JSONExtract(body, 'explanation', 'wouldNotFireIf', 'Array(String)')) AS change
FROM alerts
WHERE ${thisAlert}`,
      unit: 'none',
      next: [everyAlert],
      width: 6,
      height: 7,
    }),
    table({
      title: 'What should I do, in which order?',
      description:
        'The runbook of the detector’s card. Close the alert with `eastwest alerts close` once you know what it was.',
      sql: `
SELECT step, text
FROM alerts
ARRAY JOIN JSONExtract(body, 'runbook', 'Array(String)') AS text, arrayEnumerate(JSONExtract(body, 'runbook', 'Array(String)')) AS step
WHERE ${thisAlert}`,
      unit: 'none',
      next: [everyAlert],
      width: 12,
      height: 8,
      columns: { step: { width: 60 } },
    }),
    table({
      title: 'Who was told of it?',
      description:
        'The newest state of every notification. A dead one reached nobody: its channel refused it for good.',
      sql: `
SELECT channel, transition, state, attempts, updated_at AS updated, last_error AS error
FROM deliveries
WHERE ${scope} AND alert_id = ${chosen('alert')}
ORDER BY version DESC
LIMIT 1 BY webhook_id
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'All notifications', to: 'pipeline' }],
      width: 12,
      height: 8,
    }),
  ],
}
