// What processes of a fleet say of themselves.

import type { FleetProcess } from '../support/fleet-process.ts'

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
  return sumOf(metrics, 'eastwest_owned_partitions')
}

/** Records that it has not read of what it owns. */
export function behindOf(metrics: string): number {
  return sumOf(metrics, 'eastwest_role_lag_records')
}

function sumOf(metrics: string, name: string): number {
  const series = [...metrics.matchAll(new RegExp(`^${name}\\{[^}]*\\} (\\d+)`, 'gm'))]
  return series.reduce((sum, [, value]) => sum + Number(value), 0)
}
