// Writes a message's strings and numbers as one line of JSON, in which credentials are found as in any other record.

import { keyValueFields } from '../../../schemas/otlp/fields.ts'
import { anyValue, type Message, type MessageField } from '../../../schemas/otlp/messages.ts'
import { bytesType, type ProtobufReader } from '../../../schemas/otlp/protobuf-reader.ts'
import { type PairParts, Readers } from './readers.ts'

const quote = 34
const backslash = 92
const lineFeed = 10
const letterN = 110
const firstBytes = 16 * 1024

/**
 * Lines of messages that were checked. What the message holds stands in its own order, pairs as members of whatever
 * holds them, so that a name stands before its value as in a log of JSON objects. Bytes are written as they are; only
 * quotation marks, backslashes and line feeds are escaped. `openTokens` reads a line back.
 */
export class MessageLines {
  private out = Buffer.allocUnsafe(firstBytes)
  private used = 0
  private readonly bytes: Buffer
  private readonly readers: Readers

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.readers = new Readers(bytes)
  }

  get length(): number {
    return this.used
  }

  /** All lines so far, each ended by a line feed. */
  written(): Buffer {
    return this.out.subarray(0, this.used)
  }

  add(message: Message, start: number, end: number): void {
    this.mark('{')
    this.members(message, start, end)
    this.close('}')
    this.mark('\n')
  }

  addText(start: number, end: number): void {
    this.mark('{')
    this.name('text')
    this.string(start, end)
    this.mark('}\n')
  }

  private members(message: Message, start: number, end: number): void {
    const reader = this.readers.open(start, end)
    while (reader.next()) {
      const field = message.fields[reader.field]
      if (field === undefined || field.wire !== reader.type) continue
      if (typeof field.form !== 'string') this.member(field, field.form, reader.start, reader.limit)
      else if (field.form === 'text') {
        this.name(field.name)
        this.string(reader.start, reader.limit)
        this.mark(',')
      }
    }
    this.readers.close()
  }

  private member(field: MessageField, form: Message, start: number, end: number): void {
    if (form.shape === 'pair') {
      this.pair(start, end)
      return
    }
    this.name(field.name)
    if (form.shape === 'value') this.value(form, start, end)
    else {
      this.mark('{')
      this.members(form, start, end)
      this.close('}')
    }
    this.mark(',')
  }

  private pair(start: number, end: number): void {
    const { keyStart, keyEnd, valueStart, valueEnd } = partsOfPair(this.readers, start, end)
    this.string(keyStart, keyEnd)
    this.mark(':')
    if (valueStart === -1) this.mark('null')
    else this.value(anyValue, valueStart, valueEnd)
    this.mark(',')
  }

  private value(form: Message, start: number, end: number): void {
    this.oneOf(form, this.readers.open(start, end))
    this.readers.close()
  }

  private oneOf(form: Message, reader: ProtobufReader): void {
    while (reader.next()) {
      const field = form.fields[reader.field]
      if (field === undefined || field.wire !== reader.type) continue
      if (field.form === 'text' || field.form === 'bytes') this.string(reader.start, reader.limit)
      else if (typeof field.form !== 'string') this.items(field.form, reader.start, reader.limit)
      else if (field.form === 'int64') this.mark(wholeNumber(reader.low, reader.high))
      else if (field.form === 'double') this.mark(finiteNumber(reader.double))
      else this.mark(reader.low === 0 ? 'false' : 'true')
      return
    }
    this.mark('null')
  }

  private items(form: Message, start: number, end: number): void {
    const isList = form.shape === 'list'
    this.mark(isList ? '[' : '{')
    const reader = this.readers.open(start, end)
    while (reader.next()) {
      const field = form.fields[reader.field]
      if (field === undefined || field.wire !== reader.type || typeof field.form === 'string') continue
      if (!isList) this.pair(reader.start, reader.limit)
      else {
        this.value(field.form, reader.start, reader.limit)
        this.mark(',')
      }
    }
    this.readers.close()
    this.close(isList ? ']' : '}')
  }

  private name(text: string): void {
    this.mark(`"${text}":`)
  }

  /** A bracket in the place of the comma before it. */
  private close(bracket: '}' | ']'): void {
    if (this.out[this.used - 1] === 44) this.used--
    this.mark(bracket)
  }

  private mark(text: string): void {
    this.room(text.length)
    this.used += this.out.write(text, this.used, 'latin1')
  }

  private string(start: number, end: number): void {
    this.room(2 * (end - start) + 2)
    const { bytes, out } = this
    let used = this.used
    out[used++] = quote
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number // at < end ≤ length
      if (byte === quote || byte === backslash || byte === lineFeed) out[used++] = backslash
      out[used++] = byte === lineFeed ? letterN : byte
    }
    out[used++] = quote
    this.used = used
  }

  private room(bytes: number): void {
    if (this.used + bytes <= this.out.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.out.length * 2, this.used + bytes))
    this.out.copy(larger, 0, 0, this.used)
    this.out = larger
  }
}

/** The same object each time, for there are many pairs: what is needed after the next call has to be copied. */
export function partsOfPair(readers: Readers, start: number, end: number): Readonly<PairParts> {
  const reader = readers.open(start, end)
  const { pair } = readers
  pair.keyStart = start
  pair.keyEnd = start
  pair.valueStart = -1
  while (reader.next()) {
    if (reader.type !== bytesType) continue
    if (reader.field === keyValueFields.key) {
      pair.keyStart = reader.start
      pair.keyEnd = reader.limit
    } else if (reader.field === keyValueFields.value) {
      pair.valueStart = reader.start
      pair.valueEnd = reader.limit
    }
  }
  readers.close()
  return pair
}

/** All digits of a signed 64-bit number: a reference is made of them. */
function wholeNumber(low: number, high: number): string {
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)).toString()
}

function finiteNumber(number: number): string {
  return Number.isFinite(number) ? String(number) : '0'
}
