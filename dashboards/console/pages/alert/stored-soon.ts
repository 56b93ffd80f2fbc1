// Waits for the store: an alert is told before it and its events are stored, and whoever clicks at once is faster.

import type { Alert } from '../../../../schemas/alerts.ts'
import type { PlainEvent } from '../../../../schemas/api/queries.ts'
import { Refused } from '../../api/api.ts'
import type { Clock, PageContext } from '../../page.ts'

export interface Explained {
  readonly alert: Alert
  readonly events: readonly PlainEvent[]
  readonly text: string
}

type Read = () => Promise<Explained>
type Waiting = Pick<PageContext, 'clock' | 'gone'>

const attempts = 12
const gapMs = 400

/** @throws Refused where it is not there after a while either */
export async function whenStored(read: Read, { clock, gone }: Waiting): Promise<Explained> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (cause) {
      const isAwaited = cause instanceof Refused && cause.status === 404 && attempt < attempts
      if (!isAwaited || gone.aborted) throw cause
      await pause(clock)
    }
  }
}

/** Calls back once more of its evidence is there. */
export async function fillIn(
  read: Read,
  { clock, gone }: Waiting,
  shown: Explained,
  onFuller: (fuller: Explained) => void,
): Promise<void> {
  let held = shown
  for (let attempt = 1; attempt < attempts && held.events.length < held.alert.evidence.length; attempt++) {
    await pause(clock)
    if (gone.aborted) return
    // What goes wrong now is no reason to take away what is shown.
    const now = await read().catch(() => held)
    if (gone.aborted || now.events.length <= held.events.length) continue
    held = now
    onFuller(held)
  }
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(gapMs, resolve)
  })
}
