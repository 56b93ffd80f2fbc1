// Service edges: what is new, denied, decided, slow.

import { field } from '../building/addresses.ts'
import { stateColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { lines, table } from '../building/drawn.ts'
import { during, newestEdges } from '../building/sql.ts'

const callerLook = { link: { title: 'Everything it did', to: 'subject' as const, with: { subject: field('caller') } } }

export const lists: PanelGroup = {
  title: 'What to look at',
  panels: [
    table({
      title: 'Which callers are new?',
      description:
        'Edges in learning or quarantine, the newest first. Accept what belongs with `eastwest edges accept`, deny what does not.',
      sql: `
SELECT first_seen_at AS first, last_seen_at AS last, state, caller, destination, caller_from AS proof, hours, days, instances,
  arrayStringConcat(routes, ', ') AS routes
FROM ${newestEdges}
WHERE state IN ('learning', 'quarantined')
ORDER BY first DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 24,
      height: 8,
      columns: { state: { words: stateColours }, caller: callerLook },
    }),
    table({
      title: 'Which calls were denied, and by what?',
      description:
        'Denied calls of this time. One caller that is denied at many destinations is looking around; many callers at one destination are a policy that is wrong.',
      sql: `
SELECT caller, destination, method, route, policy, count() AS denied, uniq(request_id) AS requests, max(event_at) AS last
FROM events
WHERE ${during('event_at')} AND kind = 'access' AND outcome = 'denied'
GROUP BY caller, destination, method, route, policy
ORDER BY denied DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Decisions', to: 'authorization' }],
      width: 12,
      height: 9,
      columns: { caller: callerLook },
    }),
    table({
      title: 'Who decided about an edge, and why?',
      description: 'Accepted and denied edges, whoever decided last.',
      sql: `
SELECT decided_at AS decided, decision, decided_by AS person, caller, destination, decision_note AS reason, state
FROM ${newestEdges}
WHERE decision != ''
ORDER BY decided DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Sensitive actions', to: 'money' }],
      width: 12,
      height: 9,
      columns: { state: { words: stateColours }, caller: callerLook },
    }),
    lines({
      title: 'How much are the busiest destinations called?',
      description: 'Calls to the ten destinations with the most of them, as proxies reported them.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(destination) AS destination, count() AS calls
FROM events
WHERE ${during('event_at')} AND kind = 'access' AND destination IN (
  SELECT destination FROM events WHERE ${during('event_at')} AND kind = 'access' AND destination != ''
  GROUP BY destination ORDER BY count() DESC LIMIT 10)
GROUP BY time, destination
ORDER BY time, destination`,
      unit: 'short',
      next: [{ title: 'What arrives, and what does not', to: 'pipeline' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which destinations are slow or fail?',
      description: 'Share of calls that failed or were denied, and the time of 95 of 100 answers where proxies say it.',
      sql: `
SELECT destination, count() AS calls, uniq(caller) AS callers, countIf(outcome = 'denied') / count() AS denied,
  countIf(outcome = 'failed' OR http_status >= 500) / count() AS failed, quantileIf(0.95)(duration_ms, duration_ms >= 0) AS slowest
FROM events
WHERE ${during('event_at')} AND kind IN ('access', 'span') AND destination != ''
GROUP BY destination
ORDER BY calls DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Decisions', to: 'authorization' }],
      width: 12,
      height: 9,
      columns: {
        denied: { unit: 'percentunit', decimals: 1 },
        failed: { unit: 'percentunit', decimals: 1 },
        slowest: { unit: 'ms', decimals: 0 },
        destination: {
          link: { title: 'Everything about it', to: 'subject', with: { subject: field('destination') } },
        },
      },
    }),
  ],
}
