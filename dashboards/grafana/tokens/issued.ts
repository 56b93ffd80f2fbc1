// Tokens and sessions: what issuers give, refresh and refuse.

import { field } from '../building/addresses.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

/** Seconds. */
const life =
  "dateDiff('second', if(token_issued_at > toDateTime64(0, 3, 'UTC'), token_issued_at, event_at), token_expires_at)"

export const issued: PanelGroup = {
  title: 'What is issued and refused',
  panels: [
    bars({
      title: 'What do the issuers do?',
      description: 'Logins, exchanges, refreshes, revocations and logouts, as issuers report them.',
      sql: `
SELECT $__timeInterval(event_at) AS time, if(outcome IN ('denied', 'failed'), concat(action, ' refused'), toString(action)) AS what,
  count() AS events
FROM events
WHERE ${during('event_at')} AND kind = 'authn'
GROUP BY time, what
ORDER BY time, what`,
      unit: 'short',
      next: [{ title: 'What arrives, and what does not', to: 'pipeline' }],
      width: 12,
      height: 9,
    }),
    bars({
      title: 'Why are tokens refused?',
      description:
        'Verdicts of issuers on presented tokens. reused: a rotated token came again; wrong-client: somebody else’s; session-ended: after logout.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(token_verdict) AS verdict, count() AS events
FROM events
WHERE ${during('event_at')} AND kind = 'authn' AND token_verdict != ''
GROUP BY time, verdict
ORDER BY time, verdict`,
      unit: 'short',
      look: 10,
      bad: 100,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Which issuers issue what, and for how long?',
      description:
        'Tokens that were presented, by issuer and client, with the time from issue to expiry; where the issue is not known, from the presentation. Long-lived access tokens are worth more to a thief.',
      sql: `
SELECT token_issuer AS issuer, client, count() AS presented, uniqCombined(14)(if(token_id != '', token_id, token)) AS tokens,
  quantile(0.5)(${life}) AS median, max(${life}) AS longest
FROM events
WHERE ${during('event_at')} AND token_expires_at > toDateTime64(0, 3, 'UTC')
GROUP BY issuer, client
ORDER BY presented DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: { median: { unit: 's' }, longest: { unit: 's' } },
    }),
    table({
      title: 'Whose logins fail most?',
      description:
        'Refused logins by user and client. One user from many addresses is guessing at him; many users from one address is a list.',
      sql: `
SELECT subject, client, count() AS refused, uniqIf(client_ip, client_ip != '') AS addresses, max(event_at) AS last,
  anyLast(outcome_reason) AS reason
FROM events
WHERE ${during('event_at')} AND kind = 'authn' AND action IN ('login', 'authenticate', 'client.login')
  AND outcome IN ('denied', 'failed')
GROUP BY subject, client
ORDER BY refused DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: {
        subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
      },
    }),
  ],
}
