// OTLP in protobuf for tests: JSON objects to bytes and back, after the tables of the schema, simply and not fast.

import type { Message, MessageField, Signal } from '../../schemas/otlp/messages.ts'
import { resource, scope } from '../../schemas/otlp/messages.ts'

export type Json = { readonly [name: string]: unknown }

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

/** A field of any kind that has a length. */
export function delimited(number: number, bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes as Uint8Array) // a string is taken as UTF-8 by the same call
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content])
}

export function encode(message: Message, object: Json): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of Object.entries(object)) {
    const field = message.byName.get(name)
    if (field === undefined) throw new RangeError(`"${message.name}" has no field "${name}"`)
    for (const one of field.repeated ? (value as readonly unknown[]) : [value]) parts.push(encodeField(field, one))
  }
  return Buffer.concat(parts)
}

function encodeField({ number, form, wire }: MessageField, value: unknown): Buffer {
  if (typeof form !== 'string') return delimited(number, encode(form, value as Json)) // the test wrote it so
  const tag = varint(number * 8 + wire)
  switch (form) {
    case 'text':
      return delimited(number, String(value))
    case 'bytes':
      return delimited(number, value instanceof Uint8Array ? value : Buffer.from(String(value), 'base64'))
    case 'trace-id':
    case 'span-id':
      return delimited(number, Buffer.from(String(value), 'hex'))
    case 'fixed64':
    case 'fixed32':
    case 'double': {
      const bytes = Buffer.alloc(form === 'fixed32' ? 4 : 8)
      if (form === 'double') bytes.writeDoubleLE(Number(value))
      else if (form === 'fixed64') bytes.writeBigUInt64LE(BigInt(String(value)))
      else bytes.writeUInt32LE(Number(value))
      return Buffer.concat([tag, bytes])
    }
    default:
      return Buffer.concat([tag, varint(typeof value === 'boolean' ? Number(value) : BigInt(String(value)))])
  }
}

/** @throws when the bytes are no whole message, hold an unknown field, or a string that is not UTF-8 */
export function decode(message: Message, bytes: Uint8Array): Json {
  const object: { [name: string]: unknown } = {}
  const buffer = Buffer.from(bytes)
  let at = 0
  const number = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = buffer.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < buffer.length) {
    const tag = Number(number())
    const field = message.fields[tag >> 3]
    if (field === undefined || field.wire !== (tag & 7))
      throw new RangeError(`unknown field ${tag >> 3} in ${message.name}`)
    let value: unknown
    if (field.wire === 2) {
      const end = Number(number()) + at
      if (end > buffer.length) throw new RangeError('truncated')
      value = contentOf(field, buffer.subarray(at, end))
      at = end
    } else if (field.wire === 0) value = scalarOf(field, number())
    else {
      value =
        field.form === 'double'
          ? buffer.readDoubleLE(at)
          : field.wire === 1
            ? String(buffer.readBigUInt64LE(at))
            : buffer.readUInt32LE(at)
      at += field.wire === 1 ? 8 : 4
    }
    if (!field.repeated) object[field.name] = value
    else object[field.name] = [...((object[field.name] as unknown[]) ?? []), value] // lists are made here alone
  }
  return object
}

function contentOf({ form }: MessageField, bytes: Buffer): unknown {
  if (typeof form !== 'string') return decode(form, bytes)
  return form === 'text' ? utf8.decode(bytes) : bytes.toString(form === 'bytes' ? 'base64' : 'hex')
}

function scalarOf({ form }: MessageField, value: bigint): unknown {
  if (form === 'bool') return value !== 0n
  return form === 'int64' ? String(BigInt.asIntN(64, value)) : Number(value)
}

export interface Group {
  readonly resource?: Json
  readonly schemaUrl?: string
  readonly scopes: readonly { readonly scope?: Json; readonly schemaUrl?: string; readonly items: readonly Json[] }[]
}

/** A whole export request; items may be given as bytes to say anything. */
export function encodeExport(signal: Signal, groups: readonly Group[], extra: readonly Buffer[] = []): Buffer {
  return Buffer.concat([
    ...groups.map((group) => {
      const scopes = group.scopes.map((one) =>
        delimited(
          2,
          Buffer.concat([
            ...(one.scope === undefined ? [] : [delimited(1, encode(scope, one.scope))]),
            ...one.items.map((item) => delimited(2, item instanceof Uint8Array ? item : encode(signal.item, item))),
            ...(one.schemaUrl === undefined ? [] : [delimited(3, one.schemaUrl)]),
          ]),
        ),
      )
      const before = group.resource === undefined ? [] : [delimited(1, encode(resource, group.resource))]
      const after = group.schemaUrl === undefined ? [] : [delimited(3, group.schemaUrl)]
      return delimited(1, Buffer.concat([...before, ...scopes, ...after]))
    }),
    ...extra,
  ])
}

export function decodeExport(signal: Signal, bytes: Uint8Array): readonly Group[] {
  return fieldsIn(bytes).map(({ content }) => {
    const group: { resource?: Json; schemaUrl?: string; scopes: Group['scopes'][number][] } = { scopes: [] }
    for (const { number, content: part } of fieldsIn(content)) {
      if (number === 1) group.resource = decode(resource, part)
      else if (number === 3) group.schemaUrl = utf8.decode(part)
      else group.scopes.push(decodeScope(signal, part))
    }
    return group
  })
}

function decodeScope(signal: Signal, bytes: Uint8Array): Group['scopes'][number] {
  const found: { scope?: Json; schemaUrl?: string; items: Json[] } = { items: [] }
  for (const { number, content } of fieldsIn(bytes)) {
    if (number === 1) found.scope = decode(scope, content)
    else if (number === 3) found.schemaUrl = utf8.decode(content)
    else found.items.push(decode(signal.item, content))
  }
  return found
}

function fieldsIn(bytes: Uint8Array): readonly { readonly number: number; readonly content: Uint8Array }[] {
  const fields: { number: number; content: Uint8Array }[] = []
  let at = 0
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = number()
    if ((tag & 7) !== 2) throw new RangeError('only messages and strings stand here')
    const end = number() + at
    fields.push({ number: tag >> 3, content: bytes.subarray(at, end) })
    at = end
  }
  return fields
}
