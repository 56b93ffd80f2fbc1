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
export function halvesIn(set: CharacterSet): Uint8Array {
  const has = new Uint8Array(halves)
  for (let byte = 0; byte < 256; byte++) {
    if (set[byte] !== 1) continue
    has[byte & 15] = 1
    has[16 + (byte >> 4)] = 1
  }
  return has
}

/** The group of each anchor: the one that lets the fewest more windows through with it. */
export function groupsOf(anchors: readonly Anchor[]): readonly number[] {
  const held = Array.from({ length: groups }, () => Array.from({ length: windowBytes }, () => new Uint8Array(halves)))
  const shares = new Float64Array(groups)
  return anchors.map((anchor) => {
    const added = anchor.window.map(halvesIn)
    const grown = held.map((group) => shareOf(group, added))
    const costs = grown.map((share, group) => share - (shares[group] ?? 0))
    const best = costs.indexOf(Math.min(...costs))
    shares[best] = grown[best] ?? 0
    for (const [place, mask] of added.entries())
      for (const [half, bit] of mask.entries()) if (bit === 1) (held[best]?.[place] as Uint8Array)[half] = 1 // all groups have all places
    return best
  })
}

/** Share of the windows of a log that a group with these halves added lets through. */
function shareOf(group: readonly Uint8Array[], added: readonly Uint8Array[]): number {
  let share = 1
  for (const [place, own] of group.entries()) {
    const more = added[place] as Uint8Array // windows have all places
    let passing = 0
    for (let byte = 0; byte < 256; byte++) {
      const low = byte & 15
      const high = 16 + (byte >> 4)
      if ((own[low] === 1 || more[low] === 1) && (own[high] === 1 || more[high] === 1)) passing += often[byte] ?? 0
    }
    share *= passing / always
  }
  return share
}
