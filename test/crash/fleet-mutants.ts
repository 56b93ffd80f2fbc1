// Faulty builds of a fleet that its crash test must catch, each struck where its fault lies: the check of the check.

import type { FleetTarget } from './fleet-plan.ts'

export const fleetMutants = ['none', 'fences-nobody', 'trusts-tokens'] as const
export type FleetMutant = (typeof fleetMutants)[number]

export interface FleetTrial {
  readonly build: FleetMutant
  readonly target: FleetTarget
  readonly strikes: number
}

/** The build that is ours stands what the faulty ones are caught by. */
export function fleetTrials(kills: number): readonly FleetTrial[] {
  return [
    { build: 'none', target: 'everything', strikes: kills },
    { build: 'none', target: 'sleepers', strikes: 2 },
    { build: 'fences-nobody', target: 'sleepers', strikes: 2 },
    { build: 'none', target: 'store', strikes: 5 },
    { build: 'trusts-tokens', target: 'store', strikes: 5 },
  ]
}
