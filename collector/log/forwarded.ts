// A log as it is, to be spread beside what is changed about it.

import type { Log } from './log.ts'

/** What methods of a class do is theirs: a spread alone would leave them behind. */
export function forwarded(log: Log): Log {
  return {
    append: (topic, records, partition) => log.append(topic, records, partition),
    read: (topic, offset, options, partition) => log.read(topic, offset, options, partition),
    scan: (topic, offset, partition) => log.scan(topic, offset, partition),
    onAppended: (topic, listener) => log.onAppended(topic, listener),
    bounds: (topic, partition) => log.bounds(topic, partition),
    readCompacted: (topic, partition, onDamaged) => log.readCompacted(topic, partition, onDamaged),
    cursor: (name) => log.cursor(name),
    setCursor: (name, offset) => log.setCursor(name, offset),
    trim: (policy) => log.trim(policy),
    close: () => log.close(),
  }
}
