// Meters for a run without telemetry: sums that the run itself asks for.

import type { Attributes } from '@opentelemetry/api'
import { type MetricName, metrics } from '../../../schemas/metrics.ts'
import type { Meters } from '../telemetry/meters.ts'

export interface CountingMeters extends Meters {
  sum(name: MetricName): number
  /** Sums of a metric by the value of one label. */
  sums(name: MetricName, label: string): ReadonlyMap<string, number>
}

export function openCountingMeters(): CountingMeters {
  const counts = new Map<string, { readonly labels: Attributes; sum: number }[]>()
  const entriesOf = (name: string): { readonly labels: Attributes; sum: number }[] => {
    const entries = counts.get(name) ?? []
    counts.set(name, entries)
    return entries
  }
  return {
    count: (name, by = 1, labels = {}) => {
      const entries = entriesOf(name)
      const same = entries.find((entry) => metrics[name].labels.every((label) => entry.labels[label] === labels[label]))
      if (same === undefined) entries.push({ labels, sum: by })
      else same.sum += by
    },
    time: () => undefined,
    gauge: () => undefined,
    sum: (name) => entriesOf(name).reduce((sum, entry) => sum + entry.sum, 0),
    sums: (name, label) => new Map(entriesOf(name).map((entry) => [String(entry.labels[label]), entry.sum])),
  }
}
