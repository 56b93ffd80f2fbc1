// Turns by the real clock, with everything else that this thread does in between.

import { openTurns, type Turns } from './turns.ts'

export function openProcessTurns(): Turns {
  return openTurns({
    clock: () => performance.now(),
    afterOthers: (call) => {
      setImmediate(call)
    },
  })
}
