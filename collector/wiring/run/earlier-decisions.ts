// Tells a stage that had to be made anew of the decisions on edges that the log has let go of since.

import { eventsQuery } from '../../../schemas/api/events-query.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { type Decision, decisionFormat, decisionLine, decisionOf, decisionReceiver } from '../../../schemas/decision.ts'
import type { QueryPort } from '../../api/ports.ts'
import type { Log } from '../../log/log.ts'

export interface EarlierDecisionsOptions {
  readonly log: Pick<Log, 'append'>
  readonly events: QueryPort['events']
  readonly tenant: string
  /** Whether a decision is read again anyway. */
  readonly isHeld: (event: PlainEvent) => boolean
}

/** What the detection says of a stage that keeps decisions, or of all stages, when it reads the log again for it. */
const keepers = ['unexpected-caller/by-destination:', 'all:']

export function keepsDecisions(rebuilt: string): boolean {
  return keepers.some((keeper) => rebuilt.startsWith(keeper))
}

const pageSize = '1000'
const realm = 'live'

/**
 * Appends each of them again, as it was: the same event to whoever knows it, and new to who does not. Calls that are read
 * again before it are those of a time in which everything is learned anew. How many there were; rejects with
 * `retryable` while store or log do not work.
 */
export async function tellEarlierDecisions({ log, events, tenant, isHeld }: EarlierDecisionsOptions): Promise<number> {
  const lines = new Set<string>()
  const kept = new Set<string>()
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const query = eventsQuery.parse({ tenant, realm, format: decisionFormat, limit: pageSize, cursor })
    const page = await events(query)
    for (const event of page.entries) {
      const decision = decisionOf(event)
      if (decision === undefined || !isOnEdge(decision)) continue
      if (isHeld(event)) kept.add(decisionLine(decision))
      else lines.add(decisionLine(decision))
    }
    cursor = page.next
  }
  const again = [...lines].filter((line) => !kept.has(line)).reverse()
  const headers = { format: decisionFormat, source: 'api', receiver: decisionReceiver, tenant, realm }
  if (again.length > 0)
    await log.append(
      'ingest',
      again.map((line) => ({ value: Buffer.from(line, 'utf8'), headers })),
    )
  return again.length
}

/** In the one partition of the log. */
export function heldIn(log: Pick<Log, 'bounds'>): EarlierDecisionsOptions['isHeld'] {
  const { firstOffset, incarnation } = log.bounds('ingest')
  return (event) => event.incarnation === incarnation && Number(event.offset) >= firstOffset
}

function isOnEdge({ decision }: Decision): boolean {
  return decision === 'edge.accept' || decision === 'edge.deny'
}
