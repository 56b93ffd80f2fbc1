// Gauges of a process with roles: what it owns, how far it is behind, and what the work of its partitions holds.

import type { Outages } from '../run/outages.ts'
import { deadLetters } from '../run/status.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { Owned } from './ownership.ts'
import type { WorkHoldings } from './partition-work.ts'
import { owningRoles, type Role } from './role.ts'

export function observeFleet(
  meters: Pick<Meters, 'gauge'>,
  roles: readonly Role[],
  owned: () => readonly Owned[],
  outages: Pick<Outages, 'has'>,
): void {
  const byRole = (of: (own: readonly Owned[]) => number) =>
    owningRoles.map((role) => [of(owned().filter(({ claim }) => claim.role === role)), { role }] as const)
  const held = () => owned().map(({ work }) => work.holdings())
  const byStage = (of: (stage: StageHeld) => number) =>
    summed(
      held().flatMap(({ stages = [] }) => stages),
      ({ stage }) => stage,
      of,
    ).map(([detector, sum]) => [sum, { detector }] as const)
  const ofAlerts = (of: (alerts: NonNullable<WorkHoldings['alerts']>) => number) =>
    held().reduce((sum, { alerts }) => sum + (alerts === undefined ? 0 : of(alerts)), 0)
  meters.gauge('ownedPartitions', () => byRole((own) => own.length))
  meters.gauge('roleLag', () => byRole(behindOf))
  meters.gauge('unaccounted', () => [[owned().reduce((sum, { work }) => sum + work.progress().unaccounted, 0)]])
  // Others write small tables at most, and nothing waits for those.
  if (roles.includes('normalize')) meters.gauge('storeOutage', () => [[outages.has('store') ? 1 : 0]])
  meters.gauge('outboxDepth', () => [[ofAlerts((alerts) => alerts.outboxDepth())]])
  meters.gauge('deadLetters', () => [[ofAlerts(deadLetters)]])
  meters.gauge('stateKeys', () => byStage(({ keys }) => keys))
  meters.gauge('evictions', () => byStage(({ evictedKeys, evictedEntries }) => evictedKeys + evictedEntries))
  meters.gauge('sourceLag', () =>
    summed(
      held().flatMap(({ sources = [] }) => sources),
      ({ topic }) => topic,
      ({ records }) => records,
    ).map(([topic, sum]) => [sum, { topic }] as const),
  )
}

export function behindOf(owned: readonly Owned[]): number {
  return owned.reduce((sum, { work }) => sum + Math.max(0, work.progress().behind), 0)
}

type StageHeld = NonNullable<WorkHoldings['stages']>[number]

/** Sums over all of one name, in order of first sight. */
function summed<Each>(
  all: readonly Each[],
  nameOf: (each: Each) => string,
  of: (each: Each) => number,
): readonly (readonly [name: string, sum: number])[] {
  const sums = new Map<string, number>()
  for (const each of all) sums.set(nameOf(each), (sums.get(nameOf(each)) ?? 0) + of(each))
  return [...sums]
}
