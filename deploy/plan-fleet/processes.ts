// How many processes of each role: by the CPU that an event costs them, and never fewer than one that may fail.

import type { Figures } from './figures.ts'
import type { Wish } from './wish.ts'

export const roles = ['receive', 'normalize', 'detect', 'deliver'] as const
export type Role = (typeof roles)[number]

export interface RoleProcesses {
  readonly role: Role
  readonly processes: number
  /** Our own CPU per event of all events. Unit: µs. */
  readonly microseconds: number
  readonly vcpus: number
  readonly gibibytes: number
}

/** One fails or is replaced while the other works. */
export const fewestProcesses = 2
/** A state is copied once while it is written down. */
const copies = 2

/** Our own CPU, of one core: what Node adds runs beside it. */
export function coreShare(rate: number, microseconds: number): number {
  return (rate * microseconds) / 1e6
}

export function liveTokens({ eventsPerSecond, tokensPerEvent }: Wish): number {
  return eventsPerSecond * tokensPerEvent
}

export function planRoles(wish: Wish, figures: Figures): readonly RoleProcesses[] {
  return roles.map((role) => {
    const microseconds = microsecondsOf(role, figures)
    const busy = coreShare(wish.eventsPerSecond, microseconds)
    const processes = Math.max(fewestProcesses, Math.ceil(busy / wish.busyShare))
    const stateBytes = role === 'detect' ? liveTokens(wish) * figures.stateBytes * copies : 0
    return {
      role,
      processes,
      microseconds,
      vcpus: processes * (1 + figures.runtimeShare),
      gibibytes: (processes * figures.processMebibytes) / 1024 + stateBytes / 1024 ** 3,
    }
  })
}

function microsecondsOf(role: Role, figures: Figures): number {
  switch (role) {
    case 'receive':
      return figures.receiveMicroseconds
    case 'normalize':
      return figures.normalizeMicroseconds + figures.frameEncodeMicroseconds
    case 'detect':
      return figures.detectMicroseconds + figures.frameDecodeMicroseconds
    case 'deliver':
      return (figures.alertsPerMillion / 1e6) * figures.deliverMicroseconds
    default:
      return role satisfies never
  }
}
