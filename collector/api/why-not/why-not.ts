// Finds the events that are asked about, has the detectors examine them, and says what was found.

import { questioned, type WhyNotQuery, type WhyNotReply } from '../../../schemas/api/asking.ts'
import type { Page, PlainEvent } from '../../../schemas/api/queries.ts'
import { BadQuery } from '../answer.ts'
import type { ExaminePort, QueryPort } from '../ports.ts'
import { textIn } from '../timeline/wording.ts'
import { whyNotText } from './text.ts'

/** Events of one request or trace that are looked at: those that happened last. */
const mostEvents = 50
const mostAlerts = 100

export async function whyNot(
  query: WhyNotQuery,
  store: Pick<QueryPort, 'events' | 'alertsCiting'>,
  { examine, detectors, latenessMs }: ExaminePort,
): Promise<WhyNotReply> {
  const { tenant, realm, detector } = query
  if (detector !== undefined && !detectors.includes(detector))
    throw new BadQuery(400, 'no-such-detector', 'no detector has that name', `there are ${detectors.join(', ')}`)
  const by = questioned.find((name) => query[name] !== undefined) ?? 'event' // the schema asks for exactly one
  const value = query[by] ?? ''
  const { entries, next } = await eventsOf(query, store)
  if (entries.length === 0)
    throw new BadQuery(
      404,
      'no-such-event',
      `no stored event has that ${by}`,
      'it may have been quarantined (GET /api/quarantine), have outlived the store’s retention, or not be stored yet',
    )
  const times = entries.map((event) => Date.parse(textIn(event, 'eventAt')))
  const ids = entries.map((event) => textIn(event, 'eventId'))
  const [alerts, examinations] = await Promise.all([
    store.alertsCiting({ tenant, realm, ids, from: Math.min(...times), to: Math.max(...times) }, mostAlerts),
    examine(entries, detector),
  ])
  const asked = Object.entries(latenessMs).filter(([id]) => detector === undefined || id === detector)
  const events = entries.map((event, at) => ({
    event,
    alerts: alerts.filter(({ evidence }) => citesIt(evidence, ids[at] ?? '', ids)),
    detectors: [...(examinations[at] ?? [])],
    notes: notesOn(event, asked),
  }))
  const unseen = next === undefined ? [] : [`more than ${mostEvents} events have that ${by}: the last are looked at`]
  const reply = { asked: { by, value }, events: events.toReversed(), unseen }
  return { ...reply, text: whyNotText(reply) }
}

function eventsOf(
  { tenant, realm, event, request, trace }: WhyNotQuery,
  store: Pick<QueryPort, 'events'>,
): Promise<Page<PlainEvent>> {
  return store.events({
    tenant,
    realm,
    limit: mostEvents,
    copies: 'false',
    id: event,
    request: request === undefined ? undefined : [request],
    trace: trace === undefined ? undefined : [trace],
  })
}

/** An alert that cites none of them as evidence has a finding among them, which its own page does not tell apart. */
function citesIt(evidence: readonly { readonly eventId: string }[], id: string, ids: readonly string[]): boolean {
  const cited = evidence.map(({ eventId }) => eventId)
  return cited.includes(id) || !ids.some((each) => cited.includes(each))
}

/** What the event itself says of how it could be judged. */
function notesOn(event: PlainEvent, lateness: readonly (readonly [detector: string, latenessMs: number])[]): string[] {
  const delayMs = Date.parse(textIn(event, 'appendedAt')) - Date.parse(textIn(event, 'eventAt'))
  const late = lateness.flatMap(([id, waits]) => (delayMs > waits ? [`${id} (${waits / 1000} s)`] : []))
  return [
    ...(event.skew === 1 ? ['it is stamped ahead of its arrival: it takes part in no time window'] : []),
    ...(late.length > 0
      ? [
          `it arrived ${Math.round(delayMs / 1000)} s after it happened, later than ${late.join(', ')} waits: what it should have been judged with may have been gone by then (detectors.latenessMs, detectors.latenessByFormat)`,
        ]
      : []),
  ]
}
