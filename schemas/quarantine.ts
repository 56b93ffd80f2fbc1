// What becomes of a record that cannot be read: one row with a reason from a closed list.

export const quarantineReasons = {
  empty: 'the record held nothing: no text, or an envelope without a record in it',
  'too-long': 'longer than the limit `limits.lineBytes`',
  'invalid-utf8': 'the bytes are not UTF-8 text',
  'invalid-json': 'it begins like JSON but does not parse',
  'too-deep': 'JSON nested deeper than the limit `limits.depth`',
  'too-many-keys': 'more JSON keys than the limit `limits.keys`',
  'duplicate-keys': 'a JSON object names a key twice, so that two readers could see two different records',
  'number-out-of-range': 'a number no computer keeps exactly, such as 1e400',
  'log-injection-suspect': 'a text format whose quotes do not add up: a client may have forged part of the line',
  'partial-line': 'half a line that a container runtime split; the file receiver joins them',
  'unknown-format': 'no decoder recognises it',
  'missing-time': 'no time stamp where the format has one',
  'invalid-time': 'a time stamp that is no instant',
  'missing-field': 'a field without which the record says nothing',
  'invalid-field': 'a field whose value cannot be what its name says',
  'forged-decision': 'a decision of a person that did not come through the API for decisions',
  'invalid-protobuf': 'the bytes are not a protobuf message of the kind they were sent as',
  'schema-registry-framing': 'framed for a schema registry, which is not read',
  'unreadable-source':
    'a stretch of a source topic that could not be read: damaged, dropped before it was read, in an unknown codec or larger than the limits',
  'damaged-log': 'the log’s own bytes were damaged on disk',
} as const

export type QuarantineReason = keyof typeof quarantineReasons

export interface QuarantineRow {
  readonly tenant: string
  readonly realm: string
  readonly topic: string
  readonly incarnation: string
  readonly partition: number
  readonly offset: number
  /** Which part of the log record it is, counted together with the event rows. */
  readonly index: number
  readonly parts: number
  /** Epoch ms. */
  readonly appendedAt: number
  readonly source: string
  /** Format the sender named or the decoder that gave up; empty when unknown. */
  readonly format: string
  readonly reason: QuarantineReason
  /** What exactly, in a sentence without line breaks; at most 500 characters. */
  readonly detail: string
  /** First bytes of the scrubbed record, at most 1 KiB, invalid UTF-8 replaced. */
  readonly head: string
  /** Size of the whole scrubbed record in bytes. */
  readonly bytes: number
  /** SHA-256 of the scrubbed record, hex. */
  readonly sha256: string
}
