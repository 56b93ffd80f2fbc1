// What strikes a process of a fleet next: death at a named step, death at an instant nobody chose, or a sleep.

import { type Role, rolesOf } from '../../collector/wiring/roles/role.ts'

export type FleetStrike =
  | { readonly kind: 'step'; readonly step: string; readonly hits: number }
  /** Once it owns something, and then so much later. */
  | { readonly kind: 'instant'; readonly afterMs: number }
  | { readonly kind: 'sleep'; readonly afterMs: number }
  | { readonly kind: 'none' }

/** What of a fleet is struck: all that is its own, the sleep of two processes alone, or the store alone. */
export const fleetTargets = ['everything', 'sleepers', 'store'] as const
export type FleetTarget = (typeof fleetTargets)[number]

/** The processes of the fleet; each place is filled again when what stood there has died. */
export const places = ['receive,normalize', 'detect,deliver', 'receive,normalize', 'detect,deliver'] as const

/** Steps of a role, each with the most times that it is passed before it strikes. */
const stepsOf: Readonly<Record<Role, readonly (readonly [step: string, mostHits: number])[]>> = {
  receive: [
    ['log:before-append', 80],
    ['log:after-flush', 80],
  ],
  normalize: [
    ['ownership:before-claim', 2],
    ['ownership:after-claim', 2],
    ['outgoing:before-append', 60],
    ['outgoing:after-append', 60],
    ['writer:before-insert', 10],
    ['writer:after-insert', 10],
    ['commit:before', 10],
    ['commit:after', 10],
  ],
  detect: [
    ['ownership:before-claim', 3],
    ['ownership:after-claim', 3],
    ['claim:before-copies', 3],
    ['claim:before-removals', 3],
    ['claim:after-removals', 3],
    ['outgoing:before-append', 40],
    ['outgoing:after-append', 40],
    ['snapshot:before-chunk', 20],
    ['snapshot:before-manifest', 5],
    ['snapshot:after-manifest', 5],
  ],
  deliver: [
    ['log:before-append', 60],
    ['log:after-flush', 60],
    ['place:before', 5],
    ['place:after', 5],
  ],
  // It keeps nothing.
  serve: [],
}

/** Of lives that are struck at all, one in so many sleeps. */
const sleepsEvery = 20
const firstSleeper = 3
const longestWaitMs = 3_000
/** Notifications wait by then, for whoever is to hear of them is slow until somebody sleeps. */
const busyMs = 30_000

/** Strike `number` of a run at a process of `roles`; `random` in [0, 1). */
export function planFleetStrike(number: number, roles: string, random: () => number, target: FleetTarget): FleetStrike {
  const afterMs = Math.floor(random() * longestWaitMs)
  if (target === 'store') return { kind: 'none' }
  if (target === 'sleepers') return number < 2 ? { kind: 'sleep', afterMs: busyMs + afterMs } : { kind: 'none' }
  if (number % sleepsEvery === firstSleeper) return { kind: 'sleep', afterMs }
  if (random() < 1 / 3) return { kind: 'instant', afterMs }
  const steps = rolesOf(roles).flatMap((role) => stepsOf[role])
  const [step, mostHits] = steps[Math.floor(random() * steps.length)] ?? ['commit:before', 1]
  return { kind: 'step', step, hits: 1 + Math.floor(random() * mostHits) }
}
