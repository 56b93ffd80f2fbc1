// Says what an event tells in a few words: what happened, to whom, with which token.

import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { currencyDecimals } from '../../../schemas/currency.ts'
import type { EventColumnName } from '../../../schemas/events/columns.ts'
import { readTokenName } from '../../../schemas/token-name.ts'

const longest = 300

/** Column values as text; `''` where the event does not say. */
export function textIn(event: PlainEvent, column: EventColumnName): string {
  const value = event[column]
  return value === undefined || typeof value === 'object' ? '' : String(value)
}

// Controls, line ends, zero-width and bidirectional marks: strangers wrote these texts, and each is shown on one line.
const unfitToShow = /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu

/** Bounded, and on one line. */
export function shown(text: string): string {
  const head = text.length > longest ? `${text.slice(0, longest - 1)}…` : text
  return head.replace(unfitToShow, '\ufffd')
}

export function happenedIn(event: PlainEvent): string {
  const has = (column: EventColumnName): string => textIn(event, column)
  const because = has('tokenVerdict') || has('outcomeReason') || has('policy')
  return joined([...wordsOf(event, has), because === '' ? '' : `(${because})`])
}

function wordsOf(event: PlainEvent, has: (column: EventColumnName) => string): readonly string[] {
  const to = has('destination') === '' ? '' : `to ${has('destination')}`
  const request = joined([has('method'), has('route') || has('path') || has('host')])
  const status = has('httpStatus') || has('grpcStatus')
  const answered = status === '' ? '' : `→ ${status}`
  switch (has('kind')) {
    case 'access':
      return [request || 'connection', to, answered]
    case 'span':
      return [has('spanName') || request, to, answered]
    case 'authz':
      return [has('action') || request || 'decision', has('resource') && `on ${has('resource')}`]
    case 'authn': {
      const issued = has('issuedToken') !== '' || has('issuedRefreshToken') !== '' ? 'with new tokens' : ''
      return [has('action') || 'authentication', has('tokenKind') && `of ${has('tokenKind')}`, issued]
    }
    default:
      return [has('action') || request || 'event', moneyIn(event), has('payment') && `for ${has('payment')}`]
  }
}

function moneyIn(event: PlainEvent): string {
  const { amountMinor, currency } = event
  if (typeof amountMinor !== 'number' || typeof currency !== 'string') return ''
  const decimals = currencyDecimals(currency)
  return `of ${(amountMinor / 10 ** decimals).toFixed(decimals)} ${currency}`
}

/** `alice by bob via web-app`, else the calling workload. */
export function whoIn(event: PlainEvent): string {
  const subject = textIn(event, 'subject')
  const actor = textIn(event, 'actor')
  const client = textIn(event, 'client')
  const people = joined([subject, actor === '' || actor === subject ? '' : `by ${actor}`, client && `via ${client}`])
  return people || shown(textIn(event, 'caller') || textIn(event, 'clientIp') || textIn(event, 'sourceIp'))
}

/** Enough of a token's name to tell it from others on a page. */
export function tokenIn(event: PlainEvent): string {
  const token = textIn(event, 'token') || textIn(event, 'tokenId')
  const reference = readTokenName(token)
  if (reference !== undefined) return `${reference.keyId}.${reference.hash.slice(0, 8)}…`
  return shown(token.length > 13 ? `${token.slice(0, 12)}…` : token)
}

function joined(parts: readonly string[]): string {
  return shown(parts.filter((part) => part !== '').join(' '))
}
