// Time zones: what instant a clock on a wall meant, by IANA name or by fixed offset.

const dayMs = 86_400_000
/** Every zone changes its offset on a multiple of this since the epoch. */
const stepMs = 900_000
const maxRemembered = 4096

export interface TimeZone {
  readonly name: string
  /**
   * The epoch ms of a local time given as if it were UTC. A time that happened twice (clocks set back) is the first of
   * the two; a time that never happened (clocks set forward) is read with the offset from before the change.
   */
  toInstant(localMs: number): number
}

export const utc: TimeZone = { name: 'UTC', toInstant: (localMs) => localMs }

const opened = new Map<string, TimeZone>([
  ['UTC', utc],
  ['Z', utc],
])
const fixedOffset = /^([+-])(\d{2}):?(\d{2})$/

/** The zone of an IANA name or of `±HH:MM`; undefined where there is no such zone. */
export function openTimeZone(name: string): TimeZone | undefined {
  const known = opened.get(name)
  if (known !== undefined) return known
  const zone = openFixed(name) ?? openNamed(name)
  if (zone !== undefined && opened.size < maxRemembered) opened.set(name, zone)
  return zone
}

/** The zone that the stamps of a source are in, by settings: its own, else the one named `''`, else UTC. */
export function timeZoneNameOf(source: string, timeZones: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(timeZones, source)) return timeZones[source] ?? 'UTC'
  return Object.hasOwn(timeZones, '') ? (timeZones[''] ?? 'UTC') : 'UTC'
}

function openFixed(name: string): TimeZone | undefined {
  const match = fixedOffset.exec(name)
  if (match === null) return undefined
  const hours = Number(match[2])
  const minutes = Number(match[3])
  if (hours > 18 || minutes > 59) return undefined
  const offsetMs = (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
  return { name, toInstant: (localMs) => localMs - offsetMs }
}

function openNamed(name: string): TimeZone | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
  const offsetAt = (instantMs: number): number => {
    const parts: Record<string, number> = {}
    for (const part of format.formatToParts(instantMs)) parts[part.type] = Number(part.value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000
  }
  const offsets = new Map<number, number>()
  return {
    name,
    toInstant(localMs) {
      const step = Math.floor(localMs / stepMs)
      let offset = offsets.get(step)
      if (offset === undefined) {
        offset = offsetOfLocal(localMs, offsetAt)
        if (offsets.size >= maxRemembered) offsets.clear()
        offsets.set(step, offset)
      }
      return localMs - offset
    },
  }
}

function offsetOfLocal(localMs: number, offsetAt: (instantMs: number) => number): number {
  const before = offsetAt(localMs - dayMs)
  const after = offsetAt(localMs + dayMs)
  if (before === after) return before
  if (offsetAt(localMs - before) === before) return before
  return offsetAt(localMs - after) === after ? after : before
}
