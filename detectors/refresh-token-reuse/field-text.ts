// Rows of fields as one flat text of one-byte characters that JSON writes as they are; what is as before takes no room.

const fieldEnd = ','
const rowEnd = ';'
/** Stands for `''` where nothing means "as before", and before what would be taken for something else. */
const mark = '!'
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const shortUuidForm = /^[\w-]{22}$/
/** Control characters, the characters that have a meaning here or in JSON, and all that are not ASCII. */
const unwritable = /[^ #-$&-+\--:<-[\]-z}~]/g

/** Fields that are compared with the last one of their own kind. */
export type FieldKind = 'client' | 'version' | 'user' | 'context' | 'node'

/** To be read by a `FieldReader` in the order in which it was written. */
export class FieldWriter {
  private readonly rows: string[] = []
  private row: string[] = []
  private readonly last = new Map<FieldKind, string>()
  private lastAt = 0

  text(text: string): void {
    this.row.push(text === '' ? '' : shortened(text))
  }

  /** Takes no room where it is what was written last of its kind. */
  like(kind: FieldKind, text: string): void {
    if (text === (this.last.get(kind) ?? '')) this.row.push('')
    else {
      this.row.push(text === '' ? mark : shortened(text))
      this.last.set(kind, text)
    }
  }

  /** An integer; 0 takes no room. */
  number(value: number): void {
    this.row.push(value === 0 ? '' : value.toString(36))
  }

  /** Epoch ms, −1: never. Takes no room where it is the time written last. */
  time(at: number): void {
    if (at < 0) this.row.push(mark)
    else {
      this.number(at - this.lastAt)
      this.lastAt = at
    }
  }

  /** Fields at its end that took no room leave nothing at all. */
  endRow(): void {
    let length = this.row.length
    while (length > 0 && this.row[length - 1] === '') length -= 1
    this.row.length = length
    this.rows.push(this.row.join(fieldEnd))
    this.row = []
  }

  /** The rows so far, and behind them a text as it is, which begins with `{` or is empty. */
  finished(rest: string): string {
    this.rows.push(rest)
    return this.rows.join(rowEnd)
  }
}

export class FieldReader {
  /** What stands behind the rows. */
  readonly rest: string
  private readonly rows: readonly string[]
  private row: readonly string[]
  private nextRow = 1
  private nextField = 0
  private readonly last = new Map<FieldKind, string>()
  private lastAt = 0

  constructor(text: string) {
    const restAt = text.indexOf('{')
    this.rest = restAt < 0 ? '' : text.slice(restAt)
    this.rows = (restAt < 0 ? text : text.slice(0, restAt)).split(rowEnd)
    this.row = this.rows[0]?.split(fieldEnd) ?? []
  }

  text(): string {
    return lengthened(this.field())
  }

  like(kind: FieldKind): string {
    const field = this.field()
    if (field === '') return this.last.get(kind) ?? ''
    const text = lengthened(field)
    this.last.set(kind, text)
    return text
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

  endRow(): void {
    this.row = this.rows[this.nextRow]?.split(fieldEnd) ?? []
    this.nextRow += 1
    this.nextField = 0
  }

  private field(): string {
    const field = this.row[this.nextField] ?? ''
    this.nextField += 1
    return field
  }
}

/** UUIDs as 22 letters; other text as it is where that can be. Line ends, which part the features of a place, become `|`. */
function shortened(text: string): string {
  if (text.length === 36 && uuidForm.test(text))
    return Buffer.from(text.replaceAll('-', ''), 'hex').toString('base64url')
  const written = text.replace(unwritable, escaped)
  return shortUuidForm.test(written) ? mark + written : written
}

function lengthened(field: string): string {
  if (field.length === 22 && shortUuidForm.test(field)) {
    const hex = Buffer.from(field, 'base64url').toString('hex')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
  const written = field.startsWith(mark) ? field.slice(1) : field
  return written.replace(/\||%(....)/g, (found, code: string) =>
    found === '|' ? '\n' : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function escaped(unit: string): string {
  return unit === '\n' ? '|' : `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
