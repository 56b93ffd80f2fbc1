// Reads a block of ClickHouse's Native format, as `encodeNativeBlock` writes it, back into a batch.

import { clickhouseType, snakeCase } from './column.ts'
import { eventColumnNames, eventColumns } from './columns.ts'
import { DictionaryColumn } from './dictionary-column.ts'
import type { AnyColumn, EventBatch } from './event-batch.ts'
import { IdColumn } from './id-column.ts'
import { TextColumn } from './text-column.ts'

/** What is no block of event columns, or cut short. */
export class MalformedBlock extends Error {
  readonly code = 'ERR_MALFORMED_BLOCK'
  readonly retryable = false
}

const columnsByName = new Map(eventColumnNames.map((name) => [snakeCase(name), name]))

/**
 * Appends the rows of the block to the batch; columns that it does not name hold their absent value.
 * @throws MalformedBlock; the batch then holds no row more than before
 */
export function readNativeBlock(bytes: Uint8Array, batch: EventBatch): void {
  const from = batch.length
  try {
    const reader = new BlockReader(bytes)
    const columns = reader.varint()
    const rows = reader.varint()
    if (rows > bytes.length) throw new MalformedBlock(`a block of ${bytes.length} bytes cannot hold ${rows} rows`)
    for (let column = 0; column < columns; column++) readColumn(reader, batch, rows)
    batch.length = from + rows
  } catch (cause) {
    batch.truncate(from)
    throw cause instanceof RangeError ? new MalformedBlock('the block is cut short', { cause }) : cause
  }
}

function readColumn(reader: BlockReader, batch: EventBatch, rows: number): void {
  const named = reader.text()
  const type = reader.text()
  const name = columnsByName.get(named)
  if (name === undefined || clickhouseType(eventColumns[name]) !== type)
    throw new MalformedBlock(`column "${named}" of type "${type}" is none of an event`)
  if (rows === 0) return
  const column: AnyColumn = batch.columns[name]
  const first = batch.length
  if (column instanceof DictionaryColumn) readDictionary(reader, column, first, rows)
  else if (column instanceof TextColumn)
    for (let row = first; row < first + rows; row++) {
      const { start, end } = reader.cell()
      column.setBytes(row, reader.bytes, start, end)
    }
  else if (column instanceof IdColumn)
    for (let row = first; row < first + rows; row++) column.setBytes(row, reader.bytes, reader.pass(16))
  else for (let row = first; row < first + rows; row++) column.set(row, reader.number(type))
}

/** Width of an index, by ClickHouse's number for its type. */
const indexBytes = [1, 2, 4] as const

function readDictionary(reader: BlockReader, column: DictionaryColumn, first: number, rows: number): void {
  reader.pass(8)
  const width = indexBytes[reader.bytes[reader.pass(8)] ?? indexBytes.length]
  const keys = reader.count()
  if (width === undefined || keys > reader.bytes.length) throw new MalformedBlock('a dictionary cannot be read')
  const codes = new Uint32Array(keys)
  for (let key = 0; key < keys; key++) {
    const { start, end } = reader.cell()
    codes[key] = start === end ? 0 : column.dictionary.codeOfBytes(reader.bytes, start, end)
  }
  if (reader.count() !== rows) throw new MalformedBlock('a dictionary is of other rows')
  for (let row = first; row < first + rows; row++) {
    const code = codes[reader.index(width)]
    if (code === undefined) throw new MalformedBlock('an index lies outside its dictionary')
    if (code !== 0) column.setCode(row, code)
  }
}

/** All numbers little-endian. Reading past the end throws a RangeError. */
class BlockReader {
  readonly bytes: Uint8Array
  private readonly view: DataView
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Where the bytes passed begin. */
  pass(count: number): number {
    const start = this.at
    if (start + count > this.bytes.length) throw new RangeError('past the end')
    this.at += count
    return start
  }

  varint(): number {
    let value = 0
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.view.getUint8(this.at++)
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    throw new MalformedBlock('a length is too long')
  }

  cell(): { readonly start: number; readonly end: number } {
    const size = this.varint()
    const start = this.pass(size)
    return { start, end: start + size }
  }

  text(): string {
    const { start, end } = this.cell()
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('utf8')
  }

  /** A 64-bit integer that is safe. */
  count(): number {
    const start = this.pass(8)
    return this.view.getUint32(start, true) + this.view.getInt32(start + 4, true) * 0x1_0000_0000
  }

  index(width: 1 | 2 | 4): number {
    const start = this.pass(width)
    if (width === 1) return this.view.getUint8(start)
    return width === 2 ? this.view.getUint16(start, true) : this.view.getUint32(start, true)
  }

  number(type: string): number {
    switch (type) {
      case 'UInt8':
        return this.view.getUint8(this.pass(1))
      case 'Int16':
        return this.view.getInt16(this.pass(2), true)
      case 'Int32':
        return this.view.getInt32(this.pass(4), true)
      default:
        return this.count()
    }
  }
}
