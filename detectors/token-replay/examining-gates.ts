// Puts together the gates that token-replay answers with when it is asked why not: every text bounded and fit to show.

import { shownText } from '../engine/bounded-text.ts'
import type { Gate } from '../engine/examination.ts'
import { slotName } from '../engine/slot.ts'
import { hourMs, secondMs } from './settings.ts'
import { durationText } from './verdict.ts'

const maxTextLength = 300
const maxValueLength = 80

/** A condition without figures. */
export function wordGate(name: string, passed: boolean, value: string, limit: string, text: string): Gate {
  const [found, taken] = [shownText(value, maxValueLength), shownText(limit, maxValueLength)]
  return { name, passed, value: found, limit: taken, unit: '', text: shownText(text, maxTextLength) }
}

/** `passed` is left to the caller: some limits are least ones, some are to be exceeded. */
export function countGate(name: string, passed: boolean, value: number, limit: number, text: string): Gate {
  return { name, passed, value, limit, unit: '', text: shownText(text, maxTextLength) }
}

/** Figures in seconds, given in ms. */
export function timeGate(name: string, passed: boolean, valueMs: number, limitMs: number, text: string): Gate {
  const [value, limit] = [valueMs / secondMs, limitMs / secondMs]
  return { name, passed, value, limit, unit: 's', text: shownText(text, maxTextLength) }
}

export function noteText(text: string): string {
  return shownText(text, maxTextLength)
}

/** `0.999 s`, and rounded from an hour on: a margin is told exactly. */
export function spanText(ms: number): string {
  return Math.abs(ms) < hourMs ? `${ms / secondMs} s` : durationText(ms)
}

export function instantText(at: number): string {
  return slotName(Math.round(at))
}
