// Lets a gauge show what was observed last. The SDK keeps whatever has the latest wall time: after a host's clock was set
// back by an hour, no gauge would change for an hour (`LastValueAggregator` of @opentelemetry/sdk-metrics 2.12).

import { createRequire } from 'node:module'

interface Aggregator<Accumulation> {
  merge(previous: Accumulation, newer: Accumulation): Accumulation
  diff(previous: Accumulation, newer: Accumulation): Accumulation
}

interface Accumulation {
  readonly startTime: unknown
  readonly sampleTime: unknown
  toPointValue(): number
}

interface Internals {
  readonly LastValueAggregator: { readonly prototype: Aggregator<Accumulation> }
  readonly LastValueAccumulation: new (startTime: unknown, value: number, sampleTime: unknown) => Accumulation
}

const require = createRequire(import.meta.url)
// The copy that the SDK itself loads; it does not declare what lies below its index, and a test runs over what is used.
const { LastValueAggregator, LastValueAccumulation } = createRequire(require.resolve('@opentelemetry/sdk-node'))(
  '@opentelemetry/sdk-metrics/build/src/aggregator/LastValue',
) as Internals

/** For all meters of this process, from now on. */
export function showNewestGauges(): void {
  Object.assign(LastValueAggregator.prototype, {
    merge: (previous, newer) => new LastValueAccumulation(previous.startTime, newer.toPointValue(), newer.sampleTime),
    diff: (_, newer) => newer,
  } satisfies Aggregator<Accumulation>)
}
