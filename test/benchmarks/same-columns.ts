// Whether two batches say the same, so that a benchmark compares equal work.

import { eventColumnNames } from '../../schemas/events/columns.ts'
import type { EventBatch } from '../../schemas/events/event-batch.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'

/** Sentences about what differs; event ids and marks of copies aside, and whatever order attributes are in. */
export function differences(left: EventBatch, right: EventBatch): readonly string[] {
  if (left.length !== right.length) return [`${left.length} and ${right.length} rows`]
  const found: string[] = []
  const one = openEventCursor()
  const other = openEventCursor()
  for (let row = 0; row < left.length; row++) {
    one.at(left, row)
    other.at(right, row)
    const [a, b] = [plainEvent(one), plainEvent(other)]
    for (const name of eventColumnNames) {
      if (name === 'eventId' || name === 'copy') continue
      const [x, y] = name === 'attributes' ? [sorted(a.attributes), sorted(b.attributes)] : [a[name], b[name]]
      if (x !== y) found.push(`${name} of row ${row} is ${x} and ${y}`)
    }
  }
  return found
}

function sorted(attributes: string): string {
  return attributes === ''
    ? ''
    : JSON.stringify(Object.entries(JSON.parse(attributes)).sort(([a], [b]) => (a < b ? -1 : 1)))
}
