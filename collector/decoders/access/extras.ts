// What an entry knew beyond the columns, as one bounded JSON object made of the members as they stood.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { AccessEntry } from './entry.ts'
import { accessFieldNames } from './fields.ts'

const maxBytes = 4096
const maxMemberBytes = 1024
const openBrace = 0x7b
const closeBrace = 0x7d
const comma = 0x2c

export class ExtrasWriter {
  private readonly buffer = Buffer.alloc(maxBytes + 256)
  private used = 0
  private omitted = 0

  write(entry: AccessEntry, row: EventBatch): void {
    if (entry.members === 0) return
    const { buffer } = this
    this.used = 0
    this.omitted = entry.dropped
    for (let at = 0; at < entry.members; at++) {
      const start = entry.memberStarts[at] as number // below the number of members
      if (start >= 0)
        this.add(entry.bytes, start, entry.memberEnds[at] as number) // as above
      else {
        const member = memberOf(entry, -1 - start)
        this.add(member, 0, member.length)
      }
    }
    if (this.omitted > 0) {
      const member = Buffer.from(`"omitted":${this.omitted}`)
      this.append(member, 0, member.length)
    }
    buffer[this.used++] = closeBrace
    row.columns.attributes.setBytes(row.row, buffer, 0, this.used)
  }

  private add(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start
    if (size > maxMemberBytes || this.used + size + 1 > maxBytes) this.omitted += 1
    else this.append(bytes, start, end)
  }

  private append(bytes: Uint8Array, start: number, end: number): void {
    const { buffer } = this
    let to = this.used
    buffer[to] = to === 0 ? openBrace : comma
    to += 1
    for (let from = start; from < end; from++) buffer[to++] = bytes[from] as number // within the member
    this.used = to
  }
}

function memberOf(entry: AccessEntry, field: number): Uint8Array {
  return Buffer.from(`${JSON.stringify(accessFieldNames[field])}:${JSON.stringify(entry.text(field))}`)
}
