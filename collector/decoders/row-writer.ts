// Finishes the rows of one log record: names, coordinates and what only the envelope or the log knows.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { EventKind } from '../../schemas/events/event-kind.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import { AwaitedNames } from './awaited-names.ts'
import { CodedText } from './coded-text.ts'
import type { EnvelopeFacts, Refusal } from './decoder.ts'
import { EnvelopeWriter } from './envelope-writer.ts'
import type { InnerRecord } from './envelopes/envelope.ts'
import { type Digest, EventNamer } from './event-id.ts'
import { latestInstantMs } from './instant.ts'
import { draftQuarantine, type QuarantineDraft } from './quarantine-draft.ts'
import type { RecentIds } from './recent-ids.ts'

/** Ahead of its append by more than this, an event takes part in no time window. */
export const skewMs = 2_000

/** A record of the log, as much of it as decoding needs. */
export interface RecordToDecode {
  readonly coordinate: {
    readonly topic: string
    readonly incarnation: string
    readonly partition: number
    readonly offset: number
  }
  readonly value: Uint8Array | null
  /** `format`, `encoding`, `source`, `tenant`, `realm`; each may be missing. */
  readonly headers: Readonly<Record<string, string>>
  /** Epoch ms. */
  readonly appendedAt: number
}

const nothing: RecordToDecode = {
  coordinate: { topic: '', incarnation: '', partition: 0, offset: 0 },
  value: null,
  headers: {},
  appendedAt: 0,
}

const noBytes = new Uint8Array(0)

export class RowWriter {
  private readonly namer: EventNamer
  private readonly awaited: AwaitedNames
  private readonly digest: Digest
  private readonly recent: RecentIds
  private readonly defaultTenant: string
  private readonly formats = new Map<string, CodedText>()
  private readonly kinds = new Map<EventKind, CodedText>()
  // Of the row before.
  private format = new CodedText('')
  private kind = new CodedText('')
  private readonly envelopes = new EnvelopeWriter()
  private tenant = ''
  private realm = ''
  private realmSalt = 0
  private record: RecordToDecode = nothing
  /** Bytes that do not change before the record is at its end. */
  private kept: Uint8Array = noBytes
  private index = 0
  private drafts: QuarantineDraft[] = []
  private firstRow = 0

  constructor(digest: Digest, recent: RecentIds, defaultTenant: string) {
    this.namer = new EventNamer(digest)
    this.awaited = new AwaitedNames(this.namer)
    this.digest = digest
    this.recent = recent
    this.defaultTenant = defaultTenant
  }

  begin(record: RecordToDecode, batch: EventBatch): void {
    this.record = record
    this.tenant = record.headers.tenant || this.defaultTenant
    const realm = record.headers.realm || 'live'
    if (realm !== this.realm) {
      this.realm = realm
      this.realmSalt = realm === 'live' ? 0 : saltOf(realm)
    }
    this.kept = noBytes
    this.index = 0
    this.drafts = []
    this.firstRow = batch.length
  }

  /** Takes bytes that stay as they are until `end`. */
  keep(bytes: Uint8Array): void {
    this.kept = bytes
  }

  /** How many parts there are so far: where to go back to when a record turns out to be no good. */
  get parts(): number {
    return this.index
  }

  /**
   * Finishes the row under way. `named` are the bytes that name the event, `event` what the envelope says happened, where
   * the decoder had to ask. Gives a refusal, with the row left as it is, where it has no time or an impossible one.
   */
  finish(
    batch: EventBatch,
    kind: EventKind,
    part: number,
    format: string,
    named: InnerRecord,
    envelope: EnvelopeFacts,
    event: string,
  ): Refusal | undefined {
    const { columns } = batch
    const row = batch.row
    let added = event === '' ? '' : `event=${event}`
    if (columns.eventAt.length <= row) {
      if (envelope.at < 0) return { reason: 'missing-time', detail: 'neither the record nor its envelope says when' }
      columns.eventAt.set(row, envelope.at)
      added += `at=${envelope.at}`
    }
    const at = columns.eventAt.value(row)
    if (!(at >= 0 && at <= latestInstantMs))
      return { reason: 'invalid-time', detail: 'the time stamp is before 1970 or after 2299' }
    added += this.envelopes.write(batch, envelope)
    const { tenant, record } = this
    if (named.bytes === this.kept) this.awaited.note(row, format, part, added, named)
    else
      columns.eventId.setDigest(row, this.namer.name(tenant, format, part, added, named.bytes, named.start, named.end))
    if (format !== this.format.text) this.format = coded(this.formats, format)
    this.format.put(columns.format, row)
    if (kind !== this.kind.text) this.kind = coded(this.kinds, kind)
    this.kind.put(columns.kind, row)
    columns.index.set(row, this.index)
    if (at > record.appendedAt + skewMs) columns.skew.set(row, 1)
    this.index += 1
    batch.commit()
    return undefined
  }

  /** Takes back everything since there were `parts` parts and `rows` rows, and puts one refused part in its place. */
  refuse(batch: EventBatch, parts: number, rows: number, refusal: Refusal, format: string, bytes: Uint8Array): void {
    batch.truncate(rows)
    this.awaited.truncate(rows)
    this.drafts.push(draftQuarantine(refusal, format, parts, bytes, this.digest))
    this.index = parts + 1
  }

  /** Gives all rows of the record what they have in common. */
  end(batch: EventBatch, quarantine: QuarantineRow[]): void {
    const { columns } = batch
    const { record, tenant, realm } = this
    const { topic, incarnation, partition, offset } = record.coordinate
    const from = this.firstRow
    const to = batch.length
    const source = record.headers.source ?? ''
    const parts = this.index
    batch.settle()
    this.awaited.settle(columns.eventId, tenant, this.kept)
    if (to > from) {
      columns.parts.fill(from, to, parts)
      columns.partition.fill(from, to, partition)
      columns.offset.fill(from, to, offset)
      columns.appendedAt.fill(from, to, record.appendedAt)
      const texts = [
        [columns.tenant, tenant],
        [columns.realm, realm],
        [columns.source, source],
        [columns.topic, topic],
        [columns.incarnation, incarnation],
      ] as const
      for (const [column, text] of texts) {
        const code = column.dictionary.codeOf(text)
        for (let row = from; row < to; row++) column.setCode(row, code)
      }
      this.markCopies(batch, from, to)
    }
    const place = { tenant, realm, topic, incarnation, partition, offset, parts, appendedAt: record.appendedAt, source }
    for (const draft of this.drafts) quarantine.push({ ...place, ...draft })
  }

  /** All rows at once: their places in the table are far apart, and one look-up need not wait for the one before. */
  private markCopies({ columns }: EventBatch, from: number, to: number): void {
    const { eventId, index, copy } = columns
    const { offset, partition } = this.record.coordinate
    const record = Math.imul(offset, 0x9e3779b1) ^ partition
    for (let row = from; row < to; row++) {
      const place = record ^ Math.imul(index.value(row), 0x85ebca6b)
      if (this.recent.seenElsewhere(eventId.high(row), eventId.low(row) ^ this.realmSalt, place)) copy.set(row, 1)
    }
  }
}

function coded<Key>(known: Map<Key, CodedText>, key: Key & string): CodedText {
  let text = known.get(key)
  if (text === undefined) {
    text = new CodedText(key)
    known.set(key, text)
  }
  return text
}

/** Exercises have the ids of reality and never are copies of it. */
function saltOf(realm: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < realm.length; at++) hash = Math.imul(hash ^ realm.charCodeAt(at), 0x01000193)
  return hash === 0 ? 1 : hash
}
