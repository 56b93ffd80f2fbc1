// Lets whoever judges go before whoever stores: merges can wait, alerts cannot.

import { readdirSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

const { PRIORITY_BELOW_NORMAL } = constants.priority

/** For this process and every thread it makes from here on. Linux keeps a priority for each thread that there is. */
export function lowerPriority(): void {
  for (const thread of threads()) {
    try {
      // Who was started with less keeps that: only the system's owner may raise it.
      if (getPriority(thread) < PRIORITY_BELOW_NORMAL) setPriority(thread, PRIORITY_BELOW_NORMAL)
    } catch (cause) {
      // It has ended since it was listed.
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_SYSTEM_ERROR')) throw cause
    }
  }
}

function threads(): readonly number[] {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    // No Linux: there the process has one for all of them.
    return [process.pid]
  }
}
