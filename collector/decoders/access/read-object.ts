// Fills an access log entry from a parsed JSON object: the slow path, and the measure for the quick one.

import type { JsonObject } from '../record-view.ts'
import type { AccessEntry } from './entry.ts'
import { noField, notText } from './kernel/layout.ts'
import type { KeyTable } from './key-table.ts'

/** Holds the values of one record as the entry's ranges want them. */
export class ObjectReader {
  private readonly table: KeyTable
  private bytes = Buffer.alloc(16 * 1024)
  private used = 0

  constructor(table: KeyTable) {
    this.table = table
  }

  /** Marks of the object's keys: what they tell of its format. */
  marksOf(object: JsonObject): number {
    let marks = 0
    for (const name in object) marks |= this.table.known(name)?.marks ?? 0
    return marks
  }

  read(object: JsonObject, entry: AccessEntry): void {
    const names = Object.keys(object)
    this.used = 0
    this.reserve(names, object)
    entry.begin(this.bytes, new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length))
    for (const name of names) {
      const value = object[name]
      const key = this.table.known(name)
      const field = key?.field ?? noField
      entry.marks |= key?.marks ?? 0
      if (value === null || value === undefined) continue
      const memberStart = this.used
      this.write(`${JSON.stringify(name)}:`)
      const jsonStart = this.used
      this.write(JSON.stringify(value))
      const memberEnd = this.used
      if (typeof value === 'object') entry.take(field, 0, notText, memberStart, memberEnd)
      else if (typeof value !== 'string') entry.take(field, jsonStart, memberEnd, memberStart, memberEnd)
      else {
        const valueStart = this.used
        this.write(value)
        entry.take(field, valueStart, this.used, memberStart, memberEnd)
      }
    }
  }

  private write(text: string): void {
    this.used += this.bytes.write(text, this.used, 'utf8')
  }

  /** Room for everything that will be written, since ranges must not move. */
  private reserve(names: readonly string[], object: JsonObject): void {
    let room = 64
    for (const name of names) {
      const value = object[name]
      room += name.length * 6 + 8
      room += typeof value === 'string' ? value.length * 9 + 8 : 32
      if (typeof value === 'object' && value !== null) room += JSON.stringify(value).length * 3
    }
    if (room > this.bytes.length) this.bytes = Buffer.alloc(room * 2)
  }
}
