// Gives back the memory in which the kernel keeps a written file, which nobody is expected to read soon.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'

const timeoutMs = 10_000

/**
 * The way to release one file after the other. Node has no `posix_fadvise`; `dd` of the GNU coreutils has it: with
 * `iflag=nocache count=0` it reads nothing and drops the whole file. Where there is no such `dd`, the first try is the
 * last one, and the kernel decides by itself, as it would have.
 */
export function openPageCache(program = 'dd'): (path: string) => void {
  let isAble = true
  return (path) => {
    if (!isAble) return
    execFile(program, [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none'], { timeout: timeoutMs }, (failure) => {
      // A file that retention took meanwhile is no reason to stop.
      if (failure !== null && existsSync(path)) isAble = false
    })
  }
}
