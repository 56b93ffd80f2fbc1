// Subject: how it proved who it is: failed attempts, sessions, tokens, places, and the alerts about it.

import { field } from '../building/addresses.ts'
import { alertColumns } from '../building/alert-columns.ts'
import { outcomeColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { table } from '../building/drawn.ts'
import { chosen, failedAuthentication, scope } from '../building/sql.ts'
import { itsEvents } from './its-events.ts'

export const proved: PanelGroup = {
  title: 'How it proved who it is',
  panels: [
    table({
      title: 'Which of its authentications failed, in all services?',
      description:
        'Refused logins and tokens at issuers, applications and proxies: denied or failed authentication, HTTP 401, gRPC 16.',
      sql: `
SELECT event_at AS happened, kind, source, if(workload != '', workload, destination) AS place, action, outcome,
  if(token_verdict != '', token_verdict, outcome_reason) AS reason, client, client_ip AS address, session, trace_id AS trace
FROM events
WHERE ${itsEvents} AND ${failedAuthentication}
ORDER BY happened DESC
LIMIT 500`,
      unit: 'none',
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 24,
      height: 9,
      columns: {
        outcome: { words: outcomeColours },
        session: { link: { title: 'Its tokens', to: 'tokens', with: { session: field('session') } } },
        trace: { outside: { title: 'The whole trace', url: '${traces:raw}${__value.raw:percentencode}' } },
      },
    }),
    table({
      title: 'Which sessions did it have?',
      description:
        'Sessions of this time with how long they were seen and from how many places. A click shows the lineage.',
      sql: `
SELECT session, min(event_at) AS first, max(event_at) AS last, count() AS events, uniqIf(client_ip, client_ip != '') AS addresses,
  uniqIf(user_agent, user_agent != '') AS agents, any(client) AS application, countIf(outcome IN ('denied', 'failed')) AS refused
FROM events
WHERE ${itsEvents} AND session != ''
GROUP BY session
ORDER BY last DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 12,
      height: 8,
      columns: { session: { link: { title: 'Its tokens', to: 'tokens', with: { session: field('session') } } } },
    }),
    table({
      title: 'Which tokens did it present?',
      description:
        'By the issuer’s id or our reference; never the token itself. Several addresses with one token: look closer.',
      sql: `
SELECT if(token_id != '', token_id, token) AS name, any(token_kind) AS kind, any(token_issuer) AS issuer, count() AS events,
  uniqIf(client_ip, client_ip != '') AS addresses, uniqIf(caller, caller != '') AS callers, min(event_at) AS first, max(event_at) AS last
FROM events
WHERE ${itsEvents} AND (token_id != '' OR token != '')
GROUP BY name
ORDER BY addresses DESC, last DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 12,
      height: 8,
    }),
    table({
      title: 'Where did it come from?',
      description: 'Client addresses with their network, where the records name it, and what was refused there.',
      sql: `
SELECT client_ip AS address, any(client_country) AS country, any(client_asn) AS network, any(user_agent) AS agent, count() AS events,
  countIf(outcome IN ('denied', 'failed')) AS refused, min(event_at) AS first, max(event_at) AS last
FROM events
WHERE ${itsEvents} AND client_ip != ''
GROUP BY address
ORDER BY last DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Tokens and sessions', to: 'tokens' }],
      width: 12,
      height: 8,
    }),
    table({
      title: 'Which alerts are about it?',
      description: 'Alerts whose entity it is, or is part of, and those that stand on one of its events of this time.',
      sql: `
SELECT raised_at AS raised, severity, status, detector, title, first_seen_at AS happened, id
FROM alerts
WHERE ${scope} AND ${chosen('subject')} != '' AND (
    position(entity, ${chosen('subject')}) > 0
    OR id IN (SELECT alert_id FROM findings WHERE ${scope} AND standing = 1 AND event_id IN (SELECT toString(event_id) FROM events WHERE ${itsEvents}))
  )
ORDER BY raised DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 12,
      height: 8,
      columns: alertColumns,
    }),
  ],
}
