// Looks at other processes from outside.

import { readFileSync } from 'node:fs'

/** False for one that has ended, also while nobody has asked how. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
