// Names, places and refuses the items of one record one by one, and hands those that are records themselves on.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { EventKind } from '../../schemas/events/event-kind.ts'
import { type DecodeContext, type EnvelopeFacts, type ItemSink, noEnvelope, type Refusal } from './decoder.ts'
import type { InnerRecord } from './envelopes/envelope.ts'
import type { RowWriter } from './row-writer.ts'

const noBytes: InnerRecord = { bytes: new Uint8Array(0), start: 0, end: 0 }

/** What items need of the reader of the record that holds them. */
export interface ItemSurroundings {
  readonly rows: RowWriter
  contextOf(facts: EnvelopeFacts): DecodeContext
  formatOf(inner: InnerRecord): string
  /** Reads a record that an item carries, with the item as its envelope. */
  read(inner: InnerRecord, facts: EnvelopeFacts): void
}

/** Belongs to one record; a record within one of its items has another one. */
export class ItemReader implements ItemSink {
  readonly row: EventBatch
  readonly outer: EnvelopeFacts
  private readonly around: ItemSurroundings
  private readonly format: string
  private named = noBytes
  private facts = noEnvelope
  // Where the item under way began.
  private parts = 0
  private firstRow = 0

  constructor(around: ItemSurroundings, row: EventBatch, format: string, outer: EnvelopeFacts) {
    this.around = around
    this.row = row
    this.format = format
    this.outer = outer
  }

  begin(named: InnerRecord, facts: EnvelopeFacts): void {
    this.named = named
    this.facts = facts
    this.parts = this.around.rows.parts
    this.firstRow = this.row.length
  }

  finish(kind: EventKind, part: number): Refusal | undefined {
    return this.around.rows.finish(this.row, kind, part, this.format, this.named, this.facts, '')
  }

  refuse(refusal: Refusal, head = bytesOf(this.named)): void {
    this.around.rows.refuse(this.row, this.parts, this.firstRow, refusal, this.format, head)
  }

  formatOf(inner: InnerRecord): string {
    return this.around.formatOf(inner)
  }

  unwrap(inner: InnerRecord): void {
    this.around.read(inner, this.facts)
  }

  context(): DecodeContext {
    return this.around.contextOf(this.facts)
  }
}

function bytesOf({ bytes, start, end }: InnerRecord): Uint8Array {
  return bytes.subarray(start, end)
}
