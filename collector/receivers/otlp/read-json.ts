// Reads an export request in JSON: each item checked by itself, few enough in a line that decoders read it, then scrubbed.

import { type Message, resource, type Signal, scope } from '../../../schemas/otlp/messages.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { Steps } from '../../scrub/steps.ts'
import { refuse } from '../http/refusal.ts'
import { refuseTooMany, repeatedTooOften } from './export-body.ts'
import { JsonCursor, parseValue } from './json-cursor.ts'
import { type ExportLimits, mostWritten, recordItems } from './limits.ts'
import { type PlainMessage, plainMessage } from './plain-message.ts'
import { countRejections, type Rejection, type Rejections } from './rejections.ts'

export interface ExportLines {
  /** Scrubbed, each ended by a line break; empty for a request without items. */
  readonly lines: Uint8Array
  readonly items: number
  readonly rejections: Rejections
}

type Head = PlainMessage | Rejection | undefined

interface Group {
  head: Head
  schemaUrl: Head
}

interface ScopeGroup extends Group {
  readonly items: PlainMessage[]
}

interface ResourceGroup extends Group {
  readonly scopes: ScopeGroup[]
}

/** Printed line by line, a record each: then each stands in a line of its own here too. */
const keyMarker = 'PRIVATE KEY'
/** A reference where a number stood is a string. */
const referencedNumber = /"(?:intValue|doubleValue)":"(?=ew\.ref\.v1\.)/g

/** @throws RefusedRequest when the body is no request at all, or larger than a limit */
export function* readJson(
  body: Buffer,
  signal: Signal,
  scrubber: Pick<Scrubber, 'scrub' | 'steps'>,
  limits: ExportLimits,
): Steps<ExportLines> {
  const walk = new Walk(body, signal, scrubber, limits)
  const groups = yield* walk.groups()
  const { rejections, holdsKey } = walk
  const { lines, items } = yield* linesOf(groups, signal, limits, holdsKey, rejections, mostWritten(body.length))
  const bytes = Buffer.from(lines.join(''))
  const scrubbed = yield* scrubber.steps(bytes)
  if (scrubbed === bytes) return { lines: bytes, items, rejections }
  // References are ASCII, and what is not text is as it was: latin1 keeps every byte.
  const text = Buffer.from(scrubbed).toString('latin1').replace(referencedNumber, '"stringValue":"')
  return { lines: Buffer.from(text, 'latin1'), items, rejections }
}

class Walk {
  readonly rejections = countRejections()
  holdsKey = false
  private parts = 0
  private readonly body: Buffer
  private readonly signal: Signal
  private readonly limits: ExportLimits
  private readonly cursor: JsonCursor
  private readonly scrubBytes: (bytes: Uint8Array) => Uint8Array

  constructor(body: Buffer, signal: Signal, scrubber: Pick<Scrubber, 'scrub'>, limits: ExportLimits) {
    this.body = body
    this.signal = signal
    this.limits = limits
    this.cursor = new JsonCursor(body, limits.depth)
    this.scrubBytes = (bytes) => scrubber.scrub(bytes)
  }

  *groups(): Steps<readonly ResourceGroup[]> {
    const groups: ResourceGroup[] = []
    const { cursor } = this
    const walk = this
    yield* cursor.members(function* (name) {
      if (name !== walk.signal.resources) yield* cursor.value()
      else
        yield* cursor.items(function* () {
          groups.push(yield* walk.resourceGroup())
        })
    })
    cursor.end()
    return groups
  }

  private *resourceGroup(): Steps<ResourceGroup> {
    this.count()
    const group: ResourceGroup = { head: undefined, schemaUrl: undefined, scopes: [] }
    const { cursor } = this
    const walk = this
    yield* cursor.members(function* (name) {
      if (name === 'resource') group.head = yield* walk.head(group.head, resource)
      else if (name === 'schemaUrl') group.schemaUrl = yield* walk.schema(group.schemaUrl)
      else if (name !== walk.signal.scopes) yield* cursor.value()
      else
        yield* cursor.items(function* () {
          group.scopes.push(yield* walk.scopeGroup())
        })
    })
    return group
  }

  private *scopeGroup(): Steps<ScopeGroup> {
    this.count()
    const group: ScopeGroup = { head: undefined, schemaUrl: undefined, items: [] }
    const { cursor } = this
    const walk = this
    yield* cursor.members(function* (name) {
      if (name === 'scope') group.head = yield* walk.head(group.head, scope)
      else if (name === 'schemaUrl') group.schemaUrl = yield* walk.schema(group.schemaUrl)
      else if (name !== walk.signal.items) yield* cursor.value()
      else
        yield* cursor.items(function* () {
          const item = yield* walk.message(walk.signal.item)
          if (typeof item === 'string') walk.rejections.add(item)
          else group.items.push(item)
        })
    })
    return group
  }

  private *head(known: Head, form: Message): Steps<Head> {
    const found = yield* this.message(form)
    return known === undefined ? found : 'repeated-field'
  }

  private *schema(known: Head): Steps<Head> {
    const value = parseValue(this.body, yield* this.cursor.value())
    if (known !== undefined) return 'repeated-field'
    if (value === null) return undefined
    return typeof value === 'string' ? { json: JSON.stringify(value), keys: 1 } : 'wrong-type'
  }

  private *message(form: Message): Steps<PlainMessage | Rejection> {
    this.count()
    const range = yield* this.cursor.value()
    yield
    const { lineBytes, depth, keys } = this.limits
    if (range.end - range.start > lineBytes) return 'line-too-long'
    const value = parseValue(this.body, range)
    if (value === undefined) return 'not-json'
    const plain = plainMessage(form, value, { depth, keys, scrubBytes: this.scrubBytes })
    if (typeof plain !== 'string' && plain.json.includes(keyMarker)) this.holdsKey = true
    return plain
  }

  private count(): void {
    const most = this.limits.records
    if (++this.parts > most) refuseTooMany('items, resources and scopes', most)
  }
}

function* linesOf(
  groups: readonly ResourceGroup[],
  signal: Signal,
  limits: ExportLimits,
  oneEach: boolean,
  rejections: Rejections,
  mostBytes: number,
): Steps<{ readonly lines: readonly string[]; readonly items: number }> {
  const lines: string[] = []
  let items = 0
  let bytes = 0
  for (const group of groups) {
    for (const one of group.scopes) {
      const frame = frameOf(group, one, signal)
      if (typeof frame === 'string') {
        rejections.add(frame, one.items.length)
        continue
      }
      for (const batch of batches(one.items, frame, limits, oneEach, rejections)) {
        const line = `${frame.before}${batch.map(({ json }) => json).join()}${frame.after}\n`
        bytes += line.length
        if (bytes > mostBytes) refuse(repeatedTooOften)
        lines.push(line)
        items += batch.length
        yield
      }
    }
  }
  return { lines, items }
}

interface Frame {
  readonly before: string
  readonly after: string
  readonly keys: number
}

/** What stands around the items of one scope. */
function frameOf(group: ResourceGroup, one: ScopeGroup, signal: Signal): Frame | Rejection {
  let keys = 3
  const members: string[] = []
  for (const [name, head] of [
    ['resource', group.head],
    ['schemaUrl', group.schemaUrl],
    ['scope', one.head],
    ['schemaUrl', one.schemaUrl],
  ] as const) {
    if (typeof head === 'string') return head
    members.push(head === undefined ? '' : `"${name}":${head.json},`)
    keys += head === undefined ? 0 : head.keys + 1
  }
  const [resourceHead, resourceSchema, scopeHead, scopeSchema] = members
  const { resources, scopes, items } = signal
  return {
    before: `{"${resources}":[{${resourceHead}${resourceSchema}"${scopes}":[{${scopeHead}${scopeSchema}"${items}":[`,
    after: ']}]}]}',
    keys,
  }
}

/** As many items in a line as decoders read in one, and at least one. */
function* batches(
  items: readonly PlainMessage[],
  frame: Frame,
  limits: ExportLimits,
  oneEach: boolean,
  rejections: Rejections,
): Generator<readonly PlainMessage[]> {
  let batch: PlainMessage[] = []
  const around = Buffer.byteLength(frame.before) + frame.after.length
  let [bytes, keys] = [around, frame.keys]
  for (const item of items) {
    const size = Buffer.byteLength(item.json) + 1
    if (around + size > limits.lineBytes || frame.keys + item.keys > limits.keys) {
      rejections.add(around + size > limits.lineBytes ? 'line-too-long' : 'too-many-fields')
      continue
    }
    const isFull = batch.length === (oneEach ? 1 : recordItems)
    if (batch.length > 0 && (isFull || bytes + size > limits.lineBytes || keys + item.keys > limits.keys)) {
      yield batch
      batch = []
      bytes = around
      keys = frame.keys
    }
    batch.push(item)
    bytes += size
    keys += item.keys
  }
  if (batch.length > 0) yield batch
}
