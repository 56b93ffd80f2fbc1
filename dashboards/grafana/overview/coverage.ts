// Overview: what the sources send, and what nobody sees because they do not.

import type { PanelGroup } from '../building/dashboard.ts'
import { bars, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

export const coverage: PanelGroup = {
  title: 'Coverage',
  panels: [
    bars({
      title: 'What is being seen, and how much of it?',
      description:
        'Events by kind, by the time they happened. A kind that is not here is one that no detector can judge.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(kind) AS kind, count() AS events
FROM events
WHERE ${during('event_at')}
GROUP BY time, kind
ORDER BY time, kind`,
      unit: 'short',
      next: [{ title: 'What arrives, and what does not', to: 'pipeline' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'What does each source say, and what does it leave out?',
      description:
        'Of the events of each source the share that names a caller with proof, a subject, a session, a token and a trace. What is near nought there, no detector that needs it can judge; `eastwest doctor` names the fields to add.',
      sql: `
SELECT source, format, kind, count() AS events, max(event_at) AS last,
  countIf(caller_from IN ('mtls', 'filter-state', 'xfcc')) / count() AS caller, countIf(subject_from != '') / count() AS subject,
  countIf(session_from != '') / count() AS session, countIf(token_from != '') / count() AS token, countIf(notEmpty(trace_id)) / count() AS trace
FROM events
WHERE ${during('event_at')}
GROUP BY source, format, kind
ORDER BY events DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'What arrives, and what does not', to: 'pipeline' }],
      width: 12,
      height: 9,
      columns: Object.fromEntries(
        ['caller', 'subject', 'session', 'token', 'trace'].map((name) => [name, { unit: 'percentunit', decimals: 0 }]),
      ),
    }),
  ],
}
