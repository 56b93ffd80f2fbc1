// Lets whoever judges go before whoever stores or serves: merges can wait, alerts cannot.

import { readdirSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/**
 * For the given threads of this process and every thread that they make from here on.
 *
 * @param threads as `threadsOfProcess` gives them, or the id of a process
 * @param niceness 0 to 19: the higher, the less of a busy processor they get
 */
export function lowerPriority(threads: readonly number[], niceness: number): void {
  for (const thread of threads) {
    try {
      // Who was started with less keeps that: only the system's owner may raise it.
      if (getPriority(thread) < niceness) setPriority(thread, niceness)
    } catch (cause) {
      // It has ended since it was listed.
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_SYSTEM_ERROR')) throw cause
    }
  }
}

/** Ids of the threads that there are; undefined where the system keeps one priority for all of them. */
export function threadsOfProcess(): readonly number[] | undefined {
  try {
    return readdirSync('/proc/self/task').map(Number)
  } catch {
    return undefined
  }
}
