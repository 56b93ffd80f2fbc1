// Overview: what needs somebody now.

import { field, type Link } from '../building/addresses.ts'
import { alertColumns } from '../building/alert-columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { number, table } from '../building/drawn.ts'
import { during, scope } from '../building/sql.ts'

const pipeline: Link = { title: 'What arrives, and what does not', to: 'pipeline' }
const newestAlert: Link = { title: 'The newest alert', to: 'alert' }

export const now: PanelGroup = {
  title: 'What needs me now',
  panels: [
    number({
      title: 'How many alerts need me now?',
      description:
        'Open alerts of high or critical severity, whenever they were raised. Begin with the list beside it.',
      sql: `
SELECT count() AS value
FROM alerts
WHERE ${scope} AND status = 'open' AND severity_id >= 4`,
      unit: 'none',
      look: 1,
      bad: 5,
      next: [newestAlert],
      width: 4,
      height: 5,
    }),
    number({
      title: 'How many open alerts can wait?',
      description:
        'Open alerts of medium, low and info severity. Many of one detector: look at its card before its alerts.',
      sql: `
SELECT count() AS value
FROM alerts
WHERE ${scope} AND status = 'open' AND severity_id < 4`,
      unit: 'none',
      look: 20,
      bad: 200,
      next: [newestAlert],
      width: 4,
      height: 5,
    }),
    number({
      title: 'How many events came in?',
      description: 'Events that happened in this time, copies left out. None at all: nothing is being watched.',
      sql: `
SELECT count() AS value
FROM events
WHERE ${during('event_at')}`,
      unit: 'short',
      next: [pipeline],
      width: 4,
      height: 5,
    }),
    number({
      title: 'How many sources fell silent?',
      description:
        'Sources that sent something in this time, and nothing in its last hour. What they see, nobody sees now.',
      sql: `
SELECT countIf(last < $__toTime_ms - INTERVAL 1 HOUR) AS value
FROM (SELECT source, max(event_at) AS last FROM events WHERE ${during('event_at')} GROUP BY source)`,
      unit: 'none',
      look: 1,
      bad: 3,
      next: [pipeline],
      width: 4,
      height: 5,
    }),
    number({
      title: 'How many records could not be read?',
      description:
        'Records in quarantine that arrived in this time. They are kept with the reason, and judged by nobody.',
      sql: `
SELECT count() AS value
FROM quarantine
WHERE ${during('appended_at')}`,
      unit: 'short',
      look: 1,
      bad: 1000,
      next: [pipeline],
      width: 4,
      height: 5,
    }),
    number({
      title: 'How long did the newest alert take?',
      description:
        'From the first event that the newest alert found to its append: with logs that are posted late, how late they were.',
      sql: `
SELECT JSONExtractInt(body, 'lagMs') AS value
FROM alerts
WHERE ${scope}
ORDER BY raised_at DESC
LIMIT 1`,
      unit: 'ms',
      look: 60_000,
      bad: 600_000,
      next: [pipeline],
      width: 4,
      height: 5,
    }),
    table({
      title: 'What should I look at first?',
      description:
        'Open alerts that were raised in this time, the most severe first. A click on the title shows the evidence; one on the entity, everything it did.',
      sql: `
SELECT raised_at AS raised, severity, title, detector, rule, entity, count, first_seen_at AS happened, confidence, id
FROM alerts
WHERE ${during('raised_at')} AND status = 'open'
ORDER BY severity_id DESC, raised_at DESC
LIMIT 100`,
      unit: 'none',
      next: [newestAlert],
      width: 24,
      height: 11,
      columns: {
        ...alertColumns,
        entity: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('entity') } } },
      },
    }),
  ],
}
