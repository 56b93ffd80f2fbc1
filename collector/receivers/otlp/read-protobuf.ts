// Reads an export request in protobuf: checks and scrubs each part, and cuts it into records of the log.

import { dataFields, resourceItemsFields, scopeItemsFields } from '../../../schemas/otlp/fields.ts'
import { type Message, resource, type Signal, scope } from '../../../schemas/otlp/messages.ts'
import { bytesType, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import type { BodyScrub, MessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import { type ExportBody, refuseMalformed, refuseTooMany } from './export-body.ts'
import { type ExportLimits, fieldsFor, recordBytes } from './limits.ts'
import { countRejections, type Rejection, type Rejections } from './rejections.ts'
import { writeRecords } from './write-records.ts'

/** The number of a part, what is wrong with it, or nothing where there is none. */
export type Head = number | Rejection | undefined

export interface ScopeGroup {
  scope: Head
  schemaUrl: Head
  /** Numbers of parts. */
  readonly items: number[]
}

export interface ResourceGroup {
  resource: Head
  schemaUrl: Head
  readonly scopes: ScopeGroup[]
}

/** Looked through between two pauses. */
const pauseBytes = 64 * 1024

/** @throws RefusedRequest when the body is no request at all, or larger than a limit */
export function* readProtobuf(
  body: Buffer,
  signal: Signal,
  scrubber: MessageScrubber,
  limits: ExportLimits,
): Steps<ExportBody> {
  const scrub = scrubber.open(body, { depth: limits.depth, fields: fieldsFor(limits.keys) })
  const walk = new Walk(body, signal, scrub, limits)
  const groups = yield* walk.groups()
  yield* scrub.scrub()
  const isWhole = scrub.isUnchanged && !walk.leftOut && walk.rejections.total === 0
  return yield* writeRecords(body, groups, scrub, walk.rejections, isWhole)
}

/** Goes through a request once, in its own order: parts may stand in any. */
class Walk {
  readonly rejections: Rejections = countRejections()
  /** Fields that are not kept were met between the parts. */
  leftOut = false
  private parts = 0
  private pausedAt = 0
  private readonly body: Buffer
  private readonly signal: Signal
  private readonly scrub: BodyScrub
  private readonly limits: ExportLimits

  constructor(body: Buffer, signal: Signal, scrub: BodyScrub, limits: ExportLimits) {
    this.body = body
    this.signal = signal
    this.scrub = scrub
    this.limits = limits
  }

  *groups(): Steps<readonly ResourceGroup[]> {
    const groups: ResourceGroup[] = []
    const reader = new ProtobufReader().open(this.body)
    while (reader.next()) {
      this.count()
      if (reader.field !== dataFields.resources || reader.type !== bytesType) this.leftOut = true
      else groups.push(yield* this.resourceGroup(reader.start, reader.limit))
      yield* this.pause(reader.limit)
    }
    if (reader.problem !== undefined) refuseMalformed(reader.problem)
    return groups
  }

  private *resourceGroup(start: number, end: number): Steps<ResourceGroup> {
    const group: ResourceGroup = { resource: undefined, schemaUrl: undefined, scopes: [] }
    const fields = resourceItemsFields
    const reader = new ProtobufReader().open(this.body, start, end)
    while (reader.next()) {
      this.count()
      if (reader.type !== bytesType) this.leftOut = true
      else if (reader.field === fields.resource) group.resource = this.head(group.resource, reader, resource)
      else if (reader.field === fields.schemaUrl) group.schemaUrl = this.head(group.schemaUrl, reader)
      else if (reader.field === fields.scopes) group.scopes.push(yield* this.scopeGroup(reader.start, reader.limit))
      else this.leftOut = true
      yield* this.pause(reader.limit)
    }
    if (reader.problem !== undefined) refuseMalformed(reader.problem)
    return group
  }

  private *scopeGroup(start: number, end: number): Steps<ScopeGroup> {
    const group: ScopeGroup = { scope: undefined, schemaUrl: undefined, items: [] }
    const fields = scopeItemsFields
    const reader = new ProtobufReader().open(this.body, start, end)
    while (reader.next()) {
      this.count()
      if (reader.type !== bytesType) this.leftOut = true
      else if (reader.field === fields.scope) group.scope = this.head(group.scope, reader, scope)
      else if (reader.field === fields.schemaUrl) group.schemaUrl = this.head(group.schemaUrl, reader)
      else if (reader.field === fields.items) this.item(group, reader.start, reader.limit)
      else this.leftOut = true
      yield* this.pause(reader.limit)
    }
    if (reader.problem !== undefined) refuseMalformed(reader.problem)
    return group
  }

  private item(group: ScopeGroup, start: number, end: number): void {
    const number: number | Rejection =
      end - start > recordBytes ? 'too-large' : this.scrub.add(this.signal.item, start, end)
    if (typeof number === 'number') group.items.push(number)
    else this.rejections.add(number)
  }

  /** A part that all items of a group stand under; it may come once. */
  private head(known: Head, { start, limit }: ProtobufReader, message?: Message): Head {
    if (known !== undefined) return 'repeated-field'
    return message === undefined ? this.scrub.addText(start, limit) : this.scrub.add(message, start, limit)
  }

  private count(): void {
    const most = this.limits.records
    if (++this.parts > most) refuseTooMany('items, resources and scopes', most)
  }

  private *pause(at: number): Steps {
    if (at - this.pausedAt < pauseBytes) return
    this.pausedAt = at
    yield
  }
}
