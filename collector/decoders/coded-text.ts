// One text that goes into the same dictionary column again and again, with the code it had there last.

import type { DictionaryColumn } from '../../schemas/events/dictionary-column.ts'

/** Belongs to one column; several dictionaries in turn are right, and only slower. */
export class CodedText {
  readonly text: string
  private epoch = 0
  private code = 0

  constructor(text: string) {
    this.text = text
  }

  put(column: DictionaryColumn, row: number): void {
    const { dictionary } = column
    if (dictionary.epoch !== this.epoch) {
      this.code = dictionary.codeOf(this.text)
      this.epoch = dictionary.epoch
    }
    column.setCode(row, this.code)
  }
}

/** For memories of texts that are their column's value as they stand. */
export function codedText(text: string): CodedText {
  return new CodedText(text)
}
