// Walks JSON without parsing it: member by member, item by item, each value as a range that is found in one pass.

import { isUtf8 } from 'node:buffer'
import type { Steps } from '../../scrub/steps.ts'
import { skipWhitespace } from '../http/json-values.ts'
import { refuseMalformed } from './export-body.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Looked through between two pauses. */
const pauseBytes = 256 * 1024
const longestName = 64
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** Every method refuses the request where the text is not what it looks for. */
export class JsonCursor {
  private at: number
  private pausedAt = 0
  private readonly body: Buffer
  private readonly depth: number

  constructor(body: Buffer, depth: number) {
    this.body = body
    this.depth = depth
    this.at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0
  }

  /** The members of the object at hand: `read` goes past the value of the one it is given. */
  *members(read: (name: string) => Steps): Steps {
    this.mark(openBrace, 'an object')
    if (this.isAt(closeBrace)) {
      this.at++
      return
    }
    for (;;) {
      const name = yield* this.value()
      if (this.body[name.start] !== quote) refuseMalformed('the name of a member is no string')
      this.mark(colon, 'a colon')
      yield* read(this.body.toString('latin1', name.start + 1, Math.min(name.end - 1, name.start + longestName)))
      if (!this.isAt(comma)) break
      this.at++
    }
    this.mark(closeBrace, 'the end of an object')
  }

  /** The items of the list at hand; `null` is an empty one. */
  *items(read: () => Steps): Steps {
    if (!this.isAt(openBracket)) {
      const { start, end } = yield* this.value()
      if (this.body.toString('latin1', start, end) !== 'null') refuseMalformed('a list is missing')
      return
    }
    this.at++
    if (this.isAt(closeBracket)) {
      this.at++
      return
    }
    for (;;) {
      yield* read()
      if (!this.isAt(comma)) break
      this.at++
    }
    this.mark(closeBracket, 'the end of a list')
  }

  /** The value at hand. */
  *value(): Steps<Range> {
    const start = this.skipBlank()
    let depth = 0
    let inString = false
    const { body } = this
    for (let at = start; at < body.length; at++) {
      if (at - this.pausedAt >= pauseBytes) {
        this.pausedAt = at
        yield
      }
      const byte = body[at]
      if (inString) {
        if (byte === backslash) at++
        else if (byte === quote) {
          inString = false
          if (depth === 0) return this.endsAt(start, at + 1)
        }
      } else if (byte === quote) inString = true
      else if (byte === openBrace || byte === openBracket) {
        if (++depth > this.depth) refuseMalformed(`values nest deeper than ${this.depth} levels`)
      } else if (byte === closeBrace || byte === closeBracket) {
        if (depth === 0) return this.endsAt(start, at)
        if (--depth === 0) return this.endsAt(start, at + 1)
      } else if (depth === 0 && (byte === comma || byte === colon)) return this.endsAt(start, at)
    }
    return depth === 0 && !inString && start < body.length
      ? this.endsAt(start, body.length)
      : refuseMalformed('it ends too early')
  }

  /** Nothing follows. */
  end(): void {
    if (this.skipBlank() < this.body.length) refuseMalformed('something follows the object')
  }

  private isAt(byte: number): boolean {
    return this.body[this.skipBlank()] === byte
  }

  private mark(byte: number, what: string): void {
    if (!this.isAt(byte)) refuseMalformed(this.at >= this.body.length ? 'it ends too early' : `${what} is missing`)
    this.at++
  }

  private skipBlank(): number {
    this.at = skipWhitespace(this.body, this.at)
    return this.at
  }

  private endsAt(start: number, end: number): Range {
    if (end === start) refuseMalformed('a value is missing')
    this.at = end
    return { start, end }
  }
}

/** Whole numbers that a number of JavaScript does not hold exactly, and strings, which are left as they are. */
const longNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d{16,}(?![\d.eE])/gs

/** Parses one value; long whole numbers become strings, which OTLP reads the same. Undefined when it is no JSON. */
export function parseValue(body: Buffer, { start, end }: Range): unknown {
  const bytes = body.subarray(start, end)
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString()
  try {
    return JSON.parse(
      /\d{16}/.test(text) ? text.replace(longNumbers, (found) => (found[0] === '"' ? found : `"${found}"`)) : text,
    )
  } catch {
    return undefined
  }
}
