// How token-replay says spans and instants when it is asked why not.

import { slotName } from '../../engine/slot.ts'
import { hourMs, secondMs } from '../settings.ts'
import { durationText } from '../verdict.ts'

/** `0.999 s`, and rounded from an hour on: a margin is told exactly. */
export function spanText(ms: number): string {
  return Math.abs(ms) < hourMs ? `${ms / secondMs} s` : durationText(ms)
}

export function instantText(at: number): string {
  return slotName(Math.round(at))
}
