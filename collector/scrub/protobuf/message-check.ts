// Looks through one message: whether it is whole, within its bounds, of known fields alone, and may hold a credential.

import { isUtf8 } from 'node:buffer'
import { idBytes, type Message, type MessageField } from '../../../schemas/otlp/messages.ts'
import { bytesType, type ProtobufProblem, ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import type { Hints } from './hints.ts'

export interface MessageLimits {
  /** Messages within each other. */
  readonly depth: number
  /** Fields of one message with all that are in it. */
  readonly fields: number
}

/**
 * - `repeated-field`: a field that may come once comes twice, so that two readers could see two different messages.
 * - `id-length`: a trace or span id that is none.
 */
export type MessageProblem = ProtobufProblem | 'invalid-utf8' | 'too-deep' | 'repeated-field' | 'id-length'

/** Longer strings are left to Node, whose calls cost more than a few bytes do. */
const longString = 96

/** Checks messages of one body, in their order. */
export class MessageCheck {
  /** Of the message last checked. */
  problem: MessageProblem | undefined
  /** It holds fields that are not kept. */
  hasUnknown = false
  isSuspect = false
  private fields = 0
  private readonly bytes: Buffer
  private readonly hints: Hints
  private readonly limits: MessageLimits
  private readonly readers: ProtobufReader[] = []

  constructor(bytes: Buffer, hints: Hints, limits: MessageLimits) {
    this.bytes = bytes
    this.hints = hints
    this.limits = limits
  }

  check(message: Message, start: number, end: number): void {
    this.problem = undefined
    this.hasUnknown = false
    this.isSuspect = false
    this.fields = 0
    this.checkFields(message, start, end, 0)
  }

  /** A string outside of any message: a schema's address. */
  checkText(start: number, end: number): void {
    this.problem = undefined
    this.isSuspect = false
    this.checkString(start, end)
  }

  private checkFields(message: Message, start: number, end: number, depth: number): boolean {
    if (depth >= this.limits.depth) return this.fail('too-deep')
    const reader = this.readerAt(depth).open(this.bytes, start, end)
    const isOneOf = message.shape === 'value'
    let seen = 0
    while (reader.next()) {
      if (++this.fields > this.limits.fields) return this.fail('too-many-fields')
      const field = message.fields[reader.field]
      if (field === undefined || field.wire !== reader.type) {
        this.hasUnknown = true
        continue
      }
      if (!field.repeated) {
        const bit = isOneOf ? 1 : 1 << field.number
        if ((seen & bit) !== 0) return this.fail('repeated-field')
        seen |= bit
      }
      if (reader.type === bytesType && !this.checkBytes(field, reader.start, reader.limit, depth)) return false
    }
    return reader.problem === undefined || this.fail(reader.problem)
  }

  private checkBytes({ form }: MessageField, start: number, end: number, depth: number): boolean {
    if (typeof form !== 'string') return this.checkFields(form, start, end, depth + 1)
    if (form === 'text') return this.checkString(start, end)
    if (form === 'bytes') this.suspect(start, end)
    else if ((form === 'trace-id' || form === 'span-id') && end !== start && end - start !== idBytes[form])
      return this.fail('id-length')
    return true
  }

  private checkString(start: number, end: number): boolean {
    if (!isText(this.bytes, start, end)) return this.fail('invalid-utf8')
    this.suspect(start, end)
    return true
  }

  private suspect(start: number, end: number): void {
    if (!this.isSuspect && this.hints.suspects(start, end)) this.isSuspect = true
  }

  private readerAt(depth: number): ProtobufReader {
    const known = this.readers[depth]
    if (known !== undefined) return known
    const reader = new ProtobufReader()
    this.readers[depth] = reader
    return reader
  }

  private fail(problem: MessageProblem): false {
    this.problem = problem
    return false
  }
}

function isText(bytes: Buffer, start: number, end: number): boolean {
  if (end - start > longString) return isUtf8(bytes.subarray(start, end))
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return isUtf8(bytes.subarray(at, end)) // at < end ≤ length
  return true
}
