// Makes of a parsed message in OTLP/JSON one of known fields alone, each of its type, and every name before its value.

import { isUtf8 } from 'node:buffer'
import { idBytes, type Message, type MessageField, type ScalarForm } from '../../../schemas/otlp/messages.ts'
import type { Rejection } from './rejections.ts'

export interface PlainMessage {
  /** Without line breaks. */
  readonly json: string
  /** Members of all its objects. */
  readonly keys: number
}

export interface PlainLimits {
  readonly depth: number
  readonly keys: number
  /** For bytes that are no text, in which a credential may stand all the same. */
  readonly scrubBytes: (bytes: Uint8Array) => Uint8Array
}

type Members = { [name: string]: unknown }

/** Sent by those who write 64 bits as a number, which is allowed, or as digits, which is the rule. */
const digits = /^-?\d{1,20}$/

/** What is wrong, where the message cannot be taken. */
export function plainMessage(form: Message, value: unknown, limits: PlainLimits): PlainMessage | Rejection {
  const plain = new Plain(limits)
  const object = plain.message(form, value, 0)
  return plain.problem ?? { json: JSON.stringify(object), keys: plain.keys }
}

class Plain {
  keys = 0
  problem: Rejection | undefined
  private readonly limits: PlainLimits

  constructor(limits: PlainLimits) {
    this.limits = limits
  }

  message(form: Message, value: unknown, depth: number): Members {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail('wrong-type')
    if (depth > this.limits.depth) return this.fail('too-deep')
    const members: Members = {}
    // A name that stands behind its value would not be seen as its name.
    if (form.shape === 'pair') members.key = ''
    for (const [name, member] of Object.entries(value)) {
      const field = form.byName.get(name)
      if (field === undefined || member === null) continue
      if (this.problem !== undefined) return members
      if (++this.keys > this.limits.keys) return this.fail('too-many-fields')
      if (form.shape === 'value' && Object.keys(members).length > 0) return this.fail('repeated-field')
      if (field.form === 'bytes') members.stringValue = this.bytes(member)
      else members[field.name] = field.repeated ? this.list(field, member, depth) : this.one(field, member, depth)
    }
    return members
  }

  private list(field: MessageField, value: unknown, depth: number): unknown {
    if (!Array.isArray(value)) return this.fail('wrong-type')
    const items: unknown[] = []
    for (const item of value) {
      if (this.problem !== undefined) break
      items.push(this.one(field, item, depth))
    }
    return items
  }

  private one({ form }: MessageField, value: unknown, depth: number): unknown {
    return typeof form === 'string' ? this.scalar(form, value) : this.message(form, value, depth + 1)
  }

  private scalar(form: ScalarForm, value: unknown): unknown {
    switch (form) {
      case 'text':
        return typeof value === 'string' ? value : this.fail('wrong-type')
      case 'trace-id':
      case 'span-id':
        return this.id(value, idBytes[form])
      case 'bool':
        return typeof value === 'boolean' ? value : this.fail('wrong-type')
      case 'int64':
      case 'fixed64':
        return digits.test(String(value)) && isScalar(value) ? String(value) : this.fail('wrong-type')
      case 'enum':
      case 'uint32':
      case 'fixed32':
        return isScalar(value) && digits.test(String(value)) ? Number(value) : this.fail('wrong-type')
      case 'double':
        return this.double(value)
      case 'bytes':
        return this.bytes(value)
      default: {
        const unknown: never = form
        return unknown
      }
    }
  }

  private id(value: unknown, bytes: number): unknown {
    if (typeof value !== 'string') return this.fail('wrong-type')
    const isId = value === '' || (value.length === bytes * 2 && /^[0-9a-fA-F]+$/.test(value))
    return isId ? value : this.fail('id-length')
  }

  private double(value: unknown): unknown {
    if (typeof value === 'number') return value
    const isNumber = typeof value === 'string' && /^(?:NaN|-?Infinity|-?\d{1,400}(?:\.\d{1,400})?)$/.test(value)
    return isNumber ? value : this.fail('wrong-type')
  }

  /** As text where they are one, so that a credential in them is found as anywhere else; base64 otherwise. */
  private bytes(value: unknown): unknown {
    if (typeof value !== 'string') return this.fail('wrong-type')
    const bytes = Buffer.from(value, 'base64')
    if (isUtf8(bytes)) return bytes.toString()
    return Buffer.from(this.limits.scrubBytes(bytes)).toString('base64')
  }

  private fail(problem: Rejection): Members {
    this.problem ??= problem
    return {}
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
