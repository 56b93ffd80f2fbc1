// One column of free text, kept as ClickHouse's Native format wants it: length as varint, then UTF-8 bytes, row after row.

/** Longer texts are copied as a whole, which takes some time to begin. */
const maxShortBytes = 128

export class TextColumn {
  bytes: Buffer<ArrayBuffer>
  /** Spans `bytes`. */
  private view: DataView<ArrayBuffer>
  /** Bytes used. */
  used = 0
  /** Rows written; later rows are empty until `padTo`. */
  length = 0
  private starts: Uint32Array<ArrayBuffer>

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity * 16)
    this.view = new DataView(this.bytes.buffer)
    this.starts = new Uint32Array(capacity)
  }

  setText(row: number, text: string): void {
    const room = text.length * 3 + 5
    this.open(row, room)
    // A guess of the varint's width from the UTF-16 length is right for ASCII; otherwise the text is encoded apart.
    const width = varintWidth(text.length)
    const written = this.bytes.write(text, this.used + width, 'utf8')
    if (varintWidth(written) !== width)
      this.bytes.copyWithin(this.used + varintWidth(written), this.used + width, this.used + width + written)
    this.writeVarint(written)
    this.used += written
  }

  /** Copies the valid UTF-8 bytes `source[start, end)`. */
  setBytes(row: number, source: Uint8Array, start: number, end: number): void {
    const size = end - start
    this.open(row, size + 5)
    this.writeVarint(size)
    const bytes = this.bytes
    let to = this.used
    if (size > 64) bytes.set(source.subarray(start, end), to)
    else for (let from = start; from < end; from++, to++) bytes[to] = source[from] as number // in bounds by the caller's range
    this.used += size
  }

  /** Copies the valid UTF-8 bytes `[start, end)` of a view, short ones four at a time. */
  setFrom(row: number, source: DataView, start: number, end: number): void {
    const size = end - start
    this.open(row, size + 5)
    this.writeVarint(size)
    const { view, used } = this
    if (size > maxShortBytes) this.bytes.set(new Uint8Array(source.buffer, source.byteOffset + start, size), used)
    else if (size < 4) for (let at = 0; at < size; at++) view.setUint8(used + at, source.getUint8(start + at))
    else {
      const last = size - 4 // the last word overlaps the one before it
      for (let at = 0; at < last; at += 4) view.setInt32(used + at, source.getInt32(start + at, true), true)
      view.setInt32(used + last, source.getInt32(start + last, true), true)
    }
    this.used += size
  }

  text(row: number): string {
    if (row >= this.length) return ''
    let at = this.starts[row] as number // row < length
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[at++] as number // a varint ends inside the buffer
      size += (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    return size === 0 ? '' : this.bytes.toString('utf8', at, at + size)
  }

  /** Writes empty rows up to `rows`. */
  padTo(rows: number): void {
    if (this.length >= rows) return
    const missing = rows - this.length
    this.reserve(missing)
    if (rows > this.starts.length) this.growStarts(rows)
    for (let row = this.length; row < rows; row++) this.starts[row] = this.used + (row - this.length)
    this.bytes.fill(0, this.used, this.used + missing)
    this.used += missing
    this.length = rows
  }

  /** Forgets rows at and above `rows`. */
  truncate(rows: number): void {
    if (this.length <= rows) return
    this.used = this.starts[rows] as number // rows < length
    this.length = rows
  }

  /** The bytes `[from, to)` of a row's cell, with its length prefix: a cell of the Native block. */
  cell(row: number): Uint8Array {
    if (row >= this.length) return emptyCell
    const start = this.starts[row] as number // row < length
    const end = row + 1 < this.length ? (this.starts[row + 1] as number) : this.used // row + 1 < length
    return this.bytes.subarray(start, end)
  }

  clear(): void {
    this.used = 0
    this.length = 0
  }

  private open(row: number, room: number): void {
    if (row < this.length) throw new RangeError(`text of row ${row} was set twice`)
    if (row > this.length) this.padTo(row)
    this.reserve(room)
    if (row >= this.starts.length) this.growStarts(row + 1)
    this.starts[row] = this.used
    this.length = row + 1
  }

  private writeVarint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.bytes[this.used++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.used++] = rest
  }

  private reserve(room: number): void {
    const wanted = this.used + room
    if (wanted <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(wanted, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.used)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  private growStarts(rows: number): void {
    const grown = new Uint32Array(Math.max(rows, this.starts.length * 2))
    grown.set(this.starts)
    this.starts = grown
  }
}

const emptyCell = new Uint8Array(1)

function varintWidth(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5
}
