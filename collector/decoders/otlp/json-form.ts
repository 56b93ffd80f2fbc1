// Reads OTLP in JSON: every item becomes the protobuf that it would have been, and is then read as that.

import type { Refusal } from '../decoder.ts'
import { checkJson, parseBoundedJson, skipSpace } from '../json-text.ts'
import { maxValueDepth } from './any-value.ts'
import type { ContainerVisitor, Range } from './containers.ts'
import { MessageWriter } from './message-writer.ts'
import { type MessageForm, resourceForm, scopeForm } from './wire-form.ts'

/** A value within a value is four levels of JSON, and the items stand seven levels deep. */
const maxDepth = 16 + 4 * maxValueDepth

export interface ItemVisitor extends ContainerVisitor {
  /** An item that could not be written as protobuf, as it was in JSON. */
  refuse(refusal: Refusal, json: Uint8Array): void
}

/** True where the object that begins at `start` has this key first, spelled with its quotes. */
export function beginsWithKey(bytes: Uint8Array, start: number, end: number, key: string): boolean {
  const at = bytes[start + 1] === 0x22 ? start + 1 : skipSpace(bytes, start + 1, end)
  if (at + key.length > end) return false
  for (let place = 0; place < key.length; place++) if (bytes[at + place] !== key.charCodeAt(place)) return false
  return true
}

/** The keys of the containers, from outermost to items, and the form of the items. */
export interface ContainerKeys {
  readonly resources: string
  readonly scopes: string
  readonly items: string
  readonly form: MessageForm
}

export class JsonForm {
  private readonly keys: ContainerKeys
  /** A record within an item of this one takes another. */
  private idle: MessageWriter | undefined

  constructor(keys: ContainerKeys) {
    this.keys = keys
  }

  /** Gives why the text is none; items that are no good are refused one by one. */
  read(
    bytes: Uint8Array,
    start: number,
    end: number,
    visitorOf: (message: Uint8Array) => ItemVisitor,
  ): Refusal | undefined {
    const limits = { depth: maxDepth, keys: end - start, lineBytes: end - start }
    const shape = checkJson(bytes, start, end, limits)
    if (shape === 'too-deep') return { reason: shape, detail: `it nests deeper than ${maxDepth} levels` }
    const value = typeof shape === 'string' ? undefined : parseBoundedJson(bytes, start, end, shape)
    if (value === undefined) return { reason: 'invalid-json', detail: 'it begins like OTLP in JSON and does not parse' }
    const writer = this.idle ?? new MessageWriter()
    this.idle = undefined
    writer.begin(end - start)
    const visitor = visitorOf(writer.bytes)
    for (const resource of membersOf(value, this.keys.resources)) this.readResource(resource, visitor, writer)
    this.idle = writer
    return undefined
  }

  private readResource(resource: unknown, visitor: ItemVisitor, writer: MessageWriter): void {
    const { keys } = this
    const problem = enter(writer, resource, 'resource', resourceForm, (range) => visitor.enterResource(range))
    for (const scope of membersOf(resource, keys.scopes)) {
      const scopeProblem = problem ?? enter(writer, scope, 'scope', scopeForm, (range) => visitor.enterScope(range))
      for (const item of membersOf(scope, keys.items)) this.readItem(item, visitor, writer, scopeProblem)
    }
  }

  private readItem(item: unknown, visitor: ItemVisitor, writer: MessageWriter, problem: Refusal | undefined): void {
    const start = writer.write(item, this.keys.form)
    const refusal = problem ?? writer.refusal
    if (refusal === undefined) visitor.item(start, writer.used)
    else visitor.refuse(refusal, Buffer.from(JSON.stringify(item)))
    // The next one takes its room: what was made of this one is written by now.
    writer.used = start
  }
}

/** Writes what describes the items that follow; gives why it is no good. */
function enter(
  writer: MessageWriter,
  container: unknown,
  key: string,
  form: MessageForm,
  tell: (ranges: readonly Range[]) => void,
): Refusal | undefined {
  const value = memberOf(container, key)
  if (value === undefined || value === null) {
    tell([])
    return undefined
  }
  const start = writer.write(value, form)
  tell(writer.refusal === undefined ? [{ start, end: writer.used }] : [])
  return writer.refusal
}

/** The members of a list; none of anything else. */
function membersOf(value: unknown, key: string): readonly unknown[] {
  const list = memberOf(value, key)
  return Array.isArray(list) ? list : []
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined // any object
}
