// Puts attribute values into columns straight from their bytes; a name that hides what it says is refused.

import type { DictionaryColumn } from '../../../schemas/events/dictionary-column.ts'
import type { NumberColumn } from '../../../schemas/events/number-column.ts'
import type { TextColumn } from '../../../schemas/events/text-column.ts'
import { type MemoSize, TextMemo } from '../access/text-memo.ts'
import { cutText } from '../attributes.ts'
import { CodedText } from '../coded-text.ts'
import type { Refusal } from '../decoder.ts'
import { hiddenCharacter } from '../hidden-characters.ts'
import type { AttributeList } from './attribute-list.ts'

const maxNameBytes = 1024

/** A dictionary column's values as they stand, cut where they are long; found again by their bytes. */
export class Words {
  private readonly texts: TextMemo<CodedText>

  constructor(maxChars = 1024, size?: MemoSize) {
    this.texts = new TextMemo((text) => new CodedText(cutText(text, maxChars)), size)
  }

  /** The first of the slots that holds a text; false where none does. */
  put(list: AttributeList, slots: readonly number[], column: DictionaryColumn, row: number): boolean {
    const place = firstText(list, slots)
    if (place === -1) return false
    this.at(list, place).put(column, row)
    list.said[place] = 1
    return true
  }

  at(list: AttributeList, place: number): CodedText {
    return this.texts.of(list.view, list.starts[place] as number, list.ends[place] as number) // places are below the count
  }
}

/** The place of the first of the slots that holds a text; −1 where none does. */
export function firstText(list: AttributeList, slots: readonly number[]): number {
  for (let at = 0; at < slots.length; at++) {
    const place = list.textPlace(slots[at] as number) // below the length
    if (place !== -1) return place
  }
  return -1
}

/** Writes the first whole number among the slots that is at most `most`. */
export function putWhole(
  list: AttributeList,
  slots: readonly number[],
  column: NumberColumn,
  row: number,
  most: number,
): number {
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] as number // below the length
    if (!list.has(slot)) continue
    const value = list.whole(slot)
    if (value < 0 || value > most) continue
    column.set(row, value)
    list.say(slot)
    return value
  }
  return -1
}

/** Writes the first name among the slots; gives why it is none. */
export function putName(
  list: AttributeList,
  slots: readonly number[],
  column: TextColumn,
  row: number,
): Refusal | undefined {
  const place = firstText(list, slots)
  if (place === -1) return undefined
  const start = list.starts[place] as number // places are below the count
  const end = list.ends[place] as number // as above
  const refusal = nameProblem(list.bytes, start, end)
  if (refusal !== undefined) return refusal
  column.setBytes(row, list.bytes, start, end)
  list.said[place] = 1
  return undefined
}

/** Why valid UTF-8 bytes name nobody: they are too long or read differently from what they are. */
export function nameProblem(bytes: Uint8Array, start: number, end: number): Refusal | undefined {
  if (end - start > maxNameBytes)
    return { reason: 'invalid-field', detail: `a name in it is ${end - start} bytes long, more than ${maxNameBytes}` }
  let at = start
  while (at < end && isOrdinary(bytes[at] as number)) at++ // within the range
  if (at === end) return undefined
  return hiddenIn(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())
}

/** The same of a text. */
export function hiddenIn(text: string): Refusal | undefined {
  const hidden = hiddenCharacter(text)
  if (hidden === '') return undefined
  return { reason: 'invalid-field', detail: `a name in it holds the character ${hidden}, which hides what it says` }
}

function isOrdinary(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f
}

/** The last place at or before `start + most` that splits no UTF-8 character. */
export function cutAt(bytes: Uint8Array, start: number, end: number, most: number): number {
  if (end - start <= most) return end
  let at = start + most
  while (((bytes[at] as number) & 0xc0) === 0x80) at-- // a character has at most three bytes of continuation
  return at
}
