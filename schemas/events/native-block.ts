// Encodes a batch as one block of ClickHouse's Native format, column by column, without building rows.

import { absentNumber, type ColumnDeclaration, clickhouseType, snakeCase } from './column.ts'
import { type EventColumnName, eventColumnNames, eventColumns } from './columns.ts'
import { DictionaryColumn } from './dictionary-column.ts'
import type { AnyColumn, EventBatch } from './event-batch.ts'
import { IdColumn } from './id-column.ts'
import type { NumberColumn } from './number-column.ts'
import { TextColumn } from './text-column.ts'

/** Rows of one block; ClickHouse makes one part of it, so that the insert is atomic. */
export const maxBlockRows = 1_000_000

/** The columns an insert must bring. Of the others no row says anything, and ClickHouse fills in what absent means: `''` or 0. */
export function columnsToSend(batch: EventBatch): readonly EventColumnName[] {
  return eventColumnNames.filter((name) => batch.columns[name].length > 0 || absentNumber(eventColumns[name]) !== 0)
}

/**
 * The bytes of one Native block holding `rows` of the batch (all rows when left out), as views and small buffers in order,
 * each column encoded when it is asked for; all columns where `names` are left out. The views point into the batch: send them before the batch is cleared.
 * Source: ClickHouse `NativeWriter` and `SerializationLowCardinality`, which the store's own tests read back.
 */
export function* encodeNativeBlock(
  batch: EventBatch,
  rows?: Uint32Array,
  names: readonly EventColumnName[] = eventColumnNames,
): Generator<Uint8Array> {
  const count = rows?.length ?? batch.length
  if (count > maxBlockRows) throw new RangeError(`a block of ${count} rows would not be atomic`)
  yield Buffer.concat([varint(names.length), varint(count)])
  for (const name of names) {
    const column = batch.columns[name]
    const chunks: Uint8Array[] = [headerOf(name)]
    if (count > 0) encodeColumn(chunks, column, eventColumns[name], batch.length, rows)
    yield* chunks
  }
}

const headers = new Map<EventColumnName, Uint8Array>()

function headerOf(name: EventColumnName): Uint8Array {
  let header = headers.get(name)
  if (header === undefined) {
    header = Buffer.concat([stringCell(snakeCase(name)), stringCell(clickhouseType(eventColumns[name]))])
    headers.set(name, header)
  }
  return header
}

function encodeColumn(
  chunks: Uint8Array[],
  column: AnyColumn,
  declaration: ColumnDeclaration,
  length: number,
  rows: Uint32Array | undefined,
): void {
  if (column instanceof TextColumn) encodeText(chunks, column, length, rows)
  else if (column instanceof DictionaryColumn) encodeDictionary(chunks, column, length, rows)
  else if (column instanceof IdColumn) encodeIds(chunks, column, length, rows)
  else encodeNumbers(chunks, column, declaration, length, rows)
}

function encodeText(chunks: Uint8Array[], column: TextColumn, length: number, rows: Uint32Array | undefined): void {
  // Most columns of most batches: an empty text is its length, zero.
  if (column.length === 0) return void chunks.push(new Uint8Array(rows?.length ?? length))
  column.padTo(length)
  if (rows === undefined) chunks.push(column.bytes.subarray(0, column.used))
  else for (const row of rows) chunks.push(column.cell(row))
}

function encodeIds(chunks: Uint8Array[], column: IdColumn, length: number, rows: Uint32Array | undefined): void {
  if (rows === undefined) chunks.push(column.bytes.subarray(0, length * 16))
  else for (const row of rows) chunks.push(column.bytes.subarray(row * 16, row * 16 + 16))
}

// Shared dictionaries with additional keys, the dictionary sent with each block; the low byte says how wide the indexes are.
const lowCardinalityVersion = 1n
const lowCardinalityFlags = 0x600n

function encodeDictionary(
  chunks: Uint8Array[],
  column: DictionaryColumn,
  length: number,
  rows: Uint32Array | undefined,
): void {
  const count = rows?.length ?? length
  const keys: Uint8Array[] = [stringCell('')] // key 0 is the absent text
  let keyCount = 0
  const keyOfCode = new Int32Array(column.dictionary.size)
  // A batch has fewer texts than its dictionary, which lives on across batches.
  const [width, indexes] = openIndexes(Math.min(column.dictionary.size, count + 1), count)
  const mostSet = rows === undefined ? Math.min(count, column.length) : count
  for (let at = 0; at < mostSet; at++) {
    const row = rows === undefined ? at : (rows[at] as number) // at < rows.length
    const code = row < column.length ? (column.codes[row] as number) : 0 // row < length of codes
    if (code === 0) continue
    let key = keyOfCode[code] as number // code < dictionary.size
    if (key === 0) {
      const bytes = column.dictionary.bytesOf(code)
      keyCount += 1
      key = keyCount
      keyOfCode[code] = key
      keys.push(varint(bytes.length), bytes)
    }
    indexes[at] = key
  }
  const head = Buffer.alloc(24)
  head.writeBigUInt64LE(lowCardinalityVersion, 0)
  head.writeBigUInt64LE(lowCardinalityFlags | width, 8)
  head.writeBigUInt64LE(BigInt(keyCount + 1), 16)
  const rowCount = Buffer.alloc(8)
  rowCount.writeBigUInt64LE(BigInt(count))
  chunks.push(head, Buffer.concat(keys), rowCount, bytesOf(indexes))
}

/** Indexes that can tell so many keys from each other, and the number that ClickHouse gives their type. */
function openIndexes(keys: number, count: number): readonly [bigint, Uint8Array | Uint16Array | Uint32Array] {
  if (keys <= 0x100) return [0n, new Uint8Array(count)]
  if (keys <= 0x1_0000) return [1n, new Uint16Array(count)]
  return [2n, new Uint32Array(count)]
}

function encodeNumbers(
  chunks: Uint8Array[],
  column: NumberColumn,
  declaration: ColumnDeclaration,
  length: number,
  rows: Uint32Array | undefined,
): void {
  const count = rows?.length ?? length
  switch (declaration.type) {
    case 'u8':
      return void chunks.push(narrow(new Uint8Array(count), column, rows))
    case 'i16':
      return void chunks.push(bytesOf(narrow(new Int16Array(count), column, rows)))
    case 'i32':
      return void chunks.push(bytesOf(narrow(new Int32Array(count), column, rows)))
    default:
      return void chunks.push(bytesOf(halvesOf(narrow(new Float64Array(count), column, rows))))
  }
}

/** Safe integers as 64-bit ones: low half, high half. */
function halvesOf(values: Float64Array): Int32Array {
  const halves = new Int32Array(values.length * 2)
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number // at < length
    halves[at * 2] = value | 0 // the low 32 bits, by two's complement
    halves[at * 2 + 1] = Math.floor(value / 0x1_0000_0000)
  }
  return halves
}

function narrow<Narrow extends Uint8Array | Int16Array | Int32Array | Float64Array>(
  into: Narrow,
  column: NumberColumn,
  rows: Uint32Array | undefined,
): Narrow {
  if (rows === undefined) {
    const known = Math.min(column.length, into.length)
    into.set(column.values.subarray(0, known))
    into.fill(column.absent, known)
  } else for (const [at, row] of rows.entries()) into[at] = column.value(row)
  return into
}

function bytesOf(values: Uint8Array | Uint16Array | Uint32Array | Int32Array | Int16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function stringCell(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([varint(bytes.length), bytes])
}

function varint(value: number): Uint8Array {
  const out: number[] = []
  let rest = value
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  out.push(rest)
  return Uint8Array.from(out)
}
