// Authorization: slow decisions, and decision logs that are missing.

import { field } from '../building/addresses.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { lines, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

const decisions = `${during('event_at')} AND kind = 'authz'`

export const quiet: PanelGroup = {
  title: 'What is slow or missing',
  panels: [
    lines({
      title: 'How long do decisions take?',
      description: 'Time of 95 of 100 decisions of the ten services that ask most, where the engine says it.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(workload) AS service, quantile(0.95)(duration_ms) AS slow
FROM events
WHERE ${decisions} AND duration_ms >= 0 AND workload IN (
  SELECT workload FROM events WHERE ${decisions} GROUP BY workload ORDER BY count() DESC LIMIT 10)
GROUP BY time, service
ORDER BY time, service`,
      unit: 'ms',
      look: 50,
      bad: 500,
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which decision logs fell silent?',
      description:
        'Policy engines by replica: the last decision, how long that is ago at the end of this time, and how late decisions come in. An engine that decides and does not say so hides what it allows.',
      sql: `
SELECT workload AS service, instance, source, count() AS decisions, max(event_at) AS last,
  dateDiff('second', max(event_at), $__toTime_ms) AS silence, quantile(0.95)(dateDiff('millisecond', event_at, appended_at)) AS late
FROM events
WHERE ${decisions}
GROUP BY service, instance, source
ORDER BY silence DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'What arrives, and what does not', to: 'pipeline' }],
      width: 12,
      height: 9,
      columns: { silence: { unit: 's' }, late: { unit: 'ms' } },
    }),
    table({
      title: 'Which requests were answered and never decided?',
      description:
        'Destinations whose policy engine logs decisions, with the share of their requests that have one (by trace or request id). Ways around the policy, or sampled logs.',
      sql: `
SELECT place, count() AS requests, countIf(decided) AS logged, countIf(decided) / count() AS share
FROM (
  SELECT if(destination != '', destination, workload) AS place,
    (trace_id != '' AND trace_id IN (SELECT trace_id FROM events WHERE ${decisions} AND trace_id != ''))
      OR (request_id != '' AND request_id IN (SELECT request_id FROM events WHERE ${decisions} AND request_id != '')) AS decided
  FROM events
  WHERE ${during('event_at')} AND kind = 'access' AND outcome = 'allowed'
)
GROUP BY place
ORDER BY share, requests DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 24,
      height: 8,
      columns: {
        share: { unit: 'percentunit', decimals: 0 },
        place: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('place') } } },
      },
    }),
  ],
}
