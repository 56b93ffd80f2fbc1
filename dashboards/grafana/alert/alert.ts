// Alert: one alert whole, for whoever has to decide what it was.

import type { DashboardPlan } from '../building/dashboard.ts'
import { scope } from '../building/sql.ts'
import { choice } from '../building/variables.ts'
import { evidence } from './evidence.ts'
import { judged } from './judged.ts'

export const alert: DashboardPlan = {
  name: 'alert',
  title: 'Alert',
  description: 'One alert: what was found and why, the evidence, who is in it, and what else is known of them.',
  from: 'now-24h',
  variables: [
    choice({
      name: 'alert',
      label: 'Alert',
      description: 'The newest alerts; the id of an older one can be typed.',
      sql: `
SELECT id, concat(severity, ': ', title)
FROM alerts
WHERE ${scope}
ORDER BY raised_at DESC, id
LIMIT 200`,
    }),
  ],
  groups: [judged, evidence],
}
