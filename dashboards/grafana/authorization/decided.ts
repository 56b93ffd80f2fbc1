// Authorization: decisions by policy, denials by caller.

import { field } from '../building/addresses.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, number, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

const decisions = `${during('event_at')} AND kind = 'authz'`

export const decided: PanelGroup = {
  title: 'What is decided',
  panels: [
    number({
      title: 'How many decisions were made?',
      description: 'Decisions that policy engines logged in this time.',
      sql: `
SELECT count() AS value
FROM events
WHERE ${decisions}`,
      unit: 'short',
      next: [{ title: 'What arrives, and what does not', to: 'pipeline' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'What share of them is denied?',
      description: 'A share that jumps is a broken deployment or somebody who tries.',
      sql: `
SELECT countIf(outcome = 'denied') / greatest(count(), 1) AS value
FROM events
WHERE ${decisions}`,
      unit: 'percentunit',
      look: 0.1,
      bad: 0.5,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How many could not be made?',
      description:
        'Evaluations that broke off, and answers that are neither yes nor no. What the caller made of it is not known.',
      sql: `
SELECT countIf(outcome IN ('failed', '')) AS value
FROM events
WHERE ${decisions}`,
      unit: 'short',
      look: 1,
      bad: 100,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How long do the slowest take?',
      description: 'Time of 99 of 100 decisions, where the engine says it.',
      sql: `
SELECT quantileIf(0.99)(duration_ms, duration_ms >= 0) AS value
FROM events
WHERE ${decisions}`,
      unit: 'ms',
      look: 50,
      bad: 500,
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 6,
      height: 4,
    }),
    bars({
      title: 'When was what decided?',
      description: 'Decisions by outcome.',
      sql: `
SELECT $__timeInterval(event_at) AS time, if(outcome = '', 'neither', toString(outcome)) AS outcome_word, count() AS decisions
FROM events
WHERE ${decisions}
GROUP BY time, outcome_word
ORDER BY time, outcome_word`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which policies decide, and how?',
      description:
        'By policy and the service that asked. A policy that denies nothing may be one that nobody enforces.',
      sql: `
SELECT policy, workload AS service, count() AS decisions, countIf(outcome = 'allowed') AS allowed, countIf(outcome = 'denied') AS denied,
  countIf(outcome IN ('failed', '')) AS neither, quantileIf(0.95)(duration_ms, duration_ms >= 0) AS slow, max(event_at) AS last
FROM events
WHERE ${decisions}
GROUP BY policy, service
ORDER BY denied DESC, decisions DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Who calls whom', to: 'edges' }],
      width: 12,
      height: 9,
      columns: { slow: { unit: 'ms', decimals: 0 } },
    }),
    table({
      title: 'Who is denied what?',
      description:
        'Denials of policy engines and proxies by who asked. Many distinct resources for one of them is someone who looks around.',
      sql: `
SELECT if(subject != '', subject, if(caller != '', toString(caller), client_ip)) AS who, kind, action, if(destination != '', destination, workload) AS place,
  policy, count() AS denied, uniqIf(resource, resource != '') AS resources, max(event_at) AS last
FROM events
WHERE ${during('event_at')} AND kind IN ('authz', 'access') AND outcome = 'denied'
GROUP BY who, kind, action, place, policy
ORDER BY denied DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 24,
      height: 9,
      columns: { who: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('who') } } } },
    }),
  ],
}
