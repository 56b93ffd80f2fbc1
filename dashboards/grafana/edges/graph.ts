// Service edges: who calls whom, drawn.

import { stateColours } from '../building/columns.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { graph, number } from '../building/drawn.ts'
import { during, newestEdges } from '../building/sql.ts'

/** `spiffe://cluster.local/ns/shop/sa/cart` is `cart` on the map. */
const shortName = (column: string): string =>
  `if(position(${column}, '/') = 0, ${column}, arrayElement(splitByChar('/', ${column}), -1))`

/** Colours of Grafana's palette as the node graph takes them. */
const colours: Readonly<Record<string, string>> = { text: 'gray' }
const colourOfState = `transform(toString(state), [${Object.keys(stateColours)
  .map((state) => `'${state}'`)
  .join(', ')}], [${Object.values(stateColours)
  .map((colour) => `'${colours[colour] ?? colour}'`)
  .join(', ')}], 'gray')`

/** By a number of both names: numbers are grouped three times as fast. */
const calls = `(
    SELECT cityHash64(caller, destination) AS pair, count() AS calls, countIf(outcome = 'denied') AS denied
    FROM events
    WHERE ${during('event_at')} AND kind = 'access' AND caller != '' AND destination != ''
    GROUP BY pair
  )`

const count = (title: string, description: string, where: string, look?: number) =>
  number({
    title,
    description,
    sql: `
SELECT count() AS value
FROM ${newestEdges}
WHERE ${where}`,
    unit: 'none',
    ...(look === undefined ? {} : { look, bad: look * 10 }),
    next: [{ title: 'Alerts', to: 'overview' }],
    width: 6,
    height: 4,
  })

export const map: PanelGroup = {
  title: 'The map',
  panels: [
    count('How many callers are known?', 'Edges that were seen often enough to be usual.', "state = 'known'"),
    count(
      'How many callers are new, or still being learned?',
      'A new caller of a known destination raises an alert and is quarantined until a person decides or time passes.',
      "state IN ('learning', 'quarantined')",
      1,
    ),
    count('How many callers did a person deny?', 'Each call of such an edge is an alert.', "decision = 'denied'"),
    count(
      'How many callers cannot prove who they are?',
      'Their identity is an address or what they say themselves: others can claim it.',
      "caller_from NOT IN ('mtls', 'filter-state', 'xfcc')",
      1,
    ),
    graph({
      title: 'Who calls whom?',
      description:
        'Green: known. Yellow: being learned. Orange, dashed: new and in quarantine. Red: denied by a person. Blue: known, silent for long. The numbers are the calls of this time and how many of them were denied.',
      nodes: `
SELECT name AS id, any(short) AS title, any(name) AS subtitle, uniqExact(edge) AS mainstat
FROM (
  SELECT arrayJoin([(caller, ${shortName('caller')}), (destination, ${shortName('destination')})]) AS named, named.1 AS name,
    named.2 AS short, concat(caller, destination) AS edge
  FROM ${newestEdges}
)
GROUP BY name
ORDER BY mainstat DESC, id
LIMIT 1500`,
      edges: `
SELECT concat(caller, ' → ', destination) AS id, caller AS source, destination AS target, calls AS mainstat, denied AS secondarystat,
  ${colourOfState} AS color, if(state IN ('learning', 'quarantined', 'denied'), '8 4', '') AS strokeDasharray,
  least(1 + log10(1 + calls), 6) AS thickness, state AS detail__state, decision AS detail__decision,
  first_seen_at AS detail__first, last_seen_at AS detail__last, arrayStringConcat(routes, ', ') AS detail__routes
FROM ${newestEdges} AS edge
LEFT JOIN ${calls} AS called ON called.pair = cityHash64(edge.caller, edge.destination)
ORDER BY state IN ('denied', 'quarantined') DESC, calls DESC
LIMIT 3000`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 24,
      height: 18,
    }),
  ],
}
