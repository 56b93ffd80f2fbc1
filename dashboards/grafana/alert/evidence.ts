// Alert: the events it rests on, who is in them, and what else is known of those.

import { field } from '../building/addresses.ts'
import { alertColumns } from '../building/alert-columns.ts'
import { outcomeColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, log, table } from '../building/drawn.ts'
import { chosen, eventInWords, levelOfOutcome, scope } from '../building/sql.ts'

const alert = chosen('alert')
/** Ids of the events that the alert cites or that a finding of it stands on. */
const cited = `(
    SELECT toUUIDOrZero(arrayJoin(arrayMap(each -> JSONExtractString(each, 'eventId'), JSONExtractArrayRaw(body, 'evidence'))))
    FROM alerts WHERE ${scope} AND id = ${alert}
    UNION DISTINCT
    SELECT toUUIDOrZero(event_id) FROM findings WHERE ${scope} AND alert_id = ${alert} AND standing = 1
  )`
/** The time of the alert itself, an hour around it: what it is about may lie outside of the range above. */
const aroundIt = `event_at >= (SELECT min(first_seen_at) - INTERVAL 1 HOUR FROM alerts WHERE ${scope} AND id = ${alert})
  AND event_at <= (SELECT max(last_seen_at) + INTERVAL 1 HOUR FROM alerts WHERE ${scope} AND id = ${alert})`

const subjectColumns = [
  'subject',
  'actor',
  'client',
  'session',
  'token_id',
  'caller',
  'destination',
  'client_ip',
  'device',
]

export const evidence: PanelGroup = {
  title: 'Evidence',
  panels: [
    table({
      title: 'Which events are the evidence?',
      description:
        'What the alert cites, in the order in which it happened. A click on the trace shows the whole request.',
      sql: `
SELECT event_at AS happened, kind, action, outcome, subject, actor, caller, destination, method, route, client_ip AS address,
  session, trace_id AS trace, source, toString(event_id) AS event
FROM events
WHERE ${scope} AND ${aroundIt} AND event_id IN ${cited}
ORDER BY happened, event
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 24,
      height: 9,
      columns: {
        outcome: { words: outcomeColours },
        subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
        caller: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('caller') } } },
        session: { link: { title: 'Its tokens', to: 'tokens', with: { session: field('session') } } },
        trace: { outside: { title: 'The whole trace', url: '${traces:raw}${__value.raw:percentencode}' } },
      },
    }),
    table({
      title: 'What does each piece of evidence say?',
      description: 'The summaries that notifications carry, by the time of the event.',
      sql: `
SELECT parseDateTime64BestEffort(JSONExtractString(piece, 'at'), 3, 'UTC') AS happened, JSONExtractString(piece, 'summary') AS summary
FROM alerts
ARRAY JOIN JSONExtractArrayRaw(body, 'evidence') AS piece
WHERE ${scope} AND id = ${alert}
ORDER BY happened`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 12,
      height: 8,
    }),
    bars({
      title: 'When did its condition hold?',
      description: 'Findings by the time of their event; one that a later event took away is counted as gone.',
      sql: `
SELECT $__timeInterval(event_at) AS time, if(standing = 1, toString(rung), 'gone') AS finding, count() AS findings
FROM findings
WHERE ${scope} AND alert_id = ${alert} AND $__timeFilter_ms(event_at)
GROUP BY time, finding
ORDER BY time, finding`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 12,
      height: 8,
    }),
    table({
      title: 'Who and what is in it?',
      description: 'Every name in the evidence, with how often it is there. A click shows everything that name did.',
      sql: `
SELECT named.1 AS kind, named.2 AS name, count() AS events, min(event_at) AS first, max(event_at) AS last
FROM events
ARRAY JOIN [${subjectColumns.map((column) => `('${column}', toString(${column}))`).join(', ')}] AS named
WHERE ${scope} AND ${aroundIt} AND event_id IN ${cited} AND named.2 != ''
GROUP BY kind, name
ORDER BY events DESC, kind, name
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 12,
      height: 9,
      columns: { name: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('name') } } } },
    }),
    table({
      title: 'Which other alerts are about the same?',
      description: 'Alerts of the same entity, and those that stand on one of the same events.',
      sql: `
SELECT raised_at AS raised, severity, status, detector, title, id
FROM alerts
WHERE ${scope} AND (
    entity IN (SELECT entity FROM alerts WHERE ${scope} AND id = ${alert})
    OR id IN (SELECT alert_id FROM findings WHERE ${scope} AND standing = 1 AND event_id IN (
      SELECT event_id FROM findings WHERE ${scope} AND alert_id = ${alert}))
  )
ORDER BY id = ${alert} DESC, raised DESC
LIMIT 50`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: alertColumns,
    }),
    log({
      title: 'What happened around it, in which order?',
      description:
        'Events of an hour before and after it that share a subject, session, token or request with the evidence, from all sources.',
      sql: `
WITH
  (SELECT (groupUniqArray(100)(subject), groupUniqArray(100)(session), groupUniqArray(100)(token_id), groupUniqArray(100)(request_id))
   FROM events WHERE ${scope} AND ${aroundIt} AND event_id IN ${cited}) AS shared
SELECT event_at AS timestamp, ${eventInWords} AS body, ${levelOfOutcome} AS level, source, toString(event_id) AS event
FROM events
WHERE ${scope} AND ${aroundIt}
  AND ((subject != '' AND has(shared.1, subject)) OR (session != '' AND has(shared.2, session))
    OR (token_id != '' AND has(shared.3, token_id)) OR (request_id != '' AND has(shared.4, request_id)))
ORDER BY timestamp
LIMIT 500`,
      unit: 'none',
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 24,
      height: 12,
    }),
  ],
}
