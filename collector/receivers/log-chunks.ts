// Cuts scrubbed lines into log records: whole lines, small enough to be read, decoded and dropped in one go.

import type { NewRecord, RecordHeaders } from '../log/log.ts'

const newline = 0x0a
/** A chunk is decoded without a pause in between: at 10 to 50 µs a line these keep the event loop free. */
const chunkBytes = 256 * 1024
const chunkLines = 256

/**
 * Records for the `ingest` topic. Lines longer than a chunk get one of their own.
 * @param count how many lines there are, for whoever knows: few of them need not be looked for
 */
export function logChunks(
  lines: Uint8Array,
  headers: RecordHeaders,
  count = Number.POSITIVE_INFINITY,
): readonly NewRecord[] {
  if (count <= chunkLines && lines.length <= chunkBytes) return [{ value: lines, headers }]
  const records: NewRecord[] = []
  for (let start = 0; start < lines.length; ) {
    const end = chunkEnd(lines, start)
    records.push({ value: lines.subarray(start, end), headers })
    start = end
  }
  return records
}

/** Behind as many whole lines as a chunk may hold, and at least one. */
function chunkEnd(lines: Uint8Array, start: number): number {
  let end = start
  for (let count = 0; count < chunkLines && end < lines.length; count++) {
    const found = lines.indexOf(newline, end)
    const next = found === -1 ? lines.length : found + 1
    if (next - start > chunkBytes && end > start) break
    end = next
  }
  return end
}
