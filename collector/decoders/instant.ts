// Reads time stamps as logs spell them into epoch milliseconds; finer digits are cut, never rounded up.

import type { TimeZone } from './time-zone.ts'

/** The last millisecond that ClickHouse's `DateTime64(3)` holds. */
export const latestInstantMs = Date.UTC(2300, 0, 1) - 1

const digit0 = 0x30
const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** Digits `[at, at + count)` as a number, or −1. */
function digits(text: string, at: number, count: number): number {
  let value = 0
  for (let end = at + count; at < end; at++) {
    const digit = text.charCodeAt(at) - digit0
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

function lengthOfMonth(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29
  return daysIn[month - 1] ?? 0
}

/** Length of the `YYYY-MM-DD[ T]HH:MM:SS` that starts at `at`, fraction included; 0 where none starts there. */
export function stampLength(text: string, at: number): number {
  if (digits(text, at, 4) < 0 || text[at + 4] !== '-' || digits(text, at + 5, 2) < 0 || text[at + 7] !== '-') return 0
  const between = text[at + 10]
  if (digits(text, at + 8, 2) < 0 || (between !== ' ' && between !== 'T' && between !== 't')) return 0
  if (digits(text, at + 11, 2) < 0 || text[at + 13] !== ':' || digits(text, at + 14, 2) < 0) return 0
  if (text[at + 16] !== ':' || digits(text, at + 17, 2) < 0) return 0
  let end = at + 19
  if ((text[end] === '.' || text[end] === ',') && digits(text, end + 1, 1) >= 0) {
    end += 2
    while (digits(text, end, 1) >= 0) end++
  }
  return end - at
}

/**
 * Epoch ms of `YYYY-MM-DD[ T]HH:MM:SS[.fraction|,fraction][Z|UTC|GMT|±HH[:]MM|±HH]`; NaN where the text is anything
 * else, or an instant before 1970 or after 2299. A stamp without an offset is in `zone`. Second 60 is the next second.
 */
export function parseStamp(text: string, zone: TimeZone): number {
  const length = stampLength(text, 0)
  if (length === 0) return Number.NaN
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  if (month < 1 || month > 12 || day < 1 || day > lengthOfMonth(year, month)) return Number.NaN
  if (hour > 23 || minute > 59 || second > 60) return Number.NaN
  let millisecond = 0
  for (let at = 20; at < 23; at++) millisecond = millisecond * 10 + (at < length ? digits(text, at, 1) : 0)
  const local = Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
  const rest = text.slice(length).trim()
  const offsetMs = rest === '' ? undefined : parseOffset(rest)
  return within(offsetMs === undefined ? zone.toInstant(local) : local - offsetMs)
}

function parseOffset(text: string): number {
  if (text === 'Z' || text === 'z' || text === 'UTC' || text === 'GMT') return 0
  const sign = text[0] === '+' ? 1 : text[0] === '-' ? -1 : 0
  const hours = digits(text, 1, 2)
  if (sign === 0 || hours < 0 || hours > 18) return Number.NaN
  if (text.length === 3) return sign * hours * 3_600_000
  const minutesAt = text[3] === ':' ? 4 : 3
  const minutes = digits(text, minutesAt, 2)
  if (minutes < 0 || minutes > 59 || text.length !== minutesAt + 2) return Number.NaN
  return sign * (hours * 60 + minutes) * 60_000
}

/** Below this a number counts from a start of something, not from 1970. */
const leastEpochSeconds = 1e8

/** Epoch ms of a number of seconds, milliseconds, microseconds or nanoseconds, told apart by its size; else NaN. */
export function instantOfNumber(value: number): number {
  if (!(value >= leastEpochSeconds)) return Number.NaN
  if (value < 1e11) return within(Math.floor(Math.round(value * 1e6) / 1000))
  if (value < 1e14) return within(Math.floor(value))
  if (value < 1e17) return within(Math.floor(value / 1000))
  return within(Math.floor(Math.round(value / 1000) / 1000))
}

/** Epoch ms of a stamp or of a number written as text; else NaN. */
export function parseInstant(text: string, zone: TimeZone): number {
  return /^\d{1,20}(?:\.\d{1,9})?$/.test(text) ? instantOfNumber(Number(text)) : parseStamp(text, zone)
}

function within(instantMs: number): number {
  return instantMs >= 0 && instantMs <= latestInstantMs ? instantMs : Number.NaN
}
