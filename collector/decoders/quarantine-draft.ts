// One record that could not be read, until it is known how many parts its log record has.

import type { QuarantineRow } from '../../schemas/quarantine.ts'
import type { Refusal } from './decoder.ts'
import type { Digest } from './event-id.ts'

const maxHeadBytes = 1024
const maxDetailChars = 500

/** What a refused record itself says of its row. */
export type QuarantineDraft = Pick<
  QuarantineRow,
  'index' | 'format' | 'reason' | 'detail' | 'head' | 'bytes' | 'sha256'
>

export function draftQuarantine(
  refusal: Refusal,
  format: string,
  index: number,
  bytes: Uint8Array,
  digest: Digest,
): QuarantineDraft {
  return {
    index,
    format,
    reason: refusal.reason,
    detail: refusal.detail.replace(/[\r\n]+/g, ' ').slice(0, maxDetailChars),
    head: headOf(bytes),
    bytes: bytes.length,
    sha256: Buffer.from(digest(bytes), 'latin1').toString('hex'),
  }
}

/** The first bytes as text, invalid UTF-8 replaced; at most 1 KiB in UTF-8, cut between characters. */
export function headOf(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const text = whole.toString('utf8', 0, boundaryBefore(whole, maxHeadBytes))
  // What was invalid became three bytes each.
  const encoded = Buffer.from(text, 'utf8')
  return encoded.length <= maxHeadBytes ? text : encoded.toString('utf8', 0, boundaryBefore(encoded, maxHeadBytes))
}

/** The last place at or before `end` where a UTF-8 character may begin. */
function boundaryBefore(bytes: Buffer, end: number): number {
  if (bytes.length <= end) return bytes.length
  let at = end
  while (at > end - 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--
  return at
}
