// Writes the parts of a request as messages that are small enough for one record of the log each.

import { dataFields, resourceItemsFields, scopeItemsFields } from '../../../schemas/otlp/fields.ts'
import type { BodyScrub, PartBytes } from '../../scrub/protobuf/message-scrubber.ts'
import { WireWriter } from '../../scrub/protobuf/wire-writer.ts'
import type { Steps } from '../../scrub/steps.ts'
import { refuse } from '../http/refusal.ts'
import { type ExportBody, repeatedTooOften } from './export-body.ts'
import { mostWritten, recordBytes, recordItems } from './limits.ts'
import type { Head, ResourceGroup, ScopeGroup } from './read-protobuf.ts'
import type { Rejection, Rejections } from './rejections.ts'

/** Tags and lengths around one item and its heads, at most. */
const framingBytes = 64
/** Written between two pauses. */
const pauseBytes = 256 * 1024

/** @param isWhole the body is, byte for byte, what would be written if it were not too large */
export function* writeRecords(
  body: Buffer,
  groups: readonly ResourceGroup[],
  scrub: BodyScrub,
  rejections: Rejections,
  isWhole: boolean,
): Steps<ExportBody> {
  const items = groups.reduce((sum, { scopes }) => sum + scopes.reduce((all, one) => all + one.items.length, 0), 0)
  if (items === 0) return { values: [], items, rejections }
  const hasProblem = groups.some((group) => headsOf(group).some((head) => typeof head === 'string'))
  if (isWhole && !hasProblem && items <= recordItems && body.length <= recordBytes)
    return { values: [body], items, rejections }
  const records = new Records(scrub, rejections, mostWritten(body.length))
  for (const group of groups) {
    for (const one of group.scopes) yield* records.add(group, one)
    records.closeResource()
  }
  return { ...records.finish(), rejections }
}

function headsOf(group: ResourceGroup): readonly Head[] {
  return [group.resource, group.schemaUrl, ...group.scopes.flatMap(({ scope, schemaUrl }) => [scope, schemaUrl])]
}

/** Four heads, or why there are none. */
type Heads = readonly (PartBytes | undefined)[] | Rejection

class Records {
  private readonly values: Buffer[] = []
  private items = 0
  private written = 0
  private pausedAt = 0
  private writer = new WireWriter()
  private inRecord = 0
  private resourceAt = 0
  private scopeAt = 0
  private readonly scrub: BodyScrub
  private readonly rejections: Rejections
  private readonly mostBytes: number

  constructor(scrub: BodyScrub, rejections: Rejections, mostBytes: number) {
    this.scrub = scrub
    this.rejections = rejections
    this.mostBytes = mostBytes
  }

  *add(group: ResourceGroup, one: ScopeGroup): Steps {
    const heads = this.heads([group.resource, group.schemaUrl, one.scope, one.schemaUrl])
    if (typeof heads === 'string') {
      this.rejections.add(heads, one.items.length)
      return
    }
    const ahead = sizeOf(heads) + framingBytes
    for (const number of one.items) {
      const item = this.scrub.part(number)
      if (item === undefined) this.rejections.add('too-many-credentials')
      else if (ahead + item.end - item.start > recordBytes) this.rejections.add('too-large')
      else this.item(item, heads, ahead)
      if (this.written + this.writer.length - this.pausedAt < pauseBytes) continue
      this.pausedAt = this.written + this.writer.length
      yield
    }
    this.closeScope()
  }

  closeResource(): void {
    this.closeScope()
    if (this.resourceAt !== 0) this.writer.close(this.resourceAt)
    this.resourceAt = 0
  }

  finish(): { readonly values: readonly Buffer[]; readonly items: number } {
    this.endRecord()
    return { values: this.values, items: this.items }
  }

  private item(item: PartBytes, heads: readonly (PartBytes | undefined)[], ahead: number): void {
    const { length } = this.writer
    if (this.inRecord === recordItems || length + ahead + item.end - item.start > recordBytes) this.endRecord()
    const [resource, resourceSchema, scope, scopeSchema] = heads
    if (this.resourceAt === 0) {
      this.resourceAt = this.writer.open(dataFields.resources)
      this.head(resourceItemsFields.resource, resource)
      this.head(resourceItemsFields.schemaUrl, resourceSchema)
    }
    if (this.scopeAt === 0) {
      this.scopeAt = this.writer.open(resourceItemsFields.scopes)
      this.head(scopeItemsFields.scope, scope)
      this.head(scopeItemsFields.schemaUrl, scopeSchema)
    }
    this.head(scopeItemsFields.items, item)
    this.inRecord++
    this.items++
  }

  private endRecord(): void {
    this.closeResource()
    if (this.inRecord === 0) return
    const value = this.writer.done()
    this.values.push(value)
    this.written += value.length
    if (this.written > this.mostBytes) refuse(repeatedTooOften)
    this.writer = new WireWriter(Math.min(recordBytes, value.length))
    this.inRecord = 0
  }

  private closeScope(): void {
    if (this.scopeAt !== 0) this.writer.close(this.scopeAt)
    this.scopeAt = 0
  }

  private head(field: number, part: PartBytes | undefined): void {
    if (part !== undefined) this.writer.bytesField(field, part.bytes, part.start, part.end)
  }

  private heads(heads: readonly Head[]): Heads {
    const parts: (PartBytes | undefined)[] = []
    for (const head of heads) {
      if (typeof head === 'string') return head
      const part = head === undefined ? undefined : this.scrub.part(head)
      if (head !== undefined && part === undefined) return 'too-many-credentials'
      parts.push(part)
    }
    return parts
  }
}

function sizeOf(parts: readonly (PartBytes | undefined)[]): number {
  return parts.reduce((sum, part) => sum + (part === undefined ? 0 : part.end - part.start), 0)
}
