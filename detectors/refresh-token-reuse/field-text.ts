// Rows of fields as one flat text of one-byte characters that JSON writes as they are; what is as before takes no room.

import { longUuid, shortUuid } from '../engine/short-uuid.ts'

const fieldEnd = ','
const rowEnd = ';'
/** Stands for `''` where nothing means "as before", and before what would be taken for something else. */
const mark = '!'
/** Control characters, the characters that have a meaning here or in JSON, and all that are not ASCII. */
const unwritable = /[^ #-$&-+\--:<-[\]-z}~]/g
const escapes = /\||%(....)/g

/** Fields that are compared with the last one of their own kind. */
export type FieldKind = 'client' | 'version' | 'user' | 'context' | 'node'

/** The last text of each kind. */
type LastTexts = Record<FieldKind, string>

function noTexts(): LastTexts {
  return { client: '', version: '', user: '', context: '', node: '' }
}

/** To be read by a `FieldReader` in the order in which it was written. */
export class FieldWriter {
  private readonly pieces: string[] = []
  /** Ends of rows and fields since the last field that took room: those at the end of a row, or of all, are never written. */
  private rowEnds = ''
  private fieldEnds = ''
  private readonly last = noTexts()
  private lastAt = 0

  text(text: string): void {
    this.put(text === '' ? '' : shortened(text))
  }

  /** Takes no room where it is what was written last of its kind. */
  like(kind: FieldKind, text: string): void {
    if (text === this.last[kind]) this.put('')
    else {
      this.put(text === '' ? mark : shortened(text))
      this.last[kind] = text
    }
  }

  /** An integer; 0 takes no room. */
  number(value: number): void {
    this.put(value === 0 ? '' : value.toString(36))
  }

  /** Epoch ms, −1: never. Takes no room where it is the time written last. */
  time(at: number): void {
    if (at < 0) this.put(mark)
    else {
      this.number(at - this.lastAt)
      this.lastAt = at
    }
  }

  endRow(): void {
    this.rowEnds += rowEnd
    this.fieldEnds = ''
  }

  /** The rows, and behind them a text as it is, which begins with `{` or is empty. */
  finished(rest: string): string {
    this.pieces.push(rest)
    return this.pieces.join('')
  }

  private put(field: string): void {
    if (field !== '') {
      this.pieces.push(this.rowEnds, this.fieldEnds, field)
      this.rowEnds = ''
      this.fieldEnds = ''
    }
    this.fieldEnds += fieldEnd
  }
}

export class FieldReader {
  /** What stands behind the rows. */
  readonly rest: string
  private readonly rows: string
  private next = 0
  private readonly last = noTexts()
  private lastAt = 0

  constructor(text: string) {
    const restAt = text.indexOf('{')
    this.rest = restAt < 0 ? '' : text.slice(restAt)
    this.rows = restAt < 0 ? text : text.slice(0, restAt)
  }

  text(): string {
    return lengthened(this.field())
  }

  like(kind: FieldKind): string {
    const field = this.field()
    if (field !== '') this.last[kind] = lengthened(field)
    return this.last[kind]
  }

  number(): number {
    const field = this.field()
    return field === '' ? 0 : Number.parseInt(field, 36)
  }

  time(): number {
    const field = this.field()
    if (field === mark) return -1
    if (field !== '') this.lastAt += Number.parseInt(field, 36)
    return this.lastAt
  }

  /** After all fields of the row. */
  endRow(): void {
    this.next += 1
  }

  private field(): string {
    const { rows, next } = this
    let end = next
    while (end < rows.length && rows[end] !== fieldEnd && rows[end] !== rowEnd) end += 1
    this.next = rows[end] === fieldEnd ? end + 1 : end
    return end === next ? '' : rows.slice(next, end)
  }
}

/** UUIDs as 22 letters; other text as it is where that can be. Line ends, which part the features of a place, become `|`. */
function shortened(text: string): string {
  const short = shortUuid(text)
  if (short !== undefined) return short
  const written = text.replace(unwritable, escaped)
  return longUuid(written) === undefined ? written : mark + written
}

function lengthened(field: string): string {
  if (field === '') return ''
  const uuid = longUuid(field)
  if (uuid !== undefined) return uuid
  const written = field.startsWith(mark) ? field.slice(1) : field
  return written.includes('|') || written.includes('%') ? written.replace(escapes, unescaped) : written
}

function escaped(unit: string): string {
  return unit === '\n' ? '|' : `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function unescaped(found: string, code: string): string {
  return found === '|' ? '\n' : String.fromCharCode(Number.parseInt(code, 16))
}
