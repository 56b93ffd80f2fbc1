// Whether a destination was learned as of an instant, in a form that does not depend on the order of arrival.

import { dayMs, hourMs, hourOf } from '../calls/hours.ts'
import type { UnexpectedCallerSettings } from './settings.ts'
import { enoughFrom, finishVolume, noteVolume, noVolume, type Volume } from './volume.ts'

export interface Learning {
  /** Epoch ms, event time, of the earliest call. */
  firstAt: number
  /** Newest hour with a call. */
  lastHour: number
  /** Epoch ms, append time, of the call that arrived first. */
  readonly firstAppendedAt: number
  /** Newest hour with a call that was appended within the short, and within the full, learning time. */
  withinShortHour: number
  withinFullHour: number
  readonly volume: Volume
}

export interface TaughtCall {
  readonly at: number
  readonly appendedAt: number
  /** Hash of the request id, or of the event id where there is none: one call each; undefined: not counted. */
  readonly call: number | undefined
}

export function beginLearning({ at, appendedAt }: { at: number; appendedAt: number }): Learning {
  return {
    firstAt: at,
    lastHour: hourOf(at),
    firstAppendedAt: appendedAt,
    withinShortHour: hourOf(at),
    withinFullHour: hourOf(at),
    volume: noVolume(),
  }
}

/** True when the call can have moved the instant from which the destination is learned. */
export function teach(
  learning: Learning,
  { at, appendedAt, call }: TaughtCall,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): boolean {
  let changed = false
  if (at < learning.firstAt) {
    learning.firstAt = at
    changed = true
  }
  const hour = hourOf(at)
  const taughtMs = appendedAt - learning.firstAppendedAt
  if (taughtMs < shortMs(settings) && hour > learning.withinShortHour) {
    learning.withinShortHour = hour
    changed = true
  }
  if (taughtMs < fullMs(settings) && hour > learning.withinFullHour) {
    learning.withinFullHour = hour
    changed = true
  }
  if (call === undefined) return changed
  // A call counts from the first hour that is judged as of an instant after it.
  return noteVolume(learning.volume, hourOf(at + latenessMs), call, settings.learning.shortCalls) || changed
}

/**
 * Events judged as of this instant or later find the destination learned. Live, that is no hour in
 * which a call was appended before the learning time was over: nobody teaches a week in a minute with old stamps.
 */
export function learnedFrom(learning: Learning, settings: UnexpectedCallerSettings, latenessMs: number): number {
  const after = (hour: number): number => (hour + 1) * hourMs - latenessMs
  const isLive = settings.learningClock === 'live'
  const { firstAt, withinShortHour, withinFullHour, volume } = learning
  const fullFrom = Math.max(firstAt + fullMs(settings), isLive ? after(withinFullHour) : 0)
  const enoughHour = enoughFrom(volume, settings.learning.shortCalls)
  if (enoughHour < 0) return fullFrom
  return Math.min(
    fullFrom,
    Math.max(firstAt + shortMs(settings), after(enoughHour), isLive ? after(withinShortHour) : 0),
  )
}

/** Lets the counted calls go once nothing can change how many there were. */
export function finishLearning(
  learning: Learning,
  settledAt: number,
  settings: UnexpectedCallerSettings,
  latenessMs: number,
): void {
  if (learning.volume.finalHour >= 0) return
  const hour = enoughFrom(learning.volume, settings.learning.shortCalls)
  if (hour >= 0 && settledAt >= (hour + 1) * hourMs - latenessMs) finishVolume(learning.volume, hour)
  else if (settledAt >= learnedFrom(learning, settings, latenessMs)) finishVolume(learning.volume, neverHour)
}

/** In place of the hour when a destination was learned before there were enough calls: later than any. */
const neverHour = 2 ** 40

/** Calls stamped after this, in an hour that had a call before, teach nothing more; `Infinity`: each call still counts. */
export function taughtAfter(learning: Learning, settings: UnexpectedCallerSettings, latenessMs: number): number {
  const enoughHour = enoughFrom(learning.volume, settings.learning.shortCalls)
  return enoughHour < 0 ? Number.POSITIVE_INFINITY : Math.max(enoughHour * hourMs - latenessMs, learning.firstAt) - 1
}

function shortMs({ learning }: UnexpectedCallerSettings): number {
  return learning.shortHours * hourMs
}

function fullMs({ learning }: UnexpectedCallerSettings): number {
  return learning.fullDays * dayMs
}
