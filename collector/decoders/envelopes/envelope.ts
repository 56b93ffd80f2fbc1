// What an envelope is: a record that carries other records, and what it says about them.

import { type EnvelopeFacts, noEnvelope, type Refusal } from '../decoder.ts'
import type { RecordView } from '../record-view.ts'

/** Bytes `[start, end)` of one inner record; the byte at `end` is a line break. */
export interface InnerRecord {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

export interface Unwrapped {
  readonly records: readonly InnerRecord[]
  readonly facts: EnvelopeFacts
  /** What it says happened (`type` of a CloudEvents event), or `''`. */
  readonly event: string
}

export interface Envelope {
  /** Equals the file name. */
  readonly id: string
  readonly title: string
  /** What the record carries; undefined where it is no envelope of this kind. Pure, and never throws. */
  unwrap(record: RecordView): Unwrapped | Refusal | undefined
}

/** A record that stood in a text: as its UTF-8 bytes, without the line break at its end. */
export function innerText(text: string): InnerRecord {
  let length = text.length
  while (length > 0 && (text[length - 1] === '\n' || text[length - 1] === '\r')) length -= 1
  const bytes = Buffer.from(`${text.slice(0, length)}\n`, 'utf8')
  return { bytes, start: 0, end: bytes.length - 1 }
}

/** Facts of an inner envelope before those of the one around it. */
export function mergeFacts(inner: EnvelopeFacts, outer: EnvelopeFacts): EnvelopeFacts {
  if (outer === noEnvelope) return inner
  if (inner === noEnvelope) return outer
  return {
    workload: inner.workload || outer.workload,
    namespace: inner.namespace || outer.namespace,
    instance: inner.instance || outer.instance,
    container: inner.container || outer.container,
    owner: inner.owner || outer.owner,
    labels: Object.keys(inner.labels).length > 0 ? inner.labels : outer.labels,
    at: inner.at >= 0 ? inner.at : outer.at,
    traceId: inner.traceId || outer.traceId,
    spanId: inner.traceId === '' ? outer.spanId : inner.spanId,
  }
}
