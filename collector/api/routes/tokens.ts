// POST /api/tokens/find: where a token was seen. The token comes in the body, is looked at once and kept nowhere.

import { type Request, Router, text } from 'express'
import { z } from 'zod'
import type { Sighting, TokenReply } from '../../../schemas/api/asking.ts'
import { scope } from '../../../schemas/api/query-values.ts'
import { answer, BadQuery, type ReadQuery } from '../answer.ts'
import type { CredentialPort, QueryPort, ReadCredential } from '../ports.ts'
import { tokenNames } from '../token-names.ts'

/** Tokens are a few kilobytes; a line of a log around one is not much more. */
const bodyBytes = 64 * 1024
const mostSightings = 200
const scopeQuery = z.strictObject(scope)

const unreadable = {
  empty: 'the body holds nothing',
  'too-short': 'what the body holds is too short to be a credential',
  'several-words': 'the body holds several words, and no JWT among them',
} as const

export interface TokenRoutesOptions {
  readonly store: Pick<QueryPort, 'sightings'>
  readonly credentials: CredentialPort
  readonly read: ReadQuery
  /** Epoch ms. */
  readonly now: () => number
}

export function tokenRoutes(options: TokenRoutesOptions): Router {
  const router = Router()
  const find = answer((request) => findToken(request, options))
  router.post('/api/tokens/find', (request, response, next) => {
    text({ type: () => true, limit: bodyBytes, inflate: false })(request, response, (cause: unknown) => {
      if (cause === undefined) find(request, response, next)
      else answer(() => Promise.reject(refusalOf(cause)))(request, response, next)
    })
  })
  return router
}

/** What the body's reader refuses; anything else is a bug, or the sender went away. */
function refusalOf(cause: unknown): BadQuery {
  const isTooLarge = cause instanceof Error && 'type' in cause && cause.type === 'entity.too.large'
  return new BadQuery(
    400,
    'unreadable-body',
    isTooLarge ? `the body is larger than ${bodyBytes} bytes` : 'the body could not be read',
    'send one token, uncompressed, as the whole body',
  )
}

async function findToken(request: Request, options: TokenRoutesOptions): Promise<TokenReply> {
  const { store, credentials, now } = options
  const { tenant, realm } = options.read(scopeQuery, request)
  const body: unknown = request.body
  const read = credentials.read(typeof body === 'string' ? body : '')
  if (typeof read === 'string')
    throw new BadQuery(400, 'no-token', unreadable[read], 'send one token as the whole body, with or without "Bearer"')
  const { references, claims } = read
  const id =
    claims.jti === undefined || claims.iss === undefined ? undefined : { issuer: claims.iss, value: claims.jti }
  const names = references.flatMap((reference) => tokenNames(reference, []))
  const found = await store.sightings({ tenant, realm, references: names, id }, mostSightings)
  const sightings = found.slice(0, mostSightings)
  return {
    form: read.form,
    references: [...references],
    claims: { ...claims },
    ...expiryOf(read, now()),
    ...summaryOf(sightings),
    sightings: [...sightings],
    cut:
      found.length > mostSightings
        ? [`it was seen in more than ${mostSightings} ways: those that began first are shown`]
        : [],
    timeline: `eastwest timeline --token ${references[0] ?? ''}`,
  }
}

function expiryOf({ claims: { exp } }: ReadCredential, now: number): Pick<TokenReply, 'expiresAt' | 'expired'> {
  // Seconds; an issuer may write whatever number it likes.
  const at = exp === undefined ? Number.NaN : exp * 1000
  if (!(Math.abs(at) <= 8.64e15)) return {}
  return { expiresAt: new Date(at).toISOString(), expired: at <= now }
}

function summaryOf(
  sightings: readonly Sighting[],
): Pick<TokenReply, 'events' | 'firstSeenAt' | 'lastSeenAt' | 'sessions'> {
  const firsts = sightings.map(({ firstSeenAt }) => firstSeenAt).sort()
  const lasts = sightings.map(({ lastSeenAt }) => lastSeenAt).sort()
  return {
    events: sightings.reduce((sum, { events }) => sum + events, 0),
    firstSeenAt: firsts[0],
    lastSeenAt: lasts.at(-1),
    sessions: [...new Set(sightings.flatMap(({ sessions }) => sessions))].sort(),
  }
}
