// Judges an event anew over the stored events of its keys, where the running detectors have forgotten them.

import { hash } from 'node:crypto'
import { type Engine, openEngine } from '../../../detectors/engine/engine.ts'
import type { OpenDetector } from '../../../detectors/engine/entry.ts'
import { isUnheld, type StageExamination } from '../../../detectors/engine/examining.ts'
import type { EventsQuery } from '../../../schemas/api/events-query.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Keyspace } from '../../../schemas/findings.ts'
import type { QueryPort } from '../../api/ports.ts'
import { type ExaminedBy, examineEvents } from './examine.ts'
import { appendStored, storedEvent } from './stored-event.ts'

const mostBefore = 2_000
const mostAfter = 1_000
/** Nothing later than this bears on whether a window around the event was full. */
const afterMs = 86_400_000
/** Rows of its kind after the event that may bear on it where a stage forgets it soon. */
const asksAfter = 10

export interface Rebuilt {
  readonly examined: readonly ExaminedBy[]
  /** What it was rebuilt from. */
  readonly from: string
}

/** By what the stored events of a keyspace are found; of others there are too many, or no column tells. */
type Filter = Pick<EventsQuery, 'subject' | 'actor' | 'client' | 'session' | 'tokenFamily' | 'token'>

const filters: Partial<Record<Keyspace, (event: SecurityEvent) => Filter>> = {
  subject: ({ subject }) => ({ subject }),
  actor: ({ actor }) => ({ actor }),
  client: ({ client }) => ({ client }),
  session: ({ session }) => ({ session: [session] }),
  family: ({ session, tokenFamily, token, tokenId }) =>
    session !== '' ? { session: [session] } : tokenFamily !== '' ? { tokenFamily } : tokensOf(token, tokenId),
  token: ({ token, tokenId }) => tokensOf(token, tokenId),
}

function tokensOf(...names: readonly string[]): Filter {
  return { token: names.filter((name) => name !== '') }
}

/** Of these kinds alone, where others of the same name say nothing to the stage. */
const kindsOf: Partial<Record<Keyspace, Pick<EventsQuery, 'kind'>>> = { family: { kind: ['authn'] } }

export function canRebuild(keyspace: Keyspace): boolean {
  return filters[keyspace] !== undefined
}

/** Undefined: no keyspace given can be rebuilt for this event. */
export async function rebuild(
  plain: PlainEvent,
  detectors: readonly OpenDetector[],
  latenessMs: Readonly<Record<string, number>>,
  keyspaces: readonly Keyspace[],
  store: Pick<QueryPort, 'events'>,
): Promise<Rebuilt | undefined> {
  const event = storedEvent(plain)
  const queries = keyspaces.flatMap((keyspace) => {
    const filter = filters[keyspace]?.(event)
    return filter !== undefined && Object.values(filter).flat().join('') !== ''
      ? [{ ...filter, ...kindsOf[keyspace] }]
      : []
  })
  if (queries.length === 0) return undefined
  const { tenant, realm, eventAt } = event
  const base = { tenant, realm, copies: 'false' } as const
  const pages = await Promise.all(
    queries.flatMap((filter) => [
      store.events({ ...base, ...filter, to: eventAt + 1, limit: mostBefore }),
      store.events({ ...base, ...filter, from: eventAt, to: eventAt + afterMs, limit: mostAfter }),
    ]),
  )
  const rows = new Map(pages.flatMap(({ entries }) => entries.map((entry) => [String(entry.eventId), entry] as const)))
  const inLogOrder = [...rows.values()].map(storedEvent).sort(compareLogged)
  const engine = openEngine({ detectors, latenessMs, digest: (text) => hash('sha256', text, 'hex') })
  const batch = new EventBatch(Math.max(1, inLogOrder.length))
  for (const row of inLogOrder) appendStored(batch, row)
  const oldest = inLogOrder.reduce((least, row) => Math.min(least, row.eventAt), eventAt)
  const isCut = pages.some(({ next }) => next !== undefined)
  return {
    examined: examinedOver(engine, batch, askedAt(inLogOrder, event), () => {
      return examineEvents(engine, detectors, [event])[0] ?? []
    }),
    from: `${inLogOrder.length} stored events from ${new Date(oldest).toISOString()} on${isCut ? '; there are more, which were not looked at' : ''}`,
  }
}

/** Behind the event, behind each of the few next ones of its kind, and behind all: numbers of rows, in order. */
function askedAt(inLogOrder: readonly SecurityEvent[], { eventId, kind }: SecurityEvent): readonly number[] {
  const at = inLogOrder.findIndex((each) => each.eventId === eventId)
  const next = inLogOrder.flatMap((each, index) => (index > at && each.kind === kind ? [index + 1] : []))
  return [at + 1, ...next.slice(0, asksAfter), inLogOrder.length]
}

/** A stage may forget an event by itself once nothing that comes can change what it is: the last answer it still had is the one. */
function examinedOver(
  engine: Engine,
  batch: EventBatch,
  askedAt: readonly number[],
  ask: () => readonly ExaminedBy[],
): readonly ExaminedBy[] {
  let answers: readonly ExaminedBy[] = []
  let from = 0
  for (const to of askedAt) {
    engine.observe(batch, from, to, [])
    from = to
    answers = ask().map((found, index) => withHeld(found, answers[index]))
  }
  return answers
}

function withHeld(now: ExaminedBy, before: ExaminedBy | undefined): ExaminedBy {
  return {
    ...now,
    stages: now.stages.map((stage, index) => (isForgotten(stage) ? (before?.stages[index] ?? stage) : stage)),
  }
}

export function isForgotten({ untaken, examination }: StageExamination): boolean {
  return isUnheld(untaken) || examination?.forgotten === true
}

function compareLogged(a: SecurityEvent, b: SecurityEvent): number {
  return a.appendedAt - b.appendedAt || a.offset - b.offset || a.index - b.index
}
