// A line of Keycloak's log: its stamp, its trace, and where the pairs of the event begin.

import { stampLength } from '../instant.ts'
import type { RecordView } from '../record-view.ts'

/** What is before the pairs is at most so long: stamp, level, category, thread, and what tracing adds. */
const maxHeadBytes = 1024
const category = Buffer.from('org.keycloak.events')
const digit0 = 0x30
const digit9 = 0x39
/** A time of day, a level, the category, a thread and a pair are more. */
const leastLineBytes = 60

export interface LogLine {
  /** As written, without a zone; `''` where the line has none or only a time of day. */
  readonly stamp: string
  readonly traceId: string
  readonly spanId: string
  /** Where `type=` or `operationType=` begins in the text. */
  readonly pairsAt: number
}

/**
 * What Keycloak's own log formats write before the pairs: stamp, trace where tracing is on, level, category and thread. Anchored,
 * since a line of something else may quote one of Keycloak's.
 */
const ownHead =
  /^(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d[,.]\d{1,9} +(?:traceId=\w{0,64}, [\w=, ]{0,160})?(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +\[org\.keycloak\.events\] \([^()"'=]{0,128}\) (?:type|operationType)=/

/** True for a line of the event listener in one of Keycloak's own formats; looks at its beginning only. */
export function isEventLine({ bytes, start, end }: RecordView): boolean {
  const first = bytes[start] ?? 0
  if (end - start < leastLineBytes || first < digit0 || first > digit9) return false
  const head = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, maxHeadBytes))
  return head.includes(category) && ownHead.test(head.toString('latin1'))
}

const pairsStart = /[\s\])](?:type|operationType)=/
const traceForm = /\btraceId=([0-9a-f]{32})\b/
const spanForm = /\bspanId=([0-9a-f]{16})\b/

function pairsIn(behindCategory: string): number {
  const found = pairsStart.exec(behindCategory)
  return found === null ? -1 : found.index + 1
}

/** Reads lines of other formats too, for those who say that they send Keycloak's log. */
export function readLogLine(text: string): LogLine | undefined {
  const categoryAt = text.slice(0, maxHeadBytes).indexOf('org.keycloak.events')
  if (categoryAt === -1) return undefined
  const behind = categoryAt + category.length
  const pairs = pairsIn(text.slice(behind, behind + maxHeadBytes))
  if (pairs === -1) return undefined
  const pairsAt = behind + pairs
  const head = text.slice(0, pairsAt)
  const length = stampLength(head, 0)
  return {
    stamp: head.slice(0, length),
    traceId: traceForm.exec(head)?.[1] ?? '',
    spanId: spanForm.exec(head)?.[1] ?? '',
    pairsAt,
  }
}
