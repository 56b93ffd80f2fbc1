// What is kept of an event that counts by itself, and how the first few of many are kept whatever their order.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { type Dated, insertDated } from '../engine/ordered-set.ts'
import { hash64 } from '../engine/stable-hash.ts'
import { lineOf } from './stretch.ts'

export interface KeptEvent extends Dated {
  /** Which condition holds at it. */
  readonly rung: string
  /** Hash of the request, by which hops and attempts are one; `''`: not known. */
  readonly request: string
  readonly subject: string
  readonly client: string
  /** Who or what presented it, as far as the record says. */
  readonly presenter: string
  /** Refused by whoever recorded it. */
  readonly refused: boolean
}

export function keptEvent(event: SecurityEvent, rung: string): KeptEvent {
  return {
    at: event.eventAt,
    id: event.eventId,
    rung,
    request: requestOf(event),
    subject: lineOf(event.subject, 96),
    client: lineOf(event.client, 96),
    presenter: lineOf(event.clientIp || event.caller || event.workload || event.sourceIp, 96),
    refused: isRefused(event),
  }
}

export function isRefused({ outcome, httpStatus }: SecurityEvent): boolean {
  return outcome === 'denied' || httpStatus === 401 || httpStatus === 403
}

/** The same for every hop and attempt of one request; `''` where nothing tells. An issuer's record is a request of its own. */
export function requestOf(event: SecurityEvent): string {
  const name = event.requestId || event.traceId || (event.kind === 'authn' ? event.nativeId || event.eventId : '')
  return name === '' ? '' : hash64(name)
}

/** Keeps the first `max` and the last. How many were let go; undefined when the event was there before. */
export function keepEvent(events: KeptEvent[], event: KeptEvent, max: number): number | undefined {
  if (insertDated(events, event) < 0) return undefined
  if (events.length <= max) return 0
  events.splice(max - 1, events.length - max)
  return 1
}

/** One for each request: the first. */
export function distinctRequests(events: readonly KeptEvent[]): readonly KeptEvent[] {
  const seen = new Set<string>()
  return events.filter(({ request, id }) => {
    const name = request === '' ? id : request
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}
