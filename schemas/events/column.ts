// How one event column is declared: the single source of its storage, cursor, DDL, reference page and OCSF mapping.

/**
 * - `dictionary`: text from a small set of values; kept as codes, `LowCardinality(String)` in ClickHouse; absent = `''`.
 * - `text`: free text; kept as UTF-8 in ClickHouse's own layout; absent = `''`.
 * - `instant`: epoch milliseconds; `DateTime64(3)`.
 * - `id`: 128 bits shown as a UUID; `UUID`.
 * - `u8`, `i16`, `i32`, `i64`: integers (an `i64` stays within ±2^53); absent = the column's `absent`, −1 unless said.
 */
export type ColumnType = 'dictionary' | 'text' | 'instant' | 'id' | 'u8' | 'i16' | 'i32' | 'i64'

export interface ColumnDeclaration<Type extends ColumnType = ColumnType> {
  readonly type: Type
  /** One sentence for the reference page. */
  readonly meaning: string
  /** Unit of a number, if it has one. */
  readonly unit?: string
  /** The value of a row that does not know; `''` or −1 unless said. */
  readonly absent?: number
  /** The closed words it may hold, if closed. */
  readonly words?: readonly string[]
  /** Path in an OCSF 1.8 event, if there is one. */
  readonly ocsf?: string
  /** Look-ups by this column come without a time range: it carries a bloom filter index. */
  readonly lookup?: true
}

const defaultAbsent: Readonly<Record<ColumnType, number>> = {
  dictionary: 0,
  text: 0,
  id: 0,
  instant: 0,
  u8: 0,
  i16: -1,
  i32: -1,
  i64: -1,
}

/** The number a numeric column holds where the record does not say. */
export function absentNumber(column: ColumnDeclaration): number {
  return column.absent ?? defaultAbsent[column.type]
}

const clickhouseTypes: Readonly<Record<ColumnType, string>> = {
  dictionary: 'LowCardinality(String)',
  text: 'String',
  id: 'UUID',
  instant: "DateTime64(3, 'UTC')",
  u8: 'UInt8',
  i16: 'Int16',
  i32: 'Int32',
  i64: 'Int64',
}

/** The ClickHouse type that stores a column. */
export function clickhouseType(column: ColumnDeclaration): string {
  return clickhouseTypes[column.type]
}

/** `sourceIp` → `source_ip`: how a column is called in ClickHouse, JSON of the API and the reference page. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
