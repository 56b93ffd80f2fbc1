// Lets a fixed number of tasks run at once and a fixed number wait; the rest are refused at the door.

import { refusal } from './exception.ts'

export interface LaneBounds {
  /** Tasks running at once. */
  readonly width: number
  /** Tasks that may wait. */
  readonly maxWaiting: number
}

export interface BoundedLane {
  /**
   * Runs a task when its turn comes.
   * @param signal gives up the place while waiting; a running task looks at it itself
   * @throws ClickHouseException 202 when too many wait already
   */
  readonly run: <Result>(task: () => Promise<Result>, signal: AbortSignal) => Promise<Result>
  /** Tasks running or waiting. */
  readonly depth: () => number
}

interface Place {
  readonly enter: () => void
}

export function openLane(bounds: LaneBounds): BoundedLane {
  const waiting: Place[] = []
  let running = 0

  const turn = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (running < bounds.width) {
      running++
      return Promise.resolve()
    }
    if (waiting.length >= bounds.maxWaiting) {
      throw refusal(
        'TOO_MANY_SIMULTANEOUS_QUERIES',
        `Too many simultaneous queries. Maximum waiting: ${bounds.maxWaiting}`,
      )
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = waiting.indexOf(place)
        if (at !== -1) waiting.splice(at, 1)
        reject(signal.reason)
      }
      const place: Place = {
        enter: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(place)
    })
  }

  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) running--
    else next.enter()
  }

  return {
    run: async (task, signal) => {
      await turn(signal)
      try {
        return await task()
      } finally {
        leave()
      }
    },
    depth: () => running + waiting.length,
  }
}
