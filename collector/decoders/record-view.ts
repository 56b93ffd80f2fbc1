// One record under the eyes of decoders: its bytes, and on demand its text or its JSON, read at most once.

/** A parsed JSON object without a prototype, so that no key of a record is ever mistaken for a property of ours. */
export type JsonObject = { readonly [key: string]: JsonValue }
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

export interface RecordView {
  /** Bytes `[start, end)` of `bytes` are the record: scrubbed, without a line break at the end. */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** The record as text; invalid UTF-8 was refused before. */
  text(): string
  /**
   * The record as a JSON object, or undefined when it is not one (text, an array, or broken). Whole numbers beyond 2^53
   * are given as text, digit by digit; numbers are finite; no key occurs twice.
   */
  json(): JsonObject | undefined
}
