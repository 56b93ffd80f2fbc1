// What processes of a fleet say of themselves.

import type { FleetProcess } from './fleet-process.ts'
import { metricIn } from './metric-in.ts'

const answerMs = 5_000

/** Empty where it does not answer. */
export async function metricsOf({ url }: Pick<FleetProcess, 'url'>): Promise<string> {
  try {
    const reply = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(answerMs) })
    return await reply.text()
  } catch {
    return ''
  }
}

/** Partitions that it owns. */
export function ownedBy(metrics: string): number {
  return metricIn(metrics, 'eastwest_owned_partitions') ?? 0
}

/** Records that it has not read of what it owns. */
export function behindOf(metrics: string): number {
  return metricIn(metrics, 'eastwest_role_lag_records') ?? 0
}
