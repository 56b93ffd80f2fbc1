// What people decide, made records of the log: durable before anybody is told, and only then judged like all else.

import type { Alert } from '../../../schemas/alerts.ts'
import {
  type Decision,
  decisionFormat,
  decisionLine,
  decisionReceiver,
  decisionSchema,
  decisionSchemaName,
} from '../../../schemas/decision.ts'
import { isClosing, type JudgedRecord } from '../../../schemas/findings.ts'
import type { Alerts } from '../../alerts/alerts.ts'
import { BadQuery } from '../../api/answer.ts'
import type { DecisionsPort, QueryPort } from '../../api/ports.ts'
import { skewMs } from '../../decoders/row-writer.ts'
import type { Coordinate, Log } from '../../log/log.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'

export interface DecisionsOptions {
  readonly log: Log
  readonly scrubber: Scrubber
  /** Of decisions whose request names none. */
  readonly tenant: string
  readonly alerts: Pick<Alerts, 'alert' | 'exceptions'>
  readonly edges: QueryPort['edges']
  readonly reload: DecisionsPort['reload']
  /** Epoch ms. */
  readonly now: () => number
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Decisions extends DecisionsPort {
  /** To be told of what the alerts room has folded. */
  folded(records: readonly JudgedRecord[]): void
}

interface Scope {
  readonly tenant: string
  readonly realm: string
}

export type Undated<Each> = Each extends unknown ? Omit<Each, 'schema' | 'at'> : never

/** Longest an answer waits for judging to reach the decision. */
export const longestWaitMs = 10_000

export function openDecisions(options: DecisionsOptions): Decisions {
  const { alerts, now } = options
  /** By offset of the decision's record. */
  const waiting = new Map<number, () => void>()
  const isFolded = async (offset: number): Promise<boolean> => {
    const over = new AbortController()
    const folded = new Promise<boolean>((resolve) => waiting.set(offset, () => resolve(true)))
    const late = options.wait(longestWaitMs, over.signal).then(() => false)
    return Promise.race([folded, late]).finally(() => {
      waiting.delete(offset)
      over.abort()
    })
  }
  return {
    async closeAlert({ tenant = options.tenant, realm }, id, { as, by, note }) {
      const held = (): Alert | undefined => {
        const alert = alerts.alert(id, realm)
        return alert?.tenant === tenant ? alert : undefined
      }
      const before = held()
      if (before === undefined) return undefined
      if (before.status !== 'open' && isSaid(before, as, by, note)) return { alert: before, applied: true }
      const { coordinate } = await appendDecision(
        options,
        { tenant, realm },
        { decision: 'alert.close', alert: id, as, by, note },
      )
      const applied = await isFolded(coordinate.offset)
      return { alert: held() ?? before, applied }
    },
    decideEdge: edgeDecider(options),
    reload: options.reload,
    exceptions: () =>
      alerts.exceptions().map(({ lastAteAt, ...exception }) => ({
        ...exception,
        expired: Date.parse(exception.expires) <= now(),
        lastAteAt: lastAteAt === undefined ? '' : new Date(lastAteAt).toISOString(),
      })),
    folded(records) {
      for (const record of records) if (isClosing(record)) waiting.get(record.position.offset)?.()
    },
  }
}

/** Appends what is decided on an edge; it holds for calls that are judged after it. */
export function edgeDecider(
  options: Pick<DecisionsOptions, 'log' | 'scrubber' | 'now' | 'tenant' | 'edges'>,
): DecisionsPort['decideEdge'] {
  return async ({ tenant = options.tenant, realm }, decision, { caller, destination, by, note }) => {
    const scope = { tenant, realm }
    const { at, coordinate } = await appendDecision(options, scope, { decision, caller, destination, by, note })
    return { at, coordinate, warnings: await unseenWarnings(options, scope, caller, destination) }
  }
}

export interface AppendedDecision {
  /** RFC 3339: when it was decided. */
  readonly at: string
  readonly coordinate: Coordinate
}

/**
 * Scrubbed and stamped in the same turn as its append: what is judged by it comes after it in the log.
 * @param partition of `ingest`; any where it is left out
 * @throws BadQuery when it is no decision any more once its credentials are taken out
 */
export async function appendDecision(
  { log, scrubber, now }: Pick<DecisionsOptions, 'log' | 'scrubber' | 'now'>,
  scope: Scope,
  decision: Undated<Decision>,
  partition?: number,
): Promise<AppendedDecision> {
  const decidedAt = now()
  const first = await appendDated({ log, scrubber }, scope, decision, decidedAt, partition)
  // A clock ahead of the brokers': what has not happened yet is judged by nobody.
  if (decidedAt <= first.appendedAt + skewMs) return first
  return appendDated({ log, scrubber }, scope, decision, first.appendedAt, partition)
}

async function appendDated(
  { log, scrubber }: Pick<DecisionsOptions, 'log' | 'scrubber'>,
  scope: Scope,
  decision: Undated<Decision>,
  decidedAt: number,
  partition: number | undefined,
): Promise<AppendedDecision & { readonly appendedAt: number }> {
  const at = new Date(decidedAt).toISOString()
  const line = decisionLine({ schema: decisionSchemaName, at, ...decision })
  const scrubbed = scrubber.scrub(Buffer.from(line, 'utf8'))
  if (!decisionSchema.safeParse(JSON.parse(Buffer.from(scrubbed).toString('utf8'))).success)
    throw new BadQuery(400, 'bad-body', 'with its credentials taken out it is too long', 'leave credentials out')
  const headers = { format: decisionFormat, source: 'api', receiver: decisionReceiver, ...scope }
  const [receipt] = await log.append('ingest', [{ value: scrubbed, headers }], partition)
  if (receipt === undefined) throw new RangeError('an append of one record gave no receipt')
  return { at, coordinate: receipt.coordinate, appendedAt: receipt.appendedAt }
}

/** Somebody has decided just that of the alert, last. */
export function isSaid({ feedback }: Alert, as: string, by: string, note: string): boolean {
  return feedback !== null && feedback.as === as && feedback.by === by && feedback.note === note
}

/** A slip of the pen names an edge that nobody ever saw. The decision holds all the same. */
async function unseenWarnings(
  { edges }: Pick<DecisionsOptions, 'edges'>,
  { tenant, realm }: Scope,
  caller: string,
  destination: string,
): Promise<string[]> {
  try {
    const { entries } = await edges({ tenant, realm, caller, destination, limit: 1 })
    return entries.length > 0
      ? []
      : ['no call on that edge was seen so far: compare the names with "eastwest edges list"']
  } catch (cause) {
    // Decided is decided: whether the edge is known can be asked when the store answers again.
    if (cause instanceof Error && 'retryable' in cause) return []
    throw cause
  }
}
