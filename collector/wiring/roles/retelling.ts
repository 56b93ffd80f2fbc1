// Tells again what people decided on edges, where a share of the keys begins anew and its topic does not hold it any more.

import type { Log } from '../../log/log.ts'
import { tellEarlierDecisions } from '../run/earlier-decisions.ts'
import type { Outages } from '../run/outages.ts'
import type { Queries } from '../run/queries.ts'
import { repeat } from '../run/repeat.ts'

export interface RetellingOptions {
  readonly tenant: string
  /** Of the process. */
  readonly member: string
  /** Shows `control`, and spreads what is appended over `ingest`. */
  readonly log: Pick<Log, 'append' | 'readCompacted'>
  readonly events: Queries['events']
  readonly outages: Pick<Outages, 'set'>
  readonly onFailure: (cause: unknown) => void
}

export interface Retelling {
  /**
   * A share begins anew with what was appended from `heldFrom` on, epoch ms. Once it resolves the decisions from before will
   * be told again, if not by this process then by the next.
   */
  forgot(heldFrom: number): Promise<void>
  close(): void
}

const everyMs = 1_000
const prefix = 'retelling/'

export function openRetelling(options: RetellingOptions): Retelling {
  const { tenant, member, log, events } = options
  /** By key of its record: what is told again of. Those of processes that ended before they had done it come first. */
  const owed = new Map<string, number>()
  for (const { key = '', value } of log.readCompacted('control'))
    if (key.startsWith(prefix)) owed.set(key, Number(Buffer.from(value ?? []).toString('utf8')))
  const close = repeat(everyMs, { ...options, part: 'earlier decisions' }, async () => {
    if (owed.size === 0) return
    const told = [...owed]
    const heldFrom = Math.max(...told.map(([, from]) => from))
    const isHeld = ({ appendedAt }: { readonly appendedAt?: unknown }) => Date.parse(String(appendedAt)) >= heldFrom
    await tellEarlierDecisions({ log, events, tenant, isHeld })
    const done = told.filter(([key, from]) => owed.get(key) === from).map(([key]) => key)
    await log.append(
      'control',
      done.map((key) => ({ key, value: null })),
    )
    for (const key of done) owed.delete(key)
  })
  return {
    forgot: async (heldFrom) => {
      const key = `${prefix}${member}`
      const from = Math.max(heldFrom, owed.get(key) ?? heldFrom)
      await log.append('control', [{ key, value: Buffer.from(String(from), 'utf8') }])
      owed.set(key, Math.max(from, owed.get(key) ?? from))
    },
    close,
  }
}
