// Tokens and sessions: refresh lineage, replay, issuers, lifetimes.

import type { DashboardPlan } from '../building/dashboard.ts'
import { during } from '../building/sql.ts'
import { choice } from '../building/variables.ts'
import { issued } from './issued.ts'
import { replayed } from './replayed.ts'

export const tokens: DashboardPlan = {
  name: 'tokens',
  title: 'Tokens and sessions',
  description:
    'What issuers give and refuse, tokens that came twice or from two places, and the lineage of one session.',
  from: 'now-6h',
  variables: [
    choice({
      name: 'session',
      label: 'Session or family',
      description: 'Sessions with a refused token; any other can be typed.',
      sql: `
SELECT session
FROM events
WHERE ${during('event_at')} AND kind = 'authn' AND session != ''
GROUP BY session
ORDER BY countIf(token_verdict != '') DESC, countIf(issued_refresh_token != '') DESC, session
LIMIT 200`,
    }),
  ],
  groups: [issued, replayed],
}
