// What a key keeps of one refund event: primitives, bounded.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Provenance } from '../../schemas/events/event-kind.ts'
import { boundedText } from '../engine/bounded-text.ts'
import type { Dated } from '../engine/ordered-set.ts'
import type { RefundBurstSettings } from './settings.ts'

/**
 * What one record says of its refund. `pending`: accepted, and its source logs what becomes of it. `reversed`: the money
 * came back. `failed`: by the record's own word it did not go. `declined`: one try was refused.
 */
export type Sign = 'accepted' | 'pending' | 'reversed' | 'failed' | 'declined'

export interface KeptRefund extends Dated {
  /** 40 bits of the event id: their sums tell sets of events apart. */
  readonly mark: number
  /** Epoch ms of append time. */
  readonly appendedAt: number
  readonly sign: Sign
  /** The refund's own id, or `''`. */
  readonly refund: string
  /** Idempotency key, or `''`. */
  readonly key: string
  /** The source's id of the record, else the request id: tells apart what names neither refund nor payment. */
  readonly record: string
  readonly payment: string
  /** Never negative. */
  readonly amountMinor: number
  /** `''`: no amount. */
  readonly currency: string
  readonly beneficiary: string
  readonly batch: string
  /** The exception's ticket that covers it, or `''`. */
  readonly ticket: string
  /** Made by somebody who refunds for a living. */
  readonly agent: boolean
  /** Provenance of the key's identity. */
  readonly from: Provenance
}

const maxTextLength = 96

/**
 * A failure by the record's own word may be the end of an accepted refund or the refusal of a try: it is kept as both. An
 * HTTP status is an answer to one try only. A record that says nothing of an outcome tells of money that went.
 */
export function signsOf({ outcome, outcomeBasis, httpStatus }: SecurityEvent): readonly Sign[] {
  const answersOneTry = httpStatus >= 0 || (outcomeBasis !== 'field' && outcomeBasis !== '')
  if (outcome === 'reversed') return ['reversed']
  if (outcome === 'failed') return answersOneTry ? ['declined'] : ['failed', 'declined']
  if (outcome === 'denied' || (outcome === '' && httpStatus >= 400)) return ['declined']
  return outcome === 'pending' ? ['pending'] : ['accepted']
}

export function isAcceptance({ sign }: KeptRefund): boolean {
  return sign === 'accepted' || sign === 'pending'
}

export function keptRefund(
  event: SecurityEvent,
  sign: Sign,
  from: Provenance,
  settings: RefundBurstSettings,
): KeptRefund {
  const bounded = (text: string): string => boundedText(text, maxTextLength)
  const id = event.eventId
  return {
    at: event.eventAt,
    id,
    mark: Number.parseInt(id.replace('-', '').slice(0, 10), 16) || 0,
    appendedAt: event.appendedAt,
    sign,
    refund: bounded(event.operationId),
    key: bounded(event.idempotencyKey),
    record: bounded(event.nativeId || event.requestId),
    payment: bounded(event.payment),
    amountMinor: event.currency === '' ? 0 : Math.abs(event.amountMinor),
    currency: bounded(event.currency),
    beneficiary: bounded(event.subject),
    batch: bounded(event.batch),
    ticket: ticketFor(event, settings),
    agent: settings.agents.actors.includes(event.actor) || settings.agents.roles.includes(event.actorRole),
    from,
  }
}

const verified: ReadonlySet<string> = new Set<Provenance>(['mtls', 'filter-state', 'xfcc', 'jwt', 'envelope'])

/** Ticket of the exception that covers the event: bound to workload identity and route, until it expires in event time. */
function ticketFor(event: SecurityEvent, { exceptions }: RefundBurstSettings): string {
  if (exceptions.length === 0) return ''
  const { caller, callerFrom, workload, route, eventAt } = event
  const covering = exceptions.find(
    (exception) =>
      exception.route === route &&
      (exception.workload === workload || (exception.workload === caller && verified.has(callerFrom))) &&
      eventAt < Date.parse(exception.expiresAt),
  )
  return covering?.ticket ?? ''
}

export function isSandbox({ environment }: SecurityEvent, { sandboxEnvironments }: RefundBurstSettings): boolean {
  return environment !== '' && sandboxEnvironments.includes(environment.toLowerCase())
}
