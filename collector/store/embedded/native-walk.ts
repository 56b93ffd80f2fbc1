// Walks the blocks of a `Native` result and tells where each of them begins, and where the values of each column do.

import type { ByteReader } from './byte-reader.ts'
import { refusal } from './exception.ts'
import { type NativeLayout, nativeLayout } from './native-layout.ts'

export interface NativeMark {
  readonly kind: 'block' | 'values'
  /** Bytes before it. */
  readonly at: number
}

const maxNameBytes = 1024 * 1024

/** @throws ClickHouseException 48 for a type that cannot be walked, 49 for bytes that are no blocks */
export async function* walkNative(reader: ByteReader): AsyncGenerator<NativeMark> {
  const layouts = new Map<string, NativeLayout>()
  while (!(await reader.ended())) {
    yield { kind: 'block', at: reader.position() }
    const columns = await reader.varint()
    const rows = await reader.varint()
    for (let column = 0; column < columns; column++) {
      await reader.skip(await reader.varint())
      const length = await reader.varint()
      if (length > maxNameBytes) throw malformed('a type with a long name')
      const type = (await reader.take(length)).toString('latin1')
      yield { kind: 'values', at: reader.position() }
      const layout = layouts.get(type) ?? nativeLayout(type)
      layouts.set(type, layout)
      if (rows === 0) continue
      await skipAhead(reader, layout)
      await skipValues(reader, layout, rows)
    }
  }
}

/** What stands once before the values of a column: the versions of its dictionaries, outer ones first. */
async function skipAhead(reader: ByteReader, layout: NativeLayout): Promise<void> {
  switch (layout.kind) {
    case 'fixed':
    case 'string':
      return
    case 'nullable':
    case 'array':
      return skipAhead(reader, layout.of)
    case 'tuple':
      for (const element of layout.of) await skipAhead(reader, element)
      return
    case 'dictionary':
      await reader.skip(8)
      return
    case 'variant':
      if ((await reader.uint64()) !== 0) throw malformed('a Variant in compact form')
      for (const alternative of layout.of) await skipAhead(reader, alternative)
      return
    default:
      return layout satisfies never
  }
}

async function skipValues(reader: ByteReader, layout: NativeLayout, rows: number): Promise<void> {
  if (rows === 0) return
  switch (layout.kind) {
    case 'fixed':
      return reader.skip(rows * layout.bytes)
    case 'string':
      return reader.skipStrings(rows)
    case 'nullable':
      await reader.skip(rows)
      return skipValues(reader, layout.of, rows)
    case 'array':
      await reader.skip((rows - 1) * 8)
      return skipValues(reader, layout.of, await reader.uint64())
    case 'tuple':
      for (const element of layout.of) await skipValues(reader, element, rows)
      return
    case 'dictionary':
      return skipDictionary(reader, layout.of)
    case 'variant':
      return skipVariant(reader, layout.of, rows)
    default:
      return layout satisfies never
  }
}

const sharedDictionary = 0x100
const ownDictionary = 0x200

async function skipDictionary(reader: ByteReader, of: NativeLayout): Promise<void> {
  const form = await reader.uint64()
  const width = form & 0xff
  if ((form & sharedDictionary) !== 0 || (form & ownDictionary) === 0 || width > 3) {
    throw malformed('a LowCardinality column without its dictionary')
  }
  await skipValues(reader, of, await reader.uint64())
  await reader.skip((await reader.uint64()) * 2 ** width)
}

const noAlternative = 255

async function skipVariant(reader: ByteReader, of: readonly NativeLayout[], rows: number): Promise<void> {
  const counts = of.map(() => 0)
  await reader.each(rows, (which) => {
    if (which !== noAlternative) counts[which] = (counts[which] ?? 0) + 1
  })
  if (counts.length > of.length) throw malformed('a Variant of an unknown alternative')
  for (const [which, alternative] of of.entries()) await skipValues(reader, alternative, counts[which] ?? 0)
}

function malformed(what: string): Error {
  return refusal('LOGICAL_ERROR', `the engine wrote ${what}, which the embedded store does not read`)
}
