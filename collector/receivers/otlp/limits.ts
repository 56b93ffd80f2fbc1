// What the records of the log may hold, and what one request may make of it.

/** Spans or log records of one log record: it is decoded without a pause. */
export const recordItems = 256
/** Bytes of one log record. */
export const recordBytes = 1024 * 1024

export interface ExportLimits {
  /** Most items, and most resources and scopes, of one request. */
  readonly records: number
  /** Nesting of values. */
  readonly depth: number
  /** Keys of one item. */
  readonly keys: number
  /** Longest line that decoders read. */
  readonly lineBytes: number
}

/** Fields of one message: a pair with its text takes four. */
export function fieldsFor(keys: number): number {
  return keys * 5
}

/** A request may take this much in the log: heads that are repeated for each few items would make a small one endless. */
export function mostWritten(bodyBytes: number): number {
  return bodyBytes * 4 + 4 * recordBytes
}
