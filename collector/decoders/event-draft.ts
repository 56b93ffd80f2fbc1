// One event under construction where a format is read by name and not by position: nothing reaches the batch until it is whole.

import type { NumberColumnName, TextColumnName } from '../../schemas/events/columns.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { QuarantineReason } from '../../schemas/quarantine.ts'
import { cutText } from './attributes.ts'
import type { Refusal } from './decoder.ts'
import { hiddenCharacter, quoted } from './hidden-characters.ts'

const maxNameChars = 1024

/** The first value of a column stays; empty texts are no value. */
export class EventDraft {
  /** The first thing found wrong; the event must then not be written. */
  refusal: Refusal | undefined
  private readonly texts = new Map<TextColumnName, string>()
  private readonly numbers = new Map<NumberColumnName, number>()

  /** A value that names somebody or something: kept whole, or refused where it reads differently from what it is. */
  name(column: TextColumnName, value: string, key: string): void {
    if (value === '' || this.texts.has(column)) return
    const hidden = hiddenCharacter(value)
    if (hidden !== '')
      this.refuse('invalid-field', `${quoted(key)} holds the character ${hidden}, which hides what it says`)
    else if (value.length > maxNameChars)
      this.refuse(
        'invalid-field',
        `${quoted(key)} is ${value.length} characters long, more than the ${maxNameChars} of a name`,
      )
    else this.texts.set(column, value)
  }

  /** A value that only describes: cut where it is long. */
  prose(column: TextColumnName, value: string, maxChars: number): void {
    if (value !== '' && !this.texts.has(column)) this.texts.set(column, cutText(value, maxChars))
  }

  number(column: NumberColumnName, value: number): void {
    if (!this.numbers.has(column)) this.numbers.set(column, value)
  }

  has(column: TextColumnName): boolean {
    return this.texts.has(column)
  }

  text(column: TextColumnName): string {
    return this.texts.get(column) ?? ''
  }

  /** Takes a value out again, for a reader that writes its column itself; `''` where there is none. */
  take(column: TextColumnName): string {
    const text = this.text(column)
    this.texts.delete(column)
    return text
  }

  refuse(reason: QuarantineReason, detail: string): void {
    this.refusal ??= { reason, detail }
  }

  writeTo(batch: EventBatch): void {
    for (const [column, text] of this.texts) batch.columns[column].setText(batch.row, text)
    for (const [column, value] of this.numbers) batch.columns[column].set(batch.row, value)
  }
}
