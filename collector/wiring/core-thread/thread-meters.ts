// What the core measures, collected and handed to the thread that publishes it.

import type { Meters } from '../telemetry/meters.ts'

type Counts = Pick<Meters, 'count' | 'time'>

/** One call of `Meters`. */
export type Measurement =
  | readonly ['count', ...Parameters<Meters['count']>]
  | readonly ['time', ...Parameters<Meters['time']>]

export interface ThreadMeters extends Counts {
  /** Everything since the last call. */
  take(): readonly Measurement[]
}

export function openThreadMeters(): ThreadMeters {
  let waiting: Measurement[] = []
  return {
    count: (...call) => waiting.push(['count', ...call]),
    time: (...call) => waiting.push(['time', ...call]),
    take: () => {
      const taken = waiting
      waiting = []
      return taken
    },
  }
}

export function publish(meters: Counts, measurements: readonly Measurement[]): void {
  for (const measurement of measurements) {
    if (measurement[0] === 'count') meters.count(measurement[1], measurement[2], measurement[3])
    else meters.time(measurement[1], measurement[2], measurement[3])
  }
}
