// Decides what of a damaged state file is carried over: nothing that is superseded, nothing lost without a trace.

import { findRoots, type Roots } from './page-audit.ts'
import type { PageFile } from './page-file.ts'
import { TreeWalk } from './page-tree.ts'
import { decodeRecord, peekHead } from './record-codec.ts'
import { mostRecordsPerSegment } from './segment-entries.ts'
import {
  newestKey,
  type ParsedKey,
  parseKey,
  recordKey,
  sealValue,
  type TopicKey,
  tombstoneKey,
  topicKey,
  unsealOffset,
  unsealValue,
} from './state-keys.ts'
import type { StateEntry } from './state-rewrite.ts'
import { parseStanding, type Standing } from './topic-standing.ts'

interface FoundRecord {
  head?: Buffer
  value?: Buffer
  /** From the tree of the transaction before; believed only where nothing newer contradicts it. */
  isOlder: boolean
}

interface FoundTopic {
  readonly topic: TopicKey
  readonly records: Map<number, FoundRecord>
  /** Key hash → newest offset. */
  readonly newest: Map<string, number>
  standing: Standing | undefined
  isStandingOlder: boolean
}

/** The entries of a sound file that holds what the damaged one still shows. */
export function* salvage(pages: PageFile): Iterable<StateEntry> {
  const roots = findRoots(pages)
  if (roots === 'newer') return
  const topics = new Map<TopicKey, FoundTopic>()
  const cursors = new Map<string, StateEntry>()
  for (const [root, isOlder] of [
    [roots.newest, false],
    [roots.older, true],
  ] as const) {
    readEntries(pages, root, (key, value) => gather(key, value, isOlder, topics, cursors))
  }
  yield* cursors.values()
  for (const topic of topics.values()) yield* settle(topic)
}

function readEntries(pages: PageFile, root: Roots['newest'], take: (key: Buffer, value: Buffer) => void): void {
  if (root?.main.root === undefined) return
  const walk = new TreeWalk(pages, root.pageBytes, root.transaction, {
    entry: (key, position, bytes) => {
      const value = pages.bytes(position, bytes)
      if (value !== undefined) take(Buffer.from(key), value)
    },
    pages: () => undefined,
    problem: () => undefined,
  })
  walk.walk(root.main.root)
}

function gather(
  key: Buffer,
  value: Buffer,
  isOlder: boolean,
  topics: Map<TopicKey, FoundTopic>,
  cursors: Map<string, StateEntry>,
): void {
  const parsed = parseKey(key)
  if (parsed === undefined) return
  if (parsed.kind === 'C') {
    if (!cursors.has(parsed.name) && unsealOffset(value) !== undefined) cursors.set(parsed.name, { key, value })
    return
  }
  const topic = topics.get(parsed.topic) ?? emptyTopic(parsed.topic)
  topics.set(parsed.topic, topic)
  gatherInto(topic, parsed, value, isOlder)
}

function gatherInto(
  topic: FoundTopic,
  parsed: Exclude<ParsedKey, { kind: 'C' }>,
  value: Buffer,
  isOlder: boolean,
): void {
  switch (parsed.kind) {
    case 'T':
      if (topic.standing === undefined) {
        topic.standing = parseStanding(unsealValue(value))
        topic.isStandingOlder = isOlder
      }
      return
    case 'K': {
      const offset = unsealOffset(value)
      if (offset !== undefined && !topic.newest.has(parsed.hash)) topic.newest.set(parsed.hash, offset)
      return
    }
    case 'R': {
      const record = topic.records.get(parsed.offset) ?? { isOlder }
      if (parsed.part === 0) record.head ??= value
      else record.value ??= value
      topic.records.set(parsed.offset, record)
      return
    }
    case 'D':
      return
    default:
      parsed satisfies never
  }
}

function* settle(found: FoundTopic): Iterable<StateEntry> {
  const { topic, records, newest } = found
  const intact = new Map<
    number,
    { readonly hash: string; readonly appendedAt: number; readonly isTombstone: boolean }
  >()
  let incarnation = found.standing?.incarnation
  for (const [offset, record] of records) {
    const read = readRecord(topic, offset, record)
    if (read === undefined || read.key === undefined) continue
    incarnation ??= read.incarnation
    const parsed = parseKey(newestKey(topic, read.key))
    if (parsed?.kind !== 'K') continue
    intact.set(offset, { hash: parsed.hash, appendedAt: read.appendedAt, isTombstone: read.isTombstone })
    newest.set(parsed.hash, Math.max(newest.get(parsed.hash) ?? 0, offset))
  }
  for (const [offset, record] of records) {
    const about = intact.get(offset)
    const isSuperseded = about !== undefined && newest.get(about.hash) !== offset
    // A damaged record of the older tree has most likely been replaced; one of the newest is kept, to be reported.
    if (isSuperseded || (about === undefined && record.isOlder)) records.delete(offset)
  }
  // A key whose newest record is gone: its offset is kept with nothing in it, so that reading it reports the loss.
  for (const offset of newest.values()) {
    if (!records.has(offset)) records.set(offset, { isOlder: false })
  }
  yield* entriesOf(found, intact, incarnation)
}

function* entriesOf(
  { topic, records, newest, standing, isStandingOlder }: FoundTopic,
  intact: ReadonlyMap<number, { readonly hash: string; readonly appendedAt: number; readonly isTombstone: boolean }>,
  incarnation: string | undefined,
): Iterable<StateEntry> {
  let nextOffset = standing?.nextOffset ?? 0
  let newestAt = standing?.newestAt ?? 0
  let bytes = 0
  for (const [offset, { head = Buffer.alloc(0), value = Buffer.alloc(0) }] of records) {
    yield { key: recordKey(topic, offset, 0), value: head }
    yield { key: recordKey(topic, offset, 1), value }
    const about = intact.get(offset)
    if (about?.isTombstone === true)
      yield { key: tombstoneKey(topic, about.appendedAt, offset), value: Buffer.alloc(0) }
    nextOffset = Math.max(nextOffset, offset + 1)
    newestAt = Math.max(newestAt, about?.appendedAt ?? 0)
    bytes += head.length + value.length
  }
  for (const [hash, offset] of newest) {
    yield { key: Buffer.from(`K${topic}\0${hash}`, 'latin1'), value: sealValue(offset) }
  }
  if (incarnation === undefined) return
  // Offsets given out by the transactions that are lost must not be given out again.
  if (standing === undefined || isStandingOlder) nextOffset += mostRecordsPerSegment
  yield { key: topicKey(topic), value: sealValue({ incarnation, nextOffset, newestAt, bytes } satisfies Standing) }
}

function readRecord(topic: TopicKey, offset: number, { head, value }: FoundRecord) {
  const facts = head === undefined ? undefined : peekHead(head)
  if (head === undefined || value === undefined || facts === undefined) return undefined
  const [name = '', partition = ''] = topic.split('/')
  const place = { topic: name, partition: Number(partition), incarnation: facts.incarnation }
  const reading = decodeRecord(place, offset, head, value, () => value)
  return 'record' in reading ? { ...facts, key: reading.record.key } : undefined
}

function emptyTopic(topic: TopicKey): FoundTopic {
  return { topic, records: new Map(), newest: new Map(), standing: undefined, isStandingOlder: false }
}
