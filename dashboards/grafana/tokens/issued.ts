// Tokens and sessions: what issuers give, refresh and refuse.

import { field } from '../building/addresses.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, table } from '../building/drawn.ts'
import { during } from '../building/sql.ts'

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
        'Tokens that were presented, by issuer and client, with the time from issue (or first sight) to expiry. Long-lived access tokens are worth more to a thief.',
      sql: `
SELECT issuer, client, uniq(name) AS tokens, quantile(0.5)(lifetime) AS median, max(lifetime) AS longest, uniqMerge(subject_state) AS subjects
FROM (
  SELECT token_issuer AS issuer, client, if(token_id != '', token_id, token) AS name,
    dateDiff('second', if(max(token_issued_at) > toDateTime64(0, 3, 'UTC'), max(token_issued_at), min(event_at)), max(token_expires_at)) AS lifetime,
    uniqState(subject) AS subject_state
  FROM events
  WHERE ${during('event_at')} AND token_expires_at > toDateTime64(0, 3, 'UTC') AND (token_id != '' OR token != '')
  GROUP BY issuer, client, name
)
GROUP BY issuer, client
ORDER BY tokens DESC
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
