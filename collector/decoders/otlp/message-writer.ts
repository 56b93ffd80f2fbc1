// Writes a message of OTLP that came in JSON as protobuf, so that one span has one form, and one name, by either encoding.

import type { Refusal } from '../decoder.ts'
import { quoted } from '../hidden-characters.ts'
import { maxValueDepth } from './any-value.ts'
import type { FieldForm, MessageForm, ScalarForm } from './wire-form.ts'

/** `AnyValue`s are two messages each: the value and its list. */
const maxDepth = 2 * maxValueDepth + 8
const wireTypes: Readonly<Record<ScalarForm, number>> = {
  hex: 2,
  base64: 2,
  text: 2,
  unsigned: 0,
  signed: 0,
  fixed64: 1,
  fixed32: 5,
  double: 1,
  bool: 0,
}
const twoTo64 = 1n << 64n
const twoTo63 = 1n << 63n

export class MessageWriter {
  bytes = Buffer.alloc(64 * 1024)
  used = 0
  /** What was wrong with the message written last. */
  refusal: Refusal | undefined

  /** Room for everything that JSON of so many bytes can hold: it is never longer in protobuf. */
  begin(jsonBytes: number): void {
    if (this.bytes.length < jsonBytes + 64) this.bytes = Buffer.alloc(jsonBytes * 2 + 64)
    this.used = 0
  }

  /** Appends the message; members that are there are written, even zeros; unknown ones are left out. Gives its start. */
  write(value: unknown, form: MessageForm): number {
    this.refusal = undefined
    const start = this.used
    this.message(value, form, 0)
    return start
  }

  private message(value: unknown, form: MessageForm, depth: number): void {
    if (!isObject(value)) {
      this.refuse('something in it is no object where one should be')
      return
    }
    if (depth > maxDepth) {
      this.refusal ??= { reason: 'too-deep', detail: `a value nests deeper than ${maxValueDepth}` }
      return
    }
    for (const field of form) {
      const member = value[field.key]
      if (member === undefined || member === null) continue
      if (field.isLeftOutEmpty && isObject(member) && Object.keys(member).length === 0) continue
      if (!field.isRepeated) this.field(member, field, depth)
      else if (Array.isArray(member)) for (const one of member) this.field(one, field, depth)
      else this.refuse(`${quoted(field.key)} is no list`)
    }
  }

  private field(value: unknown, { key, field, form }: FieldForm, depth: number): void {
    if (this.refusal !== undefined) return
    if (typeof form === 'string') {
      this.small(field * 8 + wireTypes[form])
      if (!this.scalar(value, form)) this.refuse(`${quoted(key)} is ${quoted(shown(value))}, which it cannot be`)
      return
    }
    this.small(field * 8 + 2)
    const at = this.used
    this.used += 1
    this.message(value, form(), depth + 1)
    this.closeLength(at)
  }

  /** The length of what was written behind the byte at `at`; longer lengths move it. */
  private closeLength(at: number): void {
    const length = this.used - at - 1
    let width = 1
    for (let rest = length; rest >= 0x80; rest >>>= 7) width += 1
    if (width > 1) this.bytes.copyWithin(at + width, at + 1, this.used)
    this.used = at
    this.small(length)
    this.used += length
  }

  private scalar(value: unknown, form: ScalarForm): boolean {
    switch (form) {
      case 'text':
        return typeof value === 'string' && this.text(value, 'utf8')
      case 'hex':
        return typeof value === 'string' && /^(?:[0-9a-f]{2})*$/i.test(value) && this.text(value, 'hex')
      case 'base64':
        return typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value) && this.text(value, 'base64')
      case 'bool':
        if (typeof value === 'boolean') this.bytes[this.used++] = value ? 1 : 0
        return typeof value === 'boolean'
      case 'double':
        return this.double(value)
      default:
        return this.whole(value, form)
    }
  }

  private text(value: string, encoding: 'utf8' | 'hex' | 'base64'): boolean {
    const at = this.used
    this.used += 1
    this.used += this.bytes.write(value, this.used, encoding)
    this.closeLength(at)
    return true
  }

  private double(value: unknown): boolean {
    const number = typeof value === 'string' ? doubleOf(value) : value
    if (typeof number !== 'number') return false
    this.used = this.bytes.writeDoubleLE(number, this.used)
    return true
  }

  private whole(value: unknown, form: ScalarForm): boolean {
    const number = wholeOf(value)
    if (number === undefined || number >= twoTo64 || number < (form === 'signed' ? -twoTo63 : 0n)) return false
    if (form === 'fixed64') this.used = this.bytes.writeBigUInt64LE(number, this.used)
    else if (form === 'fixed32') {
      if (number > 0xffffffffn) return false
      this.used = this.bytes.writeUInt32LE(Number(number), this.used)
    } else this.varint(BigInt.asUintN(64, number))
    return true
  }

  /** A varint of at most 31 bits. */
  private small(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      this.bytes[this.used++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.used++] = rest
  }

  private varint(value: bigint): void {
    let rest = value
    while (rest > 0x7fn) {
      this.bytes[this.used++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.bytes[this.used++] = Number(rest)
  }

  private refuse(detail: string): void {
    this.refusal ??= { reason: 'invalid-field', detail }
  }
}

const special: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

/** Numbers that JSON has no form for are words; any may come as text. */
function doubleOf(text: string): number | undefined {
  if (/^-?\d{1,400}(?:\.\d{1,400})?(?:e[+-]?\d{1,4})?$/i.test(text)) return Number(text)
  return special.get(text)
}

/** Whole numbers of 64 bits come as decimal text or as numbers. */
function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'an object' : String(value)
}
