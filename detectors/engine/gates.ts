// Puts together the gates that a detector answers with when it is asked why not: every text bounded and fit to show.

import { shownText } from './bounded-text.ts'
import type { Gate } from './examination.ts'

const maxTextLength = 300
const maxValueLength = 80
const secondMs = 1_000

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
