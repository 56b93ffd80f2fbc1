// Puts together what all sources tell of one user, session, token, trace or request, in order of time.

import {
  type Followed,
  followed,
  type TimelineEntry,
  type TimelineQuery,
  type TimelineReply,
} from '../../../schemas/api/asking.ts'
import type { EventsQuery } from '../../../schemas/api/events-query.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import type { QueryPort } from '../ports.ts'
import { tokenNames } from '../token-names.ts'
import { ledBy, namesToFollow } from './hops.ts'
import { happenedIn, textIn, tokenIn, whoIn } from './wording.ts'

const mostAlerts = 200

interface Asked {
  readonly by: Followed
  /** As it was given. */
  readonly given: readonly string[]
  /** Every name of it in events. */
  readonly values: readonly string[]
}

/** An event and what led to it; `''`: it holds what was asked for. */
interface FoundEvent {
  readonly event: PlainEvent
  readonly joinedBy: string
}

export async function timelineOf(
  query: TimelineQuery,
  store: Pick<QueryPort, 'events' | 'alertsCiting'>,
  keyIds: readonly string[],
): Promise<TimelineReply> {
  const asked = askedIn(query, keyIds)
  const { tenant, realm, from, to, limit } = query
  const ask = async ({ by, values }: { by: Followed; values: readonly string[] }) => {
    const base: EventsQuery = { tenant, realm, limit, from, to, copies: 'false' }
    return store.events({ ...base, [by]: values })
  }
  const direct = await ask(asked)
  const cut = direct.next === undefined ? [] : [cutAt(direct.entries, 'hold what was asked for')]
  const found = new Map<string, FoundEvent>()
  for (const event of direct.entries) found.set(textIn(event, 'eventId'), { event, joinedBy: '' })
  const followedNames = query.expand === 'true' ? namesToFollow(asked.by, asked.values, direct.entries) : []
  for (const names of followedNames) {
    const { entries, next } = await ask(names)
    for (const event of entries) {
      const id = textIn(event, 'eventId')
      if (!found.has(id)) found.set(id, { event, joinedBy: ledBy(event, names) ?? '' })
    }
    if (next !== undefined) cut.push(cutAt(entries, `hold a ${names.by} that was followed`))
    if (names.left > 0) cut.push(`${names.left} more ${names.by}s were not followed`)
  }
  const inOrder = [...found.values()].sort((a, b) => compareEvents(a.event, b.event))
  const shown = inOrder.slice(-limit)
  if (shown.length < inOrder.length)
    cut.push(`${inOrder.length - shown.length} older events are left out: the newest ${limit} are shown`)
  const alerts = await alertsOf(query, shown, store)
  if (alerts.length >= mostAlerts) cut.push(`more than ${mostAlerts} alerts cite these events: the newest are shown`)
  return {
    asked: { by: asked.by, values: [...asked.given] },
    entries: interleaved(shown, alerts),
    joined: followedNames.map((names) => ({
      by: names.by,
      values: [...names.values],
      events: shown.filter(({ joinedBy }) => joinedBy.startsWith(`${names.by} `)).length,
    })),
    cut,
  }
}

function askedIn(query: TimelineQuery, keyIds: readonly string[]): Asked {
  const by = followed.find((name) => query[name] !== undefined) ?? 'user' // the schema asks for exactly one
  const value = query[by] ?? []
  const given = typeof value === 'string' ? [value] : value
  return { by, given, values: by === 'token' ? given.flatMap((name) => tokenNames(name, keyIds)) : given }
}

/** `events` are the newest that fitted. */
function cutAt(events: readonly PlainEvent[], what: string): string {
  const oldest = textIn(events.at(-1) ?? {}, 'eventAt')
  return `more than ${events.length} events ${what}: the newest are shown, earlier ones with --to ${oldest}`
}

function compareEvents(a: PlainEvent, b: PlainEvent): number {
  const [first, second] = [textIn(a, 'eventAt'), textIn(b, 'eventAt')]
  if (first !== second) return first < second ? -1 : 1
  return textIn(a, 'eventId') < textIn(b, 'eventId') ? -1 : 1
}

async function alertsOf(
  { tenant, realm }: TimelineQuery,
  shown: readonly FoundEvent[],
  store: Pick<QueryPort, 'alertsCiting'>,
): Promise<Awaited<ReturnType<QueryPort['alertsCiting']>>> {
  const [first, last] = [shown[0]?.event, shown.at(-1)?.event]
  if (first === undefined || last === undefined) return []
  const ids = shown.map(({ event }) => textIn(event, 'eventId'))
  const [from, to] = [Date.parse(textIn(first, 'eventAt')), Date.parse(textIn(last, 'eventAt'))]
  return store.alertsCiting({ tenant, realm, ids, from, to }, mostAlerts)
}

/** Each alert stands behind the last event shown that it cites. */
function interleaved(
  shown: readonly FoundEvent[],
  alerts: Awaited<ReturnType<typeof alertsOf>>,
): TimelineReply['entries'] {
  const places = new Map<string, number>(shown.map(({ event }, place) => [textIn(event, 'eventId'), place]))
  const behind = new Map<number, TimelineEntry[]>()
  for (const alert of alerts.toReversed()) {
    const cites = alert.evidence.map(({ eventId }) => eventId).filter((id) => places.has(id))
    // A finding beyond the evidence is shown where the alert ends, or at the end of what is shown.
    const lastBefore = shown.findLastIndex(({ event }) => textIn(event, 'eventAt') <= alert.lastSeenAt)
    const place = cites.length === 0 ? lastBefore : Math.max(...cites.map((id) => places.get(id) ?? 0))
    const at = textIn(shown[place]?.event ?? {}, 'eventAt') || alert.lastSeenAt
    behind.set(place, [...(behind.get(place) ?? []), { kind: 'alert', at, cites, alert }])
  }
  return shown.flatMap((found, place) => [entryOf(found), ...(behind.get(place) ?? [])])
}

function entryOf({ event, joinedBy }: FoundEvent): TimelineEntry {
  const source = textIn(event, 'source')
  const format = textIn(event, 'format')
  return {
    kind: 'event',
    at: textIn(event, 'eventAt'),
    source: source === '' || source === format ? format : `${format} (${source})`,
    workload: textIn(event, 'workload'),
    happened: happenedIn(event),
    outcome: textIn(event, 'outcome'),
    who: whoIn(event),
    token: tokenIn(event),
    joinedBy,
    event,
  }
}
