// Hears that the process is to stop: by SIGTERM, SIGINT or the end of its terminal.

import { isatty } from 'node:tty'

export interface Stop {
  readonly asked: Promise<void>
  readonly isAsked: () => boolean
}

/** The window was closed, which is told by the same signal as a wish to read the settings again. */
export function hasLostTerminal(): boolean {
  return process.stdout.isTTY === true && !isatty(1)
}

/** A second signal ends the process at once. */
export function listenForStop(): Stop {
  let isAsked = false
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (signal === 'SIGHUP' && !hasLostTerminal()) return
        if (isAsked) process.exit(130)
        isAsked = true
        resolve()
      })
    }
  })
  return { asked, isAsked: () => isAsked }
}
