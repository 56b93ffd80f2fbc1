// Numbers and instants out of bytes, without building a string.

import { latestInstantMs } from '../instant.ts'

const digit0 = 0x30
const maxDigits = 15

/** A whole number of at most 15 digits, written alone or with a fraction that is cut off; −1 for anything else. */
export function readWhole(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  let at = start
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - digit0 // within the range
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  if (at === start || at - start > maxDigits) return -1
  if (at === end) return value
  if (bytes[at] !== 0x2e || at + 1 === end) return -1
  for (at += 1; at < end; at++) if ((bytes[at] as number) < digit0 || (bytes[at] as number) > digit0 + 9) return -1 // within the range
  return value
}

/** Reads instants; remembers the day, which seldom changes from one record to the next. */
export class InstantReader {
  // The ten bytes of the day that was read last, and when it began.
  private first = 0
  private second = 0
  private third = 0
  private dayAt = -1

  /** Epoch ms of exactly `YYYY-MM-DDTHH:MM:SS[.fraction]Z`; −1 for every other spelling, which may yet be an instant. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    if (end - start < 20 || bytes[start + 10] !== 0x54 || bytes[end - 1] !== 0x5a) return -1
    const dayAt = this.readDay(bytes, view, start)
    const hour = two(bytes, start + 11)
    const minute = two(bytes, start + 14)
    const second = two(bytes, start + 17)
    if (dayAt < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1
    if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return -1
    let millisecond = 0
    if (end - start > 20) {
      if (bytes[start + 19] !== 0x2e || end - start === 21) return -1
      let scale = 100
      for (let at = start + 20; at < end - 1; at++) {
        const digit = (bytes[at] as number) - digit0 // within the range
        if (digit < 0 || digit > 9) return -1
        millisecond += digit * scale
        scale = scale > 1 ? scale / 10 : 0
      }
    }
    return dayAt + hour * 3_600_000 + minute * 60_000 + second * 1000 + millisecond
  }

  private readDay(bytes: Uint8Array, view: DataView, start: number): number {
    const yearAndDash = view.getInt32(start, true)
    const monthAndDay = view.getInt32(start + 4, true)
    const lastDigits = view.getInt16(start + 8, true)
    if (yearAndDash === this.first && monthAndDay === this.second && lastDigits === this.third) return this.dayAt
    const dayAt = dayOf(bytes, start)
    if (dayAt < 0) return -1
    this.first = yearAndDash
    this.second = monthAndDay
    this.third = lastDigits
    this.dayAt = dayAt
    return dayAt
  }
}

function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - digit0 // callers stay within the range
  const ones = (bytes[at + 1] as number) - digit0 // as above
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones
}

function dayOf(bytes: Uint8Array, start: number): number {
  const century = two(bytes, start)
  const year = two(bytes, start + 2)
  const month = two(bytes, start + 5)
  const day = two(bytes, start + 8)
  if (century < 0 || year < 0 || month < 1 || month > 12 || day < 1) return -1
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return -1
  const at = Date.UTC(century * 100 + year, month - 1, day)
  const read = new Date(at)
  const exists = read.getUTCMonth() === month - 1 && read.getUTCDate() === day && century >= 19
  return exists && at >= 0 && at <= latestInstantMs ? at : -1
}
