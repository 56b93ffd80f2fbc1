// Trace: one request through all services, where no page of a tracing system is named.

import { field } from '../building/addresses.ts'
import { outcomeColours } from '../building/columns.ts'
import type { DashboardPlan } from '../building/dashboard.ts'
import { trace as spans, table } from '../building/drawn.ts'
import { chosen, during, scope } from '../building/sql.ts'
import { choice } from '../building/variables.ts'

const itsEvents = `${scope} AND trace_id = ${chosen('trace')} AND trace_id != ''`

export const trace: DashboardPlan = {
  name: 'trace',
  title: 'Trace',
  description: 'One request through all services: its spans, and what every other source says of it.',
  from: 'now-24h',
  variables: [
    choice({
      name: 'trace',
      label: 'Trace',
      description: 'Traces with something refused; any other id can be typed.',
      sql: `
SELECT trace_id
FROM events
WHERE ${during('event_at')} AND kind = 'span'
GROUP BY trace_id
ORDER BY countIf(outcome IN ('denied', 'failed')) DESC, count() DESC, trace_id
LIMIT 100`,
    }),
  ],
  groups: [
    {
      title: 'One request',
      panels: [
        spans({
          title: 'Which way did the request take?',
          description:
            'Its spans, as far as they were sampled. Where a tracing system keeps them all, name its page above.',
          sql: `
SELECT trace_id AS traceID, span_id AS spanID, parent_span_id AS parentSpanID, toString(workload) AS serviceName,
  toString(span_name) AS operationName, event_at AS startTime, greatest(duration_ms, 0) AS duration,
  if(outcome IN ('denied', 'failed'), 2, 1) AS statusCode, toString(outcome_reason) AS statusMessage
FROM events
WHERE ${itsEvents} AND kind = 'span'
ORDER BY startTime
LIMIT 1000`,
          unit: 'ms',
          next: [{ title: 'What needs me now', to: 'overview' }],
          width: 24,
          height: 14,
        }),
        table({
          title: 'What do all sources say of it?',
          description: 'Every event with this trace id: access logs, decisions, audit lines and spans.',
          sql: `
SELECT event_at AS happened, kind, source, workload, action, outcome, subject, caller, destination, method, route,
  http_status AS status, outcome_reason AS reason, toString(event_id) AS event
FROM events
WHERE ${itsEvents}
ORDER BY happened
LIMIT 1000`,
          unit: 'none',
          next: [{ title: 'What needs me now', to: 'overview' }],
          width: 24,
          height: 10,
          columns: {
            outcome: { words: outcomeColours },
            subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
            caller: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('caller') } } },
          },
        }),
      ],
    },
  ],
}
