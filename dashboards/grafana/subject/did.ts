// Subject: what one user or workload did, when and where.

import { field } from '../building/addresses.ts'
import { outcomeColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, log, number, table } from '../building/drawn.ts'
import { eventInWords, levelOfOutcome } from '../building/sql.ts'
import { itsEvents } from './its-events.ts'

export const did: PanelGroup = {
  title: 'What it did',
  panels: [
    number({
      title: 'How much did it do?',
      description: 'Events of this time in which it is the subject, the actor or a workload.',
      sql: `
SELECT count() AS value
FROM events
WHERE ${itsEvents}`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How much of it was refused?',
      description: 'Share of its events that were denied or failed.',
      sql: `
SELECT countIf(outcome IN ('denied', 'failed')) / greatest(count(), 1) AS value
FROM events
WHERE ${itsEvents}`,
      unit: 'percentunit',
      look: 0.1,
      bad: 0.5,
      next: [{ title: 'Decisions', to: 'authorization' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'From how many addresses?',
      description: 'Distinct client addresses, as the first proxy or the issuer saw them.',
      sql: `
SELECT uniqIf(client_ip, client_ip != '') AS value
FROM events
WHERE ${itsEvents}`,
      unit: 'none',
      look: 3,
      bad: 10,
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How many services did it reach?',
      description: 'Distinct destinations that did not deny it.',
      sql: `
SELECT uniqIf(destination, destination != '' AND outcome != 'denied') AS value
FROM events
WHERE ${itsEvents}`,
      unit: 'none',
      look: 10,
      bad: 50,
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 6,
      height: 4,
    }),
    bars({
      title: 'When was it active, and with what?',
      description: 'Its events by kind. A burst at an unusual hour is worth more than a large number.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(kind) AS kind, count() AS events
FROM events
WHERE ${itsEvents}
GROUP BY time, kind
ORDER BY time, kind`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 8,
    }),
    table({
      title: 'What did it do, and where?',
      description: 'Its events by action, destination and outcome.',
      sql: `
SELECT kind, if(action != '', action, if(method != '', method, span_name)) AS what, if(destination != '', destination, workload) AS place,
  outcome, count() AS events, min(event_at) AS first, max(event_at) AS last
FROM events
WHERE ${itsEvents}
GROUP BY kind, what, place, outcome
ORDER BY events DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 12,
      height: 8,
      columns: {
        outcome: { words: outcomeColours },
        place: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('place') } } },
      },
    }),
    log({
      title: 'What did it do, in which order?',
      description: 'The newest 1000 of its events in this time, from all sources, in the order in which they happened.',
      sql: `
SELECT * FROM (
  SELECT event_at AS timestamp, ${eventInWords} AS body, ${levelOfOutcome} AS level, source, session, trace_id AS trace,
    toString(event_id) AS event
  FROM events
  WHERE ${itsEvents}
  ORDER BY event_at DESC
  LIMIT 1000
) ORDER BY timestamp`,
      unit: 'none',
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 24,
      height: 12,
    }),
  ],
}
