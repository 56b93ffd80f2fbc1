// Says in one sentence, now and then, which alerts came: for those who listen, and never faster than they can.

import type { Alert } from '../../../../schemas/alerts.ts'
import type { PageContext } from '../../page.ts'
import { countText } from '../../wording.ts'

const gapMs = 3_000

/** A function that takes each new alert. */
export function openNews({ say, clock, gone }: Pick<PageContext, 'say' | 'clock' | 'gone'>): (alert: Alert) => void {
  let waiting: Alert[] = []
  let isResting = false
  const tell = (): void => {
    if (waiting.length === 0 || gone.aborted) {
      isResting = false
      return
    }
    const [first] = waiting
    const one = first === undefined ? '' : `${first.severity} alert: ${first.title}`
    say(waiting.length === 1 ? `New ${one}` : `${countText(waiting.length, 'new alert')}; the first: ${one}`)
    waiting = []
    isResting = true
    clock.after(gapMs, tell)
  }
  return (alert) => {
    waiting.push(alert)
    if (!isResting) tell()
  }
}
