// What an application's record says happened: its kind, our name for the action, and what the names say became of it.

import type { EventKind, Outcome } from '../../../schemas/events/event-kind.ts'
import { type ActionMeaning, meaningOfAction } from './action-words.ts'
import type { Facts } from './facts.ts'

export interface Happening {
  readonly kind: Extract<EventKind, 'authn' | 'authz' | 'action'>
  readonly action: string
  /** False where the action is in the record's own words and not in ours. */
  readonly known: boolean
  readonly outcome: Outcome
}

/**
 * Believed in this order: a known action or event name, a known category, a message that consists of known words only,
 * what the envelope says, an unknown action or event name. Undefined where none of them says anything.
 */
export function whatHappened(facts: Facts, envelopeEvent: () => string): Happening | undefined {
  const action = meaningOf(facts.seeText('actionName'))
  const event = meaningOf(facts.seeText('eventName'))
  const category = meaningOf(facts.seeText('typeName'))
  const decided = [event, action, category].find((meaning) => meaning?.kind === 'authz')
  if (decided !== undefined) {
    const asked = decided === action ? event : action
    return happening(decided, asked === undefined || asked.written === '' ? undefined : asked.known || asked.written)
  }
  if (action?.known === '' && action.looks && event !== undefined && event.known !== '')
    return { kind: 'action', action: `${event.known}.${action.written}`, known: false, outcome: action.outcome }
  const known = [action, event, category].find((meaning) => meaning !== undefined && meaning.known !== '')
  if (known !== undefined) return happening(known, undefined, known.outcome || action?.outcome || event?.outcome)
  const told = meaningOf(withoutHoles(facts.seeText('message')))
  if (told !== undefined && told.known !== '' && told.kind !== 'authz') return happening(told)
  const raw = [action, event].find((meaning) => meaning !== undefined && meaning.written !== '')
  if (raw !== undefined) return { kind: 'action', action: raw.written, known: false, outcome: raw.outcome }
  return fromEnvelope(envelopeEvent())
}

function happening(meaning: ActionMeaning, action?: string, outcome: Outcome = meaning.outcome): Happening {
  return { kind: meaning.kind, action: action ?? meaning.known, known: true, outcome }
}

function meaningOf(text: string): ActionMeaning | undefined {
  return text === '' ? undefined : meaningOfAction(text)
}

/** A message template without its placeholders: `Refund {RefundId} issued` says `Refund issued`. */
function withoutHoles(message: string): string {
  return message.length > 200 ? '' : message.replace(/\{[^{}]*\}/g, ' ')
}

const maxSegments = 12

/** A reverse-domain type such as `com.shop.payments.refund.v1` says what its last segments say. */
function fromEnvelope(type: string): Happening | undefined {
  const segments = type.split(/[./]/).filter((segment) => segment !== '' && !/^v?\d+$/i.test(segment))
  for (let from = Math.max(0, segments.length - maxSegments); from < segments.length; from++) {
    const meaning = meaningOfAction(segments.slice(from).join('.'))
    if (meaning.known !== '') return happening(meaning)
  }
  const last = segments.slice(-2).join('.')
  return last === '' ? undefined : { kind: 'action', action: meaningOfAction(last).written, known: false, outcome: '' }
}
