// The keys of the state file: one letter for the kind, then what it is about, in an order that ranges can use.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * C name → the cursor's offset. T topic → where the topic stands. R topic offset part → a record's head (0) and value
 * (1). K topic hash → the offset of the key's newest record. D topic time offset → a tombstone, by age.
 */
export type StateKind = 'C' | 'T' | 'R' | 'K' | 'D'

/** `alerts/0`, the way a topic's partition is written inside keys. It holds no NUL. */
export type TopicKey = string

export function cursorKey(name: string): Buffer {
  return Buffer.from(`C${name}`, 'utf8')
}

export function topicKey(topic: TopicKey): Buffer {
  return Buffer.from(`T${topic}\0`, 'latin1')
}

export function recordKey(topic: TopicKey, offset: number, part: 0 | 1): Buffer {
  const prefix = prefixOf('R', topic)
  const key = Buffer.allocUnsafe(prefix.length + 9)
  prefix.copy(key)
  writeCount(key, offset, prefix.length)
  key.writeUInt8(part, prefix.length + 8)
  return key
}

/** The key under which the newest record of `key` is found. The hash keeps it short whatever the key is. */
export function newestKey(topic: TopicKey, key: string): Buffer {
  const hash = createHash('sha256').update(key, 'utf8').digest().subarray(0, 20)
  return Buffer.concat([prefixOf('K', topic), hash])
}

export function tombstoneKey(topic: TopicKey, appendedAt: number, offset: number): Buffer {
  const prefix = prefixOf('D', topic)
  const key = Buffer.allocUnsafe(prefix.length + 16)
  prefix.copy(key)
  writeCount(key, appendedAt, prefix.length)
  writeCount(key, offset, prefix.length + 8)
  return key
}

/** Sorts after every key of the kind and topic. */
export function endOf(kind: StateKind, topic: TopicKey): Buffer {
  return Buffer.concat([prefixOf(kind, topic), Buffer.alloc(17, 0xff)])
}

export type ParsedKey =
  | { readonly kind: 'C'; readonly name: string }
  | { readonly kind: 'T'; readonly topic: TopicKey }
  | { readonly kind: 'R'; readonly topic: TopicKey; readonly offset: number; readonly part: 0 | 1 }
  | { readonly kind: 'K'; readonly topic: TopicKey; readonly hash: string }
  | { readonly kind: 'D'; readonly topic: TopicKey; readonly appendedAt: number; readonly offset: number }

/** Undefined for bytes that are no key of ours, which a damaged file may hold. */
export function parseKey(key: Buffer): ParsedKey | undefined {
  const kind = key.toString('latin1', 0, 1)
  if (kind === 'C') return { kind, name: key.toString('utf8', 1) }
  const end = key.indexOf(0)
  if (end < 2) return undefined
  const topic = key.toString('latin1', 1, end)
  const rest = key.subarray(end + 1)
  if (kind === 'T' && rest.length === 0) return { kind, topic }
  if (kind === 'K' && rest.length === 20) return { kind, topic, hash: rest.toString('latin1') }
  if (kind === 'D' && rest.length === 16) return { kind, topic, appendedAt: count(rest, 0), offset: count(rest, 8) }
  const part = rest.length === 9 ? rest.readUInt8(8) : undefined
  if (kind === 'R' && (part === 0 || part === 1)) return { kind, topic, offset: count(rest, 0), part }
  return undefined
}

/** A small value with its checksum before it. */
export function sealValue(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value), 'utf8')
  const sealed = Buffer.allocUnsafe(body.length + 4)
  sealed.writeUInt32LE(crc32(body), 0)
  body.copy(sealed, 4)
  return sealed
}

/** What was sealed, or undefined when the bytes changed since. */
export function unsealValue(sealed: Uint8Array): unknown {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length)
  if (bytes.length < 5 || crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0)) return undefined
  return JSON.parse(bytes.toString('utf8', 4))
}

/** The offset under a K key or a cursor, or undefined when it is damaged. */
export function unsealOffset(sealed: Uint8Array): number | undefined {
  const offset = unsealValue(sealed)
  return typeof offset === 'number' && Number.isSafeInteger(offset) && offset >= 0 ? offset : undefined
}

function prefixOf(kind: StateKind, topic: TopicKey): Buffer {
  return Buffer.from(`${kind}${topic}\0`, 'latin1')
}

/** Big-endian, so that the order of bytes is the order of numbers. */
function writeCount(target: Buffer, value: number, at: number): void {
  target.writeUInt32BE(Math.floor(value / 0x1_0000_0000), at)
  target.writeUInt32BE(value % 0x1_0000_0000, at + 4)
}

function count(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)
}
