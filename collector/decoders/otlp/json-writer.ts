// Writes values of OTLP as JSON into bytes, within bounds: what no column holds.

import { cutText, maxAttributeChars } from '../attributes.ts'
import type { JsonValue } from '../record-view.ts'
import { type AnyValueReader, finite, wholeNumber } from './any-value.ts'
import { type AttributeList, kind } from './attribute-list.ts'

const quote = 0x22
const comma = 0x2c
/** 1: stands in JSON text as it is. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte !== quote && byte !== 0x5c ? 0 : 1))

export class JsonWriter {
  readonly bytes: Buffer<ArrayBuffer>
  used = 0

  /** `maxBytes`: no value is begun beyond it; each value is bounded by itself. */
  constructor(maxBytes: number) {
    this.bytes = Buffer.alloc(maxBytes + 8 * maxAttributeChars)
  }

  /** `{` of an object that was begun before is `,`. */
  openMember(first: number): void {
    this.bytes[this.used] = this.used === 0 ? first : comma
    this.used += 1
  }

  raw(bytes: Uint8Array): void {
    const { bytes: out } = this
    let to = this.used
    if (bytes.length > 64) out.set(bytes, to)
    else for (let at = 0; at < bytes.length; at++) out[to++] = bytes[at] as number // within the range
    this.used += bytes.length
  }

  ascii(text: string): void {
    this.used += this.bytes.write(text, this.used, 'latin1')
  }

  /** A text as JSON, cut where it is long. */
  text(text: string): void {
    this.used += this.bytes.write(JSON.stringify(cutText(text, maxAttributeChars)), this.used, 'utf8')
  }

  /** The valid UTF-8 bytes `[start, end)`. */
  utf8(bytes: Uint8Array, start: number, end: number): void {
    const { bytes: out } = this
    let to = this.used
    if (end - start <= maxAttributeChars) {
      let unusual = 0
      out[to++] = quote
      for (let at = start; at < end; at++) {
        const byte = bytes[at] as number // within the range
        out[to++] = byte
        unusual |= plain[byte] as number // a byte
      }
      out[to++] = quote
      if (unusual === 0) {
        this.used = to
        return
      }
    }
    // A character has at most four bytes.
    const most = Math.min(end, start + 4 * maxAttributeChars)
    this.text(Buffer.from(bytes.buffer, bytes.byteOffset + start, most - start).toString())
  }

  /** Any value; one that is long is the beginning of its JSON, as a text. */
  json(value: JsonValue): void {
    const json = JSON.stringify(value)
    if (json.length > maxAttributeChars) this.text(json)
    else this.used += this.bytes.write(json, this.used, 'utf8')
  }

  /** The value at a place of a list. */
  value(list: AttributeList, place: number, values: AnyValueReader): void {
    const start = list.starts[place] as number // places are below the count
    const end = list.ends[place] as number // as above
    const type = list.kinds[place] as number // as above
    if (type === kind.string) this.utf8(list.bytes, start, end)
    else if (type === kind.int)
      this.json(wholeNumber(list.numbers[place] as number, start, end)) // as above
    else if (type === kind.double)
      this.json(finite(list.numbers[place] as number)) // as above
    else if (type === kind.bool) this.ascii(list.numbers[place] === 0 ? 'false' : 'true')
    else if (type === kind.empty) this.ascii('null')
    else this.json(values.ofBytes(type, list.bytes, start, end, 0))
  }
}
