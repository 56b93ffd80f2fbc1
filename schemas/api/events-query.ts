// What may be asked of the events: by whom, with what, where, when, and how it went.

import { z } from 'zod'
import { eventKinds, outcomes } from '../events/event-kind.ts'
import { instant, listOf, page, term } from './query-values.ts'

const outcome = z.enum(outcomes.filter((word) => word !== '') as [string, ...string[]]) // a const list with entries

/** Attempts that did not succeed, whatever kind of source tells of them. */
export const failures = ['authentication', 'authorization', 'any'] as const
export type Failure = (typeof failures)[number]

export const eventsQuery = z.strictObject({
  ...page,
  id: term.optional().describe('Event id.'),
  user: listOf(
    term,
    'Subject or actor, exactly as a source spells it: an id here, a user name there. Give every spelling that is known.',
  ).optional(),
  subject: term.optional().describe('Subject, exactly: whom it is about.'),
  actor: term.optional().describe('Actor, exactly: who did it, where that is somebody else.'),
  client: term.optional().describe('OAuth client or authorized party.'),
  session: listOf(term, 'Session, as its issuer names it.').optional(),
  token: listOf(
    term,
    'Token: its reference (with or without claims), the hash of that under any kept key, or the issuer’s own id of it. Finds where it was presented and where it was issued.',
  ).optional(),
  tokenFamily: term.optional().describe('Grant whose refresh tokens descend from each other.'),
  trace: listOf(term, 'Trace id, in any case.').optional(),
  request: listOf(term, 'Request id.').optional(),
  caller: term.optional().describe('Identity of the calling workload.'),
  destination: term.optional().describe('Identity of the called workload.'),
  workload: term.optional().describe('Reporting workload, caller or destination.'),
  source: term.optional().describe('Where the record entered.'),
  kind: listOf(z.enum(eventKinds), 'Kind of event.').optional(),
  action: listOf(term, 'Action: login, token.refresh, refund …').optional(),
  outcome: listOf(outcome, 'Outcome.').optional(),
  failed: z
    .enum(failures)
    .optional()
    .describe(
      'Only what failed. `authentication`: authn events denied or failed, and requests refused for want of a valid credential (401, gRPC 16). `authorization`: decisions denied or failed, and requests forbidden (403, gRPC 7). `any`: every outcome denied or failed.',
    ),
  format: term.optional().describe('Decoder that read it.'),
  from: instant.optional().describe('Happened at or after.'),
  to: instant.optional().describe('Happened before.'),
  copies: z.enum(['true', 'false']).default('false').describe('Show flagged copies too.'),
})
export type EventsQuery = z.output<typeof eventsQuery>
