// What the kernel says of a process: CPU it used, and memory that is really its own.

import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc/<pid>/stat; Linux fixes USER_HZ at 100. */
const ticksPerSecond = 100

/** User and system seconds since the process began. */
export function cpuSeconds(pid: number): number {
  return secondsIn(`/proc/${pid}/stat`)
}

/** The same of each thread that still runs, by its id; that of the main thread is the process's. */
export function threadCpuSeconds(pid: number): ReadonlyMap<number, number> {
  const ids = readdirSync(`/proc/${pid}/task`).map(Number)
  return new Map(ids.map((id) => [id, secondsIn(`/proc/${pid}/task/${id}/stat`)]))
}

function secondsIn(path: string): number {
  const stat = readFileSync(path, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Bytes of anonymous and shared memory: file pages, which the kernel takes back at will, are left out. */
export function ownMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1024
}

/** The children of a process. */
export function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((text) => text !== '')
    .map(Number)
}

/** Watches the memory of processes together; `stop` tells the most that was seen. */
export function watchMemory(pids: readonly number[]): { stop(): number } {
  let most = 0
  const look = (): void => {
    try {
      most = Math.max(
        most,
        pids.reduce((sum, pid) => sum + ownMemoryBytes(pid), 0),
      )
    } catch {
      // The process has just ended: what was seen stands.
    }
  }
  const timer = setInterval(look, 100)
  return {
    stop: () => {
      look()
      clearInterval(timer)
      return most
    },
  }
}
