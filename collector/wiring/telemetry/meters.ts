// The declared metrics as instruments: counts, sizes and times under the names and labels that `schemas` fixes.

import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api'
import { type MetricName, metrics } from '../../../schemas/metrics.ts'

type Named<Kind> = { [K in MetricName]: (typeof metrics)[K]['kind'] extends Kind ? K : never }[MetricName]

export interface Meters {
  count(name: Named<'counter'>, by?: number, labels?: Attributes): void
  /** Seconds. */
  time(name: Named<'histogram'>, seconds: number, labels?: Attributes): void
  /** Asked at each collection; each entry is a value with its labels. */
  gauge(name: Named<'gauge'>, read: () => readonly (readonly [value: number, labels?: Attributes])[]): void
}

// From 0.5 ms to 10 s: a chunk in a stage, an append, an alert.
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function openMeters(meter: Meter): Meters {
  const counters = new Map<MetricName, Counter>()
  const histograms = new Map<MetricName, Histogram>()
  for (const name of Object.keys(metrics) as MetricName[]) {
    // keys of a const object are exactly its names
    const { name: published, unit, meaning: description, kind } = metrics[name]
    if (kind === 'counter') counters.set(name, meter.createCounter(published, { unit, description }))
    if (kind === 'histogram')
      histograms.set(
        name,
        meter.createHistogram(published, { unit, description, advice: { explicitBucketBoundaries: bounds } }),
      )
  }
  return {
    count: (name, by = 1, labels) => counters.get(name)?.add(by, labels),
    time: (name, seconds, labels) => histograms.get(name)?.record(seconds, labels),
    gauge: (name, read) => {
      const { name: published, unit, meaning: description } = metrics[name]
      meter.createObservableGauge(published, { unit, description }).addCallback((result) => {
        for (const [value, labels] of read()) result.observe(value, labels)
      })
    },
  }
}
