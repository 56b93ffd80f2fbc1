// Reads the name of a ClickHouse type as how its values lie in a `Native` column, which is all that finding its end takes.

import { refusal } from './exception.ts'
import { nextToken, type Token } from './sql-tokens.ts'

/** https://clickhouse.com/docs/interfaces/formats/Native and the `Serialization…` classes of the engine. */
export type NativeLayout =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'string' }
  /** A byte a row, then the values. */
  | { readonly kind: 'nullable'; readonly of: NativeLayout }
  /** Where each row ends, then the elements of all rows. */
  | { readonly kind: 'array'; readonly of: NativeLayout }
  /** One column after the other. */
  | { readonly kind: 'tuple'; readonly of: readonly NativeLayout[] }
  /** A version ahead of the column; the distinct values, then a number a row. */
  | { readonly kind: 'dictionary'; readonly of: NativeLayout }
  /** A mode ahead of the column; which alternative each row is, then the values of each. */
  | { readonly kind: 'variant'; readonly of: readonly NativeLayout[] }

const widths: Readonly<Record<string, number>> = {
  Nothing: 1,
  Bool: 1,
  Int8: 1,
  UInt8: 1,
  Enum8: 1,
  Int16: 2,
  UInt16: 2,
  Enum16: 2,
  BFloat16: 2,
  Date: 2,
  Int32: 4,
  UInt32: 4,
  Float32: 4,
  Date32: 4,
  DateTime: 4,
  Time: 4,
  IPv4: 4,
  Int64: 8,
  UInt64: 8,
  Float64: 8,
  DateTime64: 8,
  Time64: 8,
  Int128: 16,
  UInt128: 16,
  IPv6: 16,
  UUID: 16,
  Int256: 32,
  UInt256: 32,
}

const point: NativeLayout = { kind: 'tuple', of: [fixed(8), fixed(8)] }
const ring: NativeLayout = { kind: 'array', of: point }
const polygon: NativeLayout = { kind: 'array', of: ring }
const shapes: Readonly<Record<string, NativeLayout>> = {
  Point: point,
  Ring: ring,
  LineString: ring,
  Polygon: polygon,
  MultiLineString: polygon,
  MultiPolygon: { kind: 'array', of: polygon },
}

/**
 * @param type as the engine writes it, latin1
 * @throws ClickHouseException 48 for a type whose values have no length that could be told from outside
 */
export function nativeLayout(type: string): NativeLayout {
  const tokens = tokensOf(type)
  const [layout, end] = typeAt(tokens, 0)
  if (end !== tokens.length) throw unknown(type)
  return layout
}

function tokensOf(type: string): readonly Token[] {
  const tokens: Token[] = []
  for (let token = nextToken(type, 0); token !== undefined; token = nextToken(type, token.end, token)) {
    tokens.push(token)
  }
  return tokens
}

/** @returns the layout of the type that begins at a token, and the token after it */
function typeAt(tokens: readonly Token[], at: number): readonly [NativeLayout, number] {
  const name = tokens[at]?.text ?? ''
  const close = closingOf(tokens, at + 1)
  const end = close === undefined ? at + 1 : close + 1
  const types = (): readonly NativeLayout[] => argumentsOf(tokens, at + 2, close)
  return [layoutOf(name, tokens, at, types), end]
}

function layoutOf(
  name: string,
  tokens: readonly Token[],
  at: number,
  types: () => readonly NativeLayout[],
): NativeLayout {
  const width = widths[name]
  if (width !== undefined) return fixed(width)
  const shape = shapes[name]
  if (shape !== undefined) return shape
  switch (name) {
    case 'String':
      return { kind: 'string' }
    case 'FixedString':
      return fixed(numberAt(tokens, at + 2))
    case 'Decimal':
      return fixed(decimalBytes(numberAt(tokens, at + 2)))
    case 'Nullable':
      return { kind: 'nullable', of: only(types(), name) }
    case 'Array':
      return { kind: 'array', of: only(types(), name) }
    case 'Map':
    case 'Nested':
      return { kind: 'array', of: { kind: 'tuple', of: types() } }
    case 'Tuple': {
      const of = types()
      return of.length === 0 ? fixed(1) : { kind: 'tuple', of }
    }
    case 'LowCardinality': {
      const of = only(types(), name)
      // That a value is missing is one of the numbers, not a byte beside the distinct values.
      return { kind: 'dictionary', of: of.kind === 'nullable' ? of.of : of }
    }
    case 'Variant':
      return { kind: 'variant', of: types() }
    case 'SimpleAggregateFunction':
      return typeAt(tokens, commaAfter(tokens, at + 2) + 1)[0]
    default:
      if (/^Interval[A-Z][a-z]+$/.test(name)) return fixed(8)
      throw unknown(name)
  }
}

/** The types in brackets; of a named element (`name Type`) the type. */
function argumentsOf(tokens: readonly Token[], from: number, close: number | undefined): readonly NativeLayout[] {
  const types: NativeLayout[] = []
  for (let at = from; at < (close ?? 0); ) {
    const named = tokens[at + 1]?.kind === 'word'
    const [layout, end] = typeAt(tokens, named ? at + 1 : at)
    types.push(layout)
    at = end + 1
  }
  return types
}

/** Where the bracket that opens at a token closes; `undefined` where none opens. */
function closingOf(tokens: readonly Token[], open: number): number | undefined {
  if (tokens[open]?.text !== '(') return undefined
  let depth = 0
  for (let at = open; at < tokens.length; at++) {
    const { kind, text } = tokens[at] ?? {}
    if (kind !== 'sign') continue
    if (text === '(') depth++
    if (text === ')') depth--
    if (depth === 0) return at
  }
  return undefined
}

function commaAfter(tokens: readonly Token[], from: number): number {
  let at = from
  while (at < tokens.length && tokens[at]?.text !== ',') at = (closingOf(tokens, at + 1) ?? at) + 1
  return at
}

function numberAt(tokens: readonly Token[], at: number): number {
  const { kind, text } = tokens[at] ?? {}
  if (kind !== 'number') throw unknown(text ?? '')
  return Number(text)
}

function decimalBytes(precision: number): number {
  if (precision <= 9) return 4
  if (precision <= 18) return 8
  return precision <= 38 ? 16 : 32
}

function fixed(bytes: number): NativeLayout {
  return { kind: 'fixed', bytes }
}

function only([type, ...more]: readonly NativeLayout[], name: string): NativeLayout {
  if (type === undefined || more.length > 0) throw unknown(name)
  return type
}

function unknown(name: string): Error {
  const shown = name.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)
  return refusal(
    'NOT_IMPLEMENTED',
    `the embedded store cannot frame the type "${shown}" for this client: turn the column into text by toString, ` +
      'or finish the aggregation',
  )
}
