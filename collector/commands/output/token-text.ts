// Where a token was seen, as people read it.

import type { TokenReply } from '../../../schemas/api/asking.ts'
import { printable, type Style } from './style.ts'
import { tableText } from './table.ts'

const forms = { jwt: 'a JWT', opaque: 'an opaque token', reference: 'a reference' } as const

export function tokenText(reply: TokenReply, style: Style): string {
  const { form, references, claims, events, firstSeenAt = '', lastSeenAt = '', sessions, sightings, cut } = reply
  const fact = (name: string, value: string): string => `${style.dim(name.padEnd(10))} ${printable(value)}`
  const claimed = ['iss', 'sub', 'azp', 'client_id', 'jti', 'sid', 'scope'].flatMap((name) => {
    const value = claims[name]
    return typeof value === 'string' ? [fact(name, value)] : []
  })
  const head = [
    style.bold(events === 0 ? `${forms[form]} that was never seen` : `${forms[form]}, seen ${events} times`),
    ...references.map((reference) => fact('reference', reference)),
    ...claimed,
    ...expiry(reply, fact),
  ]
  if (events === 0) return [...head, '', ...doubts(reply)].join('\n')
  return [
    ...head,
    fact('first seen', firstSeenAt),
    fact('last seen', lastSeenAt),
    ...(sessions.length === 0 ? [] : [fact('session', sessions.join(', '))]),
    '',
    tableText(
      ['FIRST', 'LAST', 'EVENTS', 'AS', 'SOURCE', 'WORKLOAD', 'WHAT', 'OUTCOME', 'WHO', 'CALLERS', 'FROM'],
      sightings.map((seen) => [
        seen.firstSeenAt,
        seen.lastSeenAt,
        seen.events,
        seen.as,
        seen.source === seen.format ? seen.format : `${seen.format} (${seen.source})`,
        seen.workload,
        seen.action === '' ? seen.kind : seen.action,
        seen.outcome,
        [...seen.subjects, ...seen.clients.map((client) => `via ${client}`)].join(' '),
        seen.callers.join(' '),
        seen.addresses.join(' '),
      ]),
    ),
    ...cut.map(printable),
    '',
    `what was done with it: ${reply.timeline}`,
  ].join('\n')
}

function expiry({ expiresAt, expired }: TokenReply, fact: (name: string, value: string) => string): readonly string[] {
  if (expiresAt === undefined) return [fact('expires', 'the token does not say')]
  return [
    fact(
      expired === true ? 'expired' : 'expires',
      `${expiresAt}${expired === true ? '' : ': it is still good, revoke it'}`,
    ),
  ]
}

/** Why a token that was used may yet not be found. */
function doubts({ form }: TokenReply): readonly string[] {
  return [
    'no stored event holds it: sources may not log tokens, or it was used before the retention of the store',
    ...(form === 'opaque' ? ['an opaque token that only its issuer’s id was logged of is found by that id alone'] : []),
  ]
}
