// Puts anchors that are alike into one group, so that the first look lets few windows through that no anchor matches.

import type { Anchor } from '../anchors.ts'
import type { CharacterSet } from '../characters.ts'
import { groups, windowBytes } from './layout.ts'

const halves = 32

/** How often each byte stands in a log, roughly: small letters, digits and what JSON is written with, most of all. */
const often = Float64Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte)
  if (/[a-z0-9":,_./-]/.test(character)) return 1
  return /[A-Z]/.test(character) ? 0.15 : 0.01
})
const always = often.reduce((sum, one) => sum + one)

/** 1 for each low half, then each high half, that a byte of the set has. */
export function halvesIn(set: CharacterSet): Uint16Array {
  const has = new Uint16Array(halves)
  for (let byte = 0; byte < 256; byte++) {
    if (set[byte] !== 1) continue
    has[byte & 15] = 1
    has[16 + (byte >> 4)] = 1
  }
  return has
}

/** How often each anchor's group is chosen anew: the first ones were put somewhere before the others were known. */
const rounds = 3

/** For each place and half how many anchors of a group have it. */
type Tally = readonly Uint16Array[]

/** The group of each anchor: the one that lets the fewest more windows through with it. */
export function groupsOf(anchors: readonly Anchor[]): readonly number[] {
  const tallies: readonly Tally[] = Array.from({ length: groups }, () =>
    Array.from({ length: windowBytes }, () => new Uint16Array(halves)),
  )
  const masks = anchors.map(({ window }) => window.map(halvesIn))
  const shares = tallies.map((tally) => shareOf(tally))
  const groupOf: number[] = []
  const put = (mask: Tally, group: number, change: 1 | -1): void => {
    const tally = tallies[group] ?? []
    count(tally, mask, change)
    shares[group] = shareOf(tally)
  }
  for (let round = 0; round < rounds; round++)
    for (const [anchor, mask] of masks.entries()) {
      const before = groupOf[anchor]
      if (before !== undefined) put(mask, before, -1)
      const costs = tallies.map((tally, group) => shareOf(tally, mask) - (shares[group] ?? 0))
      const best = costs.indexOf(Math.min(...costs))
      put(mask, best, 1)
      groupOf[anchor] = best
    }
  return groupOf
}

function count(tally: Tally, mask: Tally, change: 1 | -1): void {
  for (const [place, has] of mask.entries()) {
    const counts = tally[place] ?? new Uint16Array(0)
    for (let half = 0; half < halves; half++) counts[half] = (counts[half] ?? 0) + change * (has[half] ?? 0)
  }
}

const noHalves = new Uint16Array(halves)
const none: Tally = Array.from({ length: windowBytes }, () => noHalves)

/** Share of the windows of a log that a group lets through, with one more anchor in it. */
function shareOf(tally: Tally, added: Tally = none): number {
  let share = 1
  for (let place = 0; place < windowBytes; place++) share *= passing(tally[place], added[place]) / always
  return share
}

function passing(own: Uint16Array = noHalves, more: Uint16Array = noHalves): number {
  let sum = 0
  for (let high = 0; high < 16; high++) {
    if (own[16 + high] === 0 && more[16 + high] === 0) continue
    for (let low = 0; low < 16; low++) if (own[low] !== 0 || more[low] !== 0) sum += often[(high << 4) | low] ?? 0
  }
  return sum
}
