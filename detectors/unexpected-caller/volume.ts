// Counts distinct calls by hour until there are enough of them, so that "how many before this hour" has one answer.

/** Calls of one hour, by hash. */
type HourOfCalls = [hour: number, calls: number[]]

/** The earliest hours that together hold enough calls; calls of later hours are not kept. */
export interface Volume {
  hours: HourOfCalls[]
  /** Calls in them. */
  calls: number
  /** Hour with which there were enough, once that is final; then `hours` is empty. −1: not yet. */
  finalHour: number
}

export function noVolume(): Volume {
  return { hours: [], calls: 0, finalHour: -1 }
}

// Where each call is kept, by volume: rebuilt after a restart, since a map is no JSON.
const places = new WeakMap<Volume, Map<number, HourOfCalls>>()

/** Notes a call; one that was noted before counts in its earliest hour only. True when it changed anything. */
export function noteVolume(volume: Volume, hour: number, call: number, enough: number): boolean {
  if (volume.finalHour >= 0) return false
  const full = enoughFrom(volume, enough)
  if (full >= 0 && hour >= full) return false
  const index = placesOf(volume)
  const there = index.get(call)
  if (there !== undefined) {
    if (there[0] <= hour) return false
    there[1].splice(there[1].indexOf(call), 1)
    volume.calls -= 1
    if (there[1].length === 0) volume.hours.splice(volume.hours.indexOf(there), 1)
  }
  const place = hourAt(volume, hour)
  place[1].push(call)
  volume.calls += 1
  index.set(call, place)
  const last = volume.hours.at(-1)
  if (last !== undefined && volume.calls - last[1].length >= enough) {
    for (const each of last[1]) index.delete(each)
    volume.hours.pop()
    volume.calls -= last[1].length
  }
  return true
}

/** The hour with which there were enough calls, or −1. */
export function enoughFrom(volume: Volume, enough: number): number {
  if (volume.finalHour >= 0) return volume.finalHour
  const last = volume.hours.at(-1)
  return last !== undefined && volume.calls >= enough ? last[0] : -1
}

/** No call of that hour or an earlier one comes any more: what was counted is let go. */
export function finishVolume(volume: Volume, hour: number): void {
  volume.finalHour = hour
  volume.hours = []
  volume.calls = 0
  places.delete(volume)
}

function hourAt(volume: Volume, hour: number): HourOfCalls {
  let place = volume.hours.length
  while (place > 0 && (volume.hours[place - 1] as HourOfCalls)[0] > hour) place -= 1 // place - 1 is within the array
  const before = volume.hours[place - 1]
  if (before !== undefined && before[0] === hour) return before
  const added: HourOfCalls = [hour, []]
  volume.hours.splice(place, 0, added)
  return added
}

function placesOf(volume: Volume): Map<number, HourOfCalls> {
  const built = places.get(volume)
  if (built !== undefined) return built
  const index = new Map<number, HourOfCalls>()
  for (const hour of volume.hours) for (const call of hour[1]) index.set(call, hour)
  places.set(volume, index)
  return index
}
