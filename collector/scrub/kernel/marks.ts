// The first look at a text: which three letters in a row may be of an anchor, wherever two bytes a step find them.

import { type Anchor, looks } from '../anchors.ts'
import type { CharacterSet } from '../characters.ts'
import { letterBits, marksBytes, thirdBits, thirdFactor } from './layout.ts'

/**
 * Letters are looked up by threes, from every other byte on. A window begins where such three do, or one byte behind:
 * either way two look-ups that follow each other have all of it, and there is a mark for each of them. Marks of windows
 * at even bytes stand in the low half of a byte, those of the windows between in the high half.
 */
const even = { earlier: 1, later: 2 } as const
const odd = { earlier: 16, later: 32 } as const
/** Names of fields have marks of their own: half of one anchor and half of another seem to match less often so. */
const ofFields = 2

/** Numbers of letters. */
type Letters = readonly number[]

const anyLetter: Letters = Array.from({ length: letterBits + 1 }, (_, letter) => letter)

/** The marks at each place of the table. */
export function marksOf(anchors: readonly Anchor[]): Uint8Array {
  const marks = new Uint8Array(marksBytes)
  const mark = (bit: number, firsts: Letters, seconds: Letters, thirds: Letters): void => {
    for (const first of firsts)
      for (const second of seconds)
        for (const third of thirds) {
          const place = placeOf(first, second, third)
          marks[place] = (marks[place] ?? 0) | bit
        }
  }
  for (const { window, looks: look } of anchors) {
    const [first, second, third, fourth] = lettersOf(window)
    const shift = look === looks.field ? ofFields : 0
    mark(even.earlier << shift, first, second, third)
    mark(even.later << shift, third, fourth, anyLetter)
    mark(odd.earlier << shift, anyLetter, first, second)
    mark(odd.later << shift, second, third, fourth)
  }
  return marks
}

function lettersOf([first, second, third, fourth]: Anchor['window']): readonly [Letters, Letters, Letters, Letters] {
  return [lettersIn(first), lettersIn(second), lettersIn(third), lettersIn(fourth)]
}

function lettersIn(set: CharacterSet): Letters {
  const letters = new Set<number>()
  for (const [byte, has] of set.entries()) if (has === 1) letters.add(letterOf(byte))
  return [...letters]
}

/** As `lettersOf` of the kernel. */
function letterOf(byte: number): number {
  return byte > 0x3f && byte < 0x80 ? byte & letterBits : 0
}

/** As `placesOf` of the kernel. */
function placeOf(first: number, second: number, third: number): number {
  return first | (second << 8) | ((third * thirdFactor) & thirdBits)
}
