// Writes a message anew: with what its scrubbed line says in the place of its strings, and without unknown fields.

import { anyValueFields, keyValueFields } from '../../../schemas/otlp/fields.ts'
import { anyValue, type Message } from '../../../schemas/otlp/messages.ts'
import { bytesType, fixed32Type, fixed64Type, type ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import type { LineToken, LineTokens } from './line-tokens.ts'
import { partsOfPair } from './message-line.ts'
import type { Readers } from './readers.ts'
import { WireWriter } from './wire-writer.ts'

/** A scrubbed line that does not fit its message any more. */
class Unfit extends Error {}

/**
 * @param readers of `bytes`, none of them in use
 * @param tokens of the message's scrubbed line; without them strings stay as they are
 * @returns undefined when the line is not of this message any more: it was replaced as a whole
 */
export function rewritten(
  bytes: Buffer,
  readers: Readers,
  message: Message,
  start: number,
  end: number,
  tokens?: LineTokens,
): Buffer | undefined {
  const writer = new WireWriter(end - start + 256)
  try {
    new Rewriting(bytes, readers, writer, tokens).members(message, start, end)
  } catch (cause) {
    if (cause instanceof Unfit) return undefined
    throw cause
  } finally {
    readers.closeAll()
  }
  return tokens === undefined || tokens.next() === undefined ? writer.done() : undefined
}

/** Goes through a message in the very order in which its line was written. */
class Rewriting {
  private readonly bytes: Buffer
  private readonly writer: WireWriter
  private readonly tokens: LineTokens | undefined
  private readonly readers: Readers

  constructor(bytes: Buffer, readers: Readers, writer: WireWriter, tokens: LineTokens | undefined) {
    this.bytes = bytes
    this.writer = writer
    this.tokens = tokens
    this.readers = readers
  }

  members(message: Message, start: number, end: number): void {
    const { writer } = this
    const reader = this.readers.open(start, end)
    while (reader.next()) {
      const field = message.fields[reader.field]
      if (field === undefined || field.wire !== reader.type) continue
      const { form } = field
      if (form === 'text') {
        this.text() // its name
        this.string(field.number, reader.start, reader.limit)
      } else if (typeof form === 'string') this.scalar(reader)
      else {
        if (form.shape !== 'pair') this.text()
        const opened = writer.open(field.number)
        if (form.shape === 'pair') this.pair(reader.start, reader.limit)
        else if (form.shape === 'value') this.value(form, reader.start, reader.limit)
        else this.members(form, reader.start, reader.limit)
        writer.close(opened)
      }
    }
    this.readers.close()
  }

  private pair(start: number, end: number): void {
    const { keyStart, keyEnd, valueStart, valueEnd } = partsOfPair(this.readers, start, end)
    this.string(keyValueFields.key, keyStart, keyEnd)
    if (valueStart === -1) {
      this.next()
      return
    }
    const opened = this.writer.open(keyValueFields.value)
    this.value(anyValue, valueStart, valueEnd)
    this.writer.close(opened)
  }

  private value(message: Message, start: number, end: number): void {
    this.oneOf(message, this.readers.open(start, end))
    this.readers.close()
  }

  private oneOf(message: Message, reader: ProtobufReader): void {
    while (reader.next()) {
      const field = message.fields[reader.field]
      if (field === undefined || field.wire !== reader.type) continue
      if (field.form === 'text' || field.form === 'bytes') this.string(field.number, reader.start, reader.limit)
      else if (typeof field.form !== 'string') this.items(field.number, field.form, reader.start, reader.limit)
      else this.number(reader)
      return
    }
    this.next()
  }

  /** A number in whose place a reference stands becomes a string. */
  private number(reader: ProtobufReader): void {
    const token = this.next()
    if (token?.isText === true) this.writer.bytesField(anyValueFields.string, token.bytes)
    else this.scalar(reader)
  }

  private items(number: number, form: Message, start: number, end: number): void {
    const opened = this.writer.open(number)
    const reader = this.readers.open(start, end)
    while (reader.next()) {
      const field = form.fields[reader.field]
      if (field === undefined || field.wire !== reader.type || typeof field.form === 'string') continue
      const item = this.writer.open(field.number)
      if (form.shape === 'list') this.value(field.form, reader.start, reader.limit)
      else this.pair(reader.start, reader.limit)
      this.writer.close(item)
    }
    this.readers.close()
    this.writer.close(opened)
  }

  private string(field: number, start: number, end: number): void {
    const token = this.text()
    if (token === undefined) this.writer.bytesField(field, this.bytes, start, end)
    else this.writer.bytesField(field, token.bytes)
  }

  private scalar(reader: ProtobufReader): void {
    const { writer } = this
    writer.tag(reader.field, reader.type)
    if (reader.type === bytesType) {
      writer.varint(reader.limit - reader.start)
      writer.copy(this.bytes, reader.start, reader.limit)
    } else if (reader.type === fixed64Type || reader.type === fixed32Type)
      writer.copy(this.bytes, reader.start, reader.limit)
    else writer.varint64(reader.low, reader.high)
  }

  private text(): LineToken | undefined {
    const token = this.next()
    if (token?.isText === false) throw new Unfit()
    return token
  }

  private next(): LineToken | undefined {
    if (this.tokens === undefined) return undefined
    const token = this.tokens.next()
    if (token === undefined) throw new Unfit()
    return token
  }
}
