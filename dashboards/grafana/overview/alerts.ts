// Overview: which alerts there were, by severity and detector, and which of them were practice.

import { field } from '../building/addresses.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, table } from '../building/drawn.ts'
import { chosen, during } from '../building/sql.ts'

export const alerts: PanelGroup = {
  title: 'Alerts',
  panels: [
    bars({
      title: 'When were alerts raised, and how severe?',
      description: 'By the time they were raised. Logs of last year that are posted today raise alerts today.',
      sql: `
SELECT $__timeInterval(raised_at) AS time, toString(severity) AS severity, count() AS alerts
FROM alerts
WHERE ${during('raised_at')} AND status != 'withdrawn'
GROUP BY time, severity
ORDER BY time, severity`,
      unit: 'none',
      look: 10,
      bad: 100,
      next: [{ title: 'The newest alert', to: 'alert' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which detectors raise them?',
      description: 'Alerts that were raised in this time. A rule with many and none confirmed wants other settings.',
      sql: `
SELECT detector, rule, countIf(severity_id = 5) AS critical, countIf(severity_id = 4) AS high, countIf(severity_id = 3) AS medium,
  countIf(severity_id < 3) AS lower, countIf(status = 'open') AS open, countIf(status = 'withdrawn') AS withdrawn,
  countIf(JSONExtractString(body, 'feedback', 'as') = 'true') AS confirmed, max(raised_at) AS last
FROM alerts
WHERE ${during('raised_at')}
GROUP BY detector, rule
ORDER BY critical DESC, high DESC, medium DESC, detector, rule`,
      unit: 'none',
      next: [{ title: 'The newest alert', to: 'alert' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which exercises were run?',
      description: 'Realms of exercises with alerts, whatever realm is chosen above. A click shows one of them alone.',
      sql: `
SELECT realm, count() AS alerts, countIf(severity_id >= 4) AS severe, min(raised_at) AS first, max(raised_at) AS last
FROM alerts
WHERE tenant = ${chosen('tenant')} AND startsWith(realm, 'exercise:')
GROUP BY realm
ORDER BY last DESC
LIMIT 50`,
      unit: 'none',
      next: [{ title: 'What really happened', to: 'overview', with: { realm: 'live' } }],
      width: 24,
      height: 6,
      columns: {
        realm: { link: { title: 'This exercise alone', to: 'overview', with: { realm: field('realm') } } },
      },
    }),
  ],
}
