// One record as decoders see it: opened on bytes that stay where they are, checked and parsed at most once.

import type { QuarantineReason } from '../../schemas/quarantine.ts'
import type { DecoderSettings, Refusal } from './decoder.ts'
import { checkJson, minifyJson, parseJsonObject } from './json-text.ts'
import type { JsonObject, RecordView } from './record-view.ts'

const openBrace = 0x7b

const details: Partial<Record<QuarantineReason, string>> = {
  'invalid-json': 'it begins like a JSON object and does not parse',
  'too-deep': 'the record nests deeper than `decoders.limits.depth`',
  'too-many-keys': 'the record has more keys than `decoders.limits.keys`',
  'duplicate-keys': 'an object of the record names a key twice',
  'number-out-of-range': 'the record holds a number that is not finite',
}

export class OpenedRecord implements RecordView {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  private readonly limits: DecoderSettings['limits']
  private asText: string | undefined
  private parsed: JsonObject | undefined
  private refused: Refusal | undefined
  private isRead = false
  private hasSpace = false

  constructor(bytes: Uint8Array, start: number, end: number, limits: DecoderSettings['limits']) {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.limits = limits
  }

  get length(): number {
    return this.end - this.start
  }

  text(): string {
    this.asText ??= Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.start, this.length).toString('utf8')
    return this.asText
  }

  json(): JsonObject | undefined {
    this.read()
    return this.parsed
  }

  /** Why a record that begins like a JSON object is none; undefined for objects and for text. */
  problem(): Refusal | undefined {
    this.read()
    return this.refused
  }

  /** The bytes that name it: of JSON without white space between tokens, so that it may be written out again. */
  nameBytes(): RecordView {
    if (!this.isRead || this.parsed === undefined || !this.hasSpace) return this
    const bytes = minifyJson(this.bytes, this.start, this.end)
    return new OpenedRecord(bytes, 0, bytes.length, this.limits)
  }

  private read(): void {
    if (this.isRead) return
    this.isRead = true
    if (this.bytes[this.start] !== openBrace) return
    const shape = checkJson(this.bytes, this.start, this.end, this.limits)
    const value = typeof shape === 'string' ? shape : parseJsonObject(this.bytes, this.start, this.end, shape)
    if (typeof value === 'string') this.refused = { reason: value, detail: details[value] ?? value }
    else this.parsed = value
    this.hasSpace = typeof shape !== 'string' && shape.hasSpace
  }
}
