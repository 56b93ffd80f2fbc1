// Subject: everything that one user or workload did, across services.

import type { DashboardPlan } from '../building/dashboard.ts'
import { scope } from '../building/sql.ts'
import { choice } from '../building/variables.ts'
import { did } from './did.ts'
import { proved } from './proved.ts'

export const subject: DashboardPlan = {
  name: 'subject',
  title: 'Subject',
  description: 'Everything one user or workload did, how it proved who it is, and the alerts about it.',
  from: 'now-12h',
  variables: [
    choice({
      name: 'subject',
      label: 'User or workload',
      description: 'Whom alerts are about; any other user, session, client or workload can be typed.',
      sql: `
SELECT entity
FROM alerts
WHERE ${scope} AND keyspace IN ('subject', 'actor', 'caller', 'client', 'service', 'session')
GROUP BY entity
ORDER BY max(raised_at) DESC, entity
LIMIT 200`,
    }),
  ],
  groups: [did, proved],
}
