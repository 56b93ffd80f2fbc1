// What a decoder is: bytes of one unwrapped record in, rows of an event batch or a reason out. Pure.

import type { EventBatch } from '../../schemas/events/event-batch.ts'
import type { EventKind } from '../../schemas/events/event-kind.ts'
import type { QuarantineReason } from '../../schemas/quarantine.ts'
import type { RecordView } from './record-view.ts'

/** Settings that decoders read; `settings.ts` has defaults and meanings. */
export interface DecoderSettings {
  /** IANA zone or `±HH:MM` that stamps without a zone are in, by source; `''` is the default for all. */
  readonly timeZones: Readonly<Record<string, string>>
  /** ISO 4217 code of amounts whose record names none, or `''`: such amounts count as `XXX`. */
  readonly currency: string
  /** For access logs whose keys are not ours: our name → theirs. */
  readonly accessLogKeys: Readonly<Record<string, string>>
  /** Workload or service-account names (parts of them) whose proxies are the first hop. */
  readonly ingress: readonly string[]
  /** Workloads or identities whose forwarded client certificate header is trusted. */
  readonly trustedHops: readonly string[]
  /** For structured application logs: our column → their keys, tried before the built-in spellings. */
  readonly fieldNames: Readonly<Record<string, readonly string[]>>
  readonly limits: { readonly depth: number; readonly keys: number; readonly lineBytes: number }
}

/** What the envelopes around the record said; empty where they said nothing. */
export interface EnvelopeFacts {
  readonly workload: string
  readonly namespace: string
  readonly instance: string
  readonly container: string
  readonly owner: string
  readonly labels: Readonly<Record<string, string>>
  /** Epoch ms, or −1: used where the record itself has no time. */
  readonly at: number
}

export const noEnvelope: EnvelopeFacts = {
  workload: '',
  namespace: '',
  instance: '',
  container: '',
  owner: '',
  labels: {},
  at: -1,
}

export interface DecodeContext {
  readonly settings: DecoderSettings
  /** The record holds decisions of people: no receiver of logs appended it. */
  readonly isFromPeople: boolean
  /** Name of the source as the receiver gave it. */
  readonly source: string
  readonly envelope: EnvelopeFacts
  /**
   * What the envelope says happened (`type` of a CloudEvents event), or `''`. Ask only where the record itself does not
   * say: the answer then becomes part of the event's name.
   */
  readonly envelopeEvent: () => string
}

/** Commits the row under way as one event; the next row is then under way. `part` counts from 0 within the record. */
export type FinishEvent = (kind: EventKind, part: number) => void

export interface Refusal {
  readonly reason: QuarantineReason
  /** One sentence, no line breaks, no content that was not scrubbed. */
  readonly detail: string
}

/**
 * `decode` sets the columns it knows on the batch's row under way and calls `finish(kind, part)` once for each event.
 *
 * - Set what the record itself says. `eventAt`, `workload`, `namespace`, `instance` and `owner` that it does not say the
 *   driver takes from the envelope; a record without time in either is refused as `missing-time`.
 * - Never set `eventId`, `tenant`, `realm`, `kind`, `format`, `source`, the coordinate, `appendedAt`, `skew` or `copy`.
 * - A text column takes one value for each row: set it once.
 * - Bad input is a returned refusal, never an exception; every event of the record is then dropped, finished ones too.
 * - Returning without an event or a refusal makes the record `empty`.
 */
export interface Decoder {
  /** Equals the file name and the settings key. */
  readonly id: string
  readonly title: string
  /** Which programs write it and what it cannot say, for `formats show` and the reference page. */
  readonly description: string
  readonly kinds: readonly EventKind[]
  /** True when the record is of this format. Called in catalogue order; must be cheap and must not throw. */
  recognises(record: RecordView, settings: DecoderSettings): boolean
  decode(record: RecordView, row: EventBatch, context: DecodeContext, finish: FinishEvent): Refusal | undefined
  /**
   * A record that begins like this format and is broken: why, or undefined where it is not ours to judge. Asked only for
   * records that are no valid JSON although they begin like it.
   */
  judgesBroken?(record: RecordView): Refusal | undefined
  /** A quicker way in for ordinary records, which must give the same rows; it may serve several decoders at once. */
  openFastLane?(settings: DecoderSettings): FastLane
}

export interface FastLane {
  /** Why the record that `read` recognised is no good; undefined where it is good. */
  readonly refusal: Refusal | undefined
  /** Takes the bytes of a log record, whose lines are then read; they stay as they are until the next ones are taken. */
  open(bytes: Uint8Array): void
  /**
   * Sets the columns of the row under way and gives the id of the decoder that the record belongs to, as if that one had
   * been asked; undefined, with nothing set, sends the record the usual way. The record `[start, end)` begins with `{`, is
   * valid UTF-8 and is followed by a byte below 0x20; `view` spans `bytes`. An `access` event, part 0, is then finished.
   */
  read(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isAscii: boolean,
    row: EventBatch,
    context: DecodeContext,
  ): string | undefined
}
