// What the events found name exactly, so that it can be followed one hop further.

import type { Followed } from '../../../schemas/api/asking.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import type { EventColumnName } from '../../../schemas/events/columns.ts'

/** What can be followed without asking who is who. */
export type Hop = Exclude<Followed, 'user'>

const columnsOf: Readonly<Record<Hop, readonly EventColumnName[]>> = {
  session: ['session'],
  token: ['token', 'tokenId', 'issuedToken', 'issuedRefreshToken'],
  trace: ['traceId'],
  request: ['requestId'],
}

/**
 * A user's sessions and tokens may be named by sources that spell the user otherwise; a session has tokens; one token is
 * known by reference here and by the issuer's id there, and has been given in exchange for another; a request is part of
 * one trace. A user is never reached from a token or session: that would be everything they did.
 */
const hops: Readonly<Record<Followed, readonly Hop[]>> = {
  user: ['session', 'token'],
  session: ['token'],
  token: ['token'],
  trace: ['request'],
  request: ['trace'],
}

/** Shorter names are counters and placeholders, which others use too. */
const shortestName = 8
export const mostNames = 50

export interface NamesToFollow {
  readonly by: Hop
  readonly values: readonly string[]
  /** Names that were found beyond the bound. */
  readonly left: number
}

export function namesToFollow(
  by: Followed,
  asked: readonly string[],
  events: readonly PlainEvent[],
): readonly NamesToFollow[] {
  return hops[by].flatMap((hop) => {
    const names = new Set(events.flatMap((event) => namesIn(event, hop)))
    for (const name of asked) names.delete(name)
    const values = [...names].filter((name) => name.length >= shortestName)
    if (values.length === 0) return []
    return [{ by: hop, values: values.slice(0, mostNames), left: Math.max(0, values.length - mostNames) }]
  })
}

/** `session 7f…`: which of the names followed an event holds. */
export function ledBy(event: PlainEvent, { by, values }: NamesToFollow): string | undefined {
  const name = namesIn(event, by).find((each) => values.includes(each))
  return name === undefined ? undefined : `${by} ${name}`
}

function namesIn(event: PlainEvent, hop: Hop): readonly string[] {
  return columnsOf[hop].flatMap((column) => {
    const name = event[column]
    return typeof name === 'string' ? [name] : []
  })
}
