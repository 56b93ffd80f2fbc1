// How long work takes the processor, for tests of how it grows: others may keep the machine busy.

const rounds = 3

/** The least of a few rounds, ms, over all threads of the process. */
export function leastCpuMs(work: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1_000)
  }
  return least
}
