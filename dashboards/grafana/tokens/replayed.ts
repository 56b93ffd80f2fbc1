// Tokens and sessions: the lineage of refresh tokens in one session, and tokens that came twice or from two places.

import { field } from '../building/addresses.ts'
import { alertColumns } from '../building/alert-columns.ts'
import { outcomeColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { graph, table } from '../building/drawn.ts'
import { chosen, during, scope } from '../building/sql.ts'

const session = chosen('session')
/** The presented refresh token, by the name its issuer or we give it. */
const presented = "if(token_id != '', token_id, token)"
const itsRefreshes = `${during('event_at')} AND kind = 'authn' AND (session = ${session} OR token_family = ${session})`

/** Hashes of tokens with more than one address: numbers are grouped fast, and the rest is counted for those few alone. */
const severalPlaces = `
    SELECT cityHash64(${presented}) AS hash
    FROM events
    WHERE ${during('event_at')} AND token_from != '' AND client_ip != '' AND (token_id != '' OR token != '')
    GROUP BY hash
    HAVING min(cityHash64(client_ip)) < max(cityHash64(client_ip))`

export const replayed: PanelGroup = {
  title: 'Lineage and replay',
  panels: [
    table({
      title: 'Which refresh tokens were presented again?',
      description:
        'Presented again after rotation, by the wrong client or after the session ended. A click on the session draws its lineage below.',
      sql: `
SELECT event_at AS happened, token_verdict AS verdict, outcome, subject, client, session, client_ip AS address, ${presented} AS token
FROM events
WHERE ${during('event_at')} AND kind = 'authn' AND token_verdict IN ('reused', 'stale', 'wrong-client', 'session-ended', 'revoked')
ORDER BY happened DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 14,
      height: 10,
      columns: {
        outcome: { words: outcomeColours },
        subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
        session: { link: { title: 'Its lineage', to: 'tokens', with: { session: field('session') } } },
      },
    }),
    table({
      title: 'Which tokens were used from several places?',
      description:
        'Tokens with more than one client address in this time, with the workloads that presented them. Shared networks and relays are usual.',
      sql: `
SELECT any(${presented}) AS name, any(subject) AS subject, uniqIf(client_ip, client_ip != '') AS addresses,
  uniqIf(caller, caller != '') AS callers, count() AS events, max(event_at) AS last
FROM events
WHERE ${during('event_at')} AND token_from != '' AND cityHash64(${presented}) IN (${severalPlaces})
GROUP BY ${presented}
ORDER BY addresses DESC, callers DESC, last DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 10,
      height: 10,
      columns: {
        subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
      },
    }),
    graph({
      title: 'Which refresh token came from which?',
      description:
        'The chosen session: an arrow leads from the presented token to the one that was given for it. Red: refused. Two arrows out of one token are a fork.',
      nodes: `
SELECT name AS id, substring(name, 1, 12) AS title, formatDateTime(min(at), '%F %T') AS subtitle,
  if(max(refused) = 1, 'red', 'green') AS color, count() AS mainstat
FROM (
  SELECT event_at AS at, outcome IN ('denied', 'failed') AS refused,
    arrayJoin(arrayFilter(each -> each != '', [${presented}, issued_refresh_token])) AS name
  FROM events
  WHERE ${itsRefreshes}
)
GROUP BY name
LIMIT 500`,
      edges: `
SELECT concat(source, ' → ', target) AS id, ${presented} AS source, issued_refresh_token AS target, count() AS mainstat,
  any(client) AS detail__client, any(client_ip) AS detail__address, min(event_at) AS detail__first
FROM events
WHERE ${itsRefreshes} AND issued_refresh_token != '' AND (token_id != '' OR token != '')
GROUP BY source, target
LIMIT 500`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 11,
    }),
    table({
      title: 'What happened in this session, in which order?',
      description: 'Everything of the chosen session or family, with the tokens presented and given.',
      sql: `
SELECT event_at AS happened, kind, action, outcome, token_verdict AS verdict, ${presented} AS presented, issued_refresh_token AS given,
  client, client_ip AS address, if(destination != '', destination, workload) AS place
FROM events
WHERE ${during('event_at')} AND (session = ${session} OR token_family = ${session})
ORDER BY happened
LIMIT 500`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 11,
      columns: { outcome: { words: outcomeColours } },
    }),
    table({
      title: 'Which alerts are about tokens?',
      description: 'Replayed, shared and reused tokens, and tokens without the key they are bound to.',
      sql: `
SELECT raised_at AS raised, severity, status, rule, title, first_seen_at AS happened, id
FROM alerts
WHERE ${scope} AND $__timeFilter_ms(raised_at) AND detector IN ('token-replay', 'refresh-token-reuse')
ORDER BY raised DESC
LIMIT 200`,
      unit: 'none',
      next: [{ title: 'All alerts', to: 'overview' }],
      width: 24,
      height: 8,
      columns: alertColumns,
    }),
  ],
}
