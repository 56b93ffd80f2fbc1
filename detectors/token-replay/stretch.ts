// Uses of a token from one place without a long pause: what is kept of a token instead of each use.

import { boundedText } from '../engine/bounded-text.ts'
import { longUuid, shortUuid } from '../engine/short-uuid.ts'
import { minuteMs, secondMs, type TokenReplaySettings } from './settings.ts'

/**
 * Pauses within it are so short that any later question "was there a use within the allowed gaps around this instant" has
 * one answer from its ends alone (`reachesBefore`, `reachesAfter`).
 */
export interface Stretch {
  /** Epoch ms, event time, of the first use; `id` is its event. */
  at: number
  id: string
  /** Epoch ms, event time, of the last use. */
  endAt: number
  readonly place: string
  subject: string
  client: string
  /** The request of at least `leastGapMs` that was open longest into the future; −1: none. */
  longAt: number
  longTo: number
}

export interface Gaps {
  readonly leastMs: number
  readonly mostMs: number
  /** Longest pause within a stretch. */
  readonly pauseMs: number
}

const gaps = new WeakMap<TokenReplaySettings, Gaps>()

export function gapsOf(settings: TokenReplaySettings): Gaps {
  const known = gaps.get(settings)
  if (known !== undefined) return known
  const leastMs = settings.interleaving.leastSeconds * secondMs
  const mostMs = Math.max(leastMs, settings.interleaving.mostMinutes * minuteMs)
  const found = { leastMs, mostMs, pauseMs: mostMs - leastMs }
  gaps.set(settings, found)
  return found
}

/** Some use of the stretch lies before `at` by a gap that is allowed. */
export function reachesBefore(stretch: Stretch, at: number, { leastMs, mostMs }: Gaps): boolean {
  return stretch.at <= at - leastMs && stretch.endAt >= at - mostMs
}

/** Some use of the stretch lies after `at` by a gap that is allowed. */
export function reachesAfter(stretch: Stretch, at: number, { leastMs, mostMs }: Gaps): boolean {
  return stretch.endAt >= at + leastMs && stretch.at <= at + mostMs
}

/** Notes a use, whatever the order they come in. True when anything changed. */
export function noteUse(stretches: Stretch[], use: Stretch, { pauseMs }: Gaps): boolean {
  const touching = stretches.filter(
    (each) => each.place === use.place && use.at >= each.at - pauseMs && use.at <= each.endAt + pauseMs,
  )
  const [into, ...others] = touching
  if (into === undefined) {
    stretches.push({ ...use })
    stretches.sort(compareStretches)
    return true
  }
  let changed = absorb(into, use)
  for (const other of others) {
    absorb(into, other)
    stretches.splice(stretches.indexOf(other), 1)
    changed = true
  }
  if (changed) stretches.sort(compareStretches)
  return changed
}

export function compareStretches(a: Stretch, b: Stretch): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function absorb(into: Stretch, other: Stretch): boolean {
  let changed = false
  if (compareStretches(other, into) < 0) {
    into.at = other.at
    into.id = other.id
    into.subject = other.subject
    into.client = other.client
    changed = true
  }
  if (other.endAt > into.endAt) {
    into.endAt = other.endAt
    changed = true
  }
  if (other.longTo > into.longTo || (other.longTo === into.longTo && other.longAt < into.longAt)) {
    into.longAt = other.longAt
    into.longTo = other.longTo
    changed = true
  }
  return changed
}

/** Ends each part of a packed stretch: one byte, and no escape in JSON as a line break has. */
export const partEnd = 0xa6
export const separator = '¦'

/** A stretch without its end, as one text: a token that is used from one place costs little more than this. */
export function packStretch({ at, id, place, client, subject }: Stretch): string {
  return [at.toString(36), packName(id), place, client, packName(subject)].join(separator)
}

export function unpackStretch(text: string, endMs: number): Stretch {
  const [at = '', id = '', place = '', client = '', subject = ''] = text.split(separator)
  const start = Number.parseInt(at, 36)
  return {
    at: start,
    id: unpackName(id),
    endAt: start + endMs,
    place,
    client,
    subject: unpackName(subject),
    longAt: -1,
    longTo: -1,
  }
}

/** Where the place begins in a packed stretch. */
export function packedPlaceAt(text: string): number {
  return text.indexOf(separator, text.indexOf(separator) + 1) + 1
}

/** Whether its place is told by a workload behind the ingress: nothing is unpacked. */
export function isPackedBehind(text: string): boolean {
  return text.charCodeAt(text.indexOf(separator, packedPlaceAt(text)) - 1) === 98 // `b`
}

/** Epoch ms at which a packed stretch begins: nothing is unpacked. */
export function packedStart(text: string): number {
  let at = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === partEnd) break
    at = at * 36 + (code < 58 ? code - 48 : code - 87)
  }
  return at
}

/** What stands in a stretch: one line each, bounded. */
export function lineOf(text: string, maxChars: number): string {
  return boundedText(text, maxChars).replace(/[\n¦]/g, ' ')
}

/** Events and most people are named by UUIDs. */
function packName(name: string): string {
  return shortUuid(name) ?? `=${name}`
}

function unpackName(text: string): string {
  return text.startsWith('=') ? text.slice(1) : (longUuid(text) ?? text)
}
