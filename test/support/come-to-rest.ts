// Waits until a collector has judged, stored and delivered all that it took.

import { metricIn } from './metric-in.ts'

/** What must be 0. */
export const waitingMetrics = {
  /** Of topics of others. */
  read: 'eastwest_source_lag_records',
  judged: 'eastwest_log_lag_records',
  stored: 'eastwest_store_unstored_records',
  delivered: 'eastwest_outbox_depth',
} as const

export type Waiting = keyof typeof waitingMetrics

/** Longest time without any progress. */
const settleMs = 120_000
const lookMs = 500

/** Resolves once nothing waits for three looks in a row; rejects once nothing has changed for `patienceMs`. */
export async function comeToRest(
  url: string,
  kinds: readonly Waiting[] = ['judged', 'stored', 'delivered'],
  patienceMs = settleMs,
): Promise<void> {
  let changedAt = Date.now()
  let before = ''
  for (let quiet = 0; quiet < 3; ) {
    const text = await (await fetch(`${url}/metrics`)).text()
    const waiting = kinds.map((kind) => metricIn(text, waitingMetrics[kind]))
    const now = waiting.join(' ')
    if (now !== before) changedAt = Date.now()
    before = now
    quiet = waiting.every((value) => value === 0) ? quiet + 1 : 0
    if (Date.now() - changedAt > patienceMs) throw new Error(`the collector does not come to rest: ${now}`)
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}
