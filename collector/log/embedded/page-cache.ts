// Gives back the memory in which the kernel keeps a written file, which nobody is expected to read soon.

import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/**
 * Reads paths, a line each. Node has no `posix_fadvise`; `dd` of the GNU coreutils has: with `iflag=nocache count=0` it
 * reads nothing and drops the whole file. It ends at the end of its input, and where there is no such `dd`.
 */
const script =
  'while IFS= read -r path; do dd if="$path" iflag=nocache count=0 status=none || [ ! -e "$path" ] || exit 1; done'

/**
 * The way to release one file after the other, by a shell of its own: to start a process for each would copy the page
 * tables of a large process each time. Without it the kernel decides by itself, as it would have.
 */
export function openPageCache(shell = 'sh'): (path: string) => void {
  let paths: Writable | undefined
  return (path) => {
    paths ??= openShell(shell)
    if (paths.writable && !path.includes('\n')) paths.write(`${path}\n`)
  }
}

function openShell(shell: string): Writable {
  const child = spawn(shell, ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] })
  const { stdin } = child
  child.on('error', () => stdin.destroy()).on('exit', () => stdin.destroy())
  stdin.on('error', () => undefined) // it has ended
  // It ends with this process and does not keep it.
  child.unref()
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
  return stdin
}
