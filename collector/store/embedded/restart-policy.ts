// Decides how long to wait before a child that ended is started again.

export interface RestartBounds {
  readonly firstMs: number
  readonly maxMs: number
  /** A child that ran for so long is taken to be sound: counting begins anew. */
  readonly soundMs: number
}

export const restartBounds: RestartBounds = { firstMs: 100, maxMs: 10_000, soundMs: 30_000 }

/** @returns tells the wait in ms, given how long the child ran */
export function openRestartPolicy(bounds: RestartBounds): (ranMs: number) => number {
  let failures = 0
  return (ranMs) => {
    if (ranMs >= bounds.soundMs) failures = 0
    const waitMs = Math.min(bounds.firstMs * 2 ** failures, bounds.maxMs)
    failures = Math.min(failures + 1, 30)
    return waitMs
  }
}
