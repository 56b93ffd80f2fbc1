// Groups lines in order of time into log records whose append time is modelled from the event time.

import type { NewRecord } from '../../log/log.ts'
import type { SpooledLine } from './spool.ts'
import type { Source } from './spool-files.ts'

/** Lines of one record happened within this time of each other, so that their common append time is true to each. */
const spanMs = 1_000
const recordBytes = 256 * 1024

/** Records whose append time is the newest event time in them: a week of log is a week to the detectors. */
export function* modelledAppends(lines: Iterable<SpooledLine>, sources: readonly Source[]): Generator<NewRecord> {
  let group: SpooledLine[] = []
  let bytes = 0
  for (const line of lines) {
    const [first] = group
    if (
      first !== undefined &&
      (first.source !== line.source || line.at - first.at > spanMs || bytes + line.bytes.length > recordBytes)
    ) {
      yield recordOf(group, bytes, sources)
      group = []
      bytes = 0
    }
    group.push(line)
    bytes += line.bytes.length + 1
  }
  if (group.length > 0) yield recordOf(group, bytes, sources)
}

function recordOf(lines: readonly SpooledLine[], bytes: number, sources: readonly Source[]): NewRecord {
  const value = Buffer.allocUnsafe(bytes)
  let used = 0
  for (const line of lines) {
    value.set(line.bytes, used)
    used += line.bytes.length
    value[used++] = 0x0a
  }
  const newest = lines.at(-1)
  const [first] = lines
  const { name: source, ...how } = sources[first?.source ?? 0] ?? { name: 'replay', format: 'auto', receiver: 'replay' }
  const headers = { ...how, source }
  return { value, headers, appendAt: newest?.at ?? 0 }
}
