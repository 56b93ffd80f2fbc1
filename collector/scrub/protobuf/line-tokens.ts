// Reads a scrubbed line back: its strings and numbers in their order, which scrubbing does not change.

const quote = 34
const backslash = 92
const lineFeed = 10
const letterN = 110

export interface LineToken {
  /** A string; otherwise a number, `true`, `false` or `null`, which are as they were. */
  readonly isText: boolean
  /** Of a string what stands between its marks, without escapes. */
  readonly bytes: Uint8Array
}

export class LineTokens {
  private readonly line: Buffer
  private at = 0

  /** @param line one line as `MessageLines` writes them, scrubbed or not */
  constructor(line: Buffer) {
    this.line = line
  }

  /** Undefined behind the last one. */
  next(): LineToken | undefined {
    const { line } = this
    while (this.at < line.length && isBetween(line[this.at])) this.at++
    if (this.at >= line.length) return undefined
    return line[this.at] === quote ? this.text() : this.word()
  }

  private text(): LineToken {
    const { line } = this
    const start = this.at + 1
    let end = start
    let escapes = 0
    while (end < line.length && line[end] !== quote) {
      if (line[end] === backslash) {
        escapes++
        end++
      }
      end++
    }
    this.at = end + 1
    return {
      isText: true,
      bytes: escapes === 0 ? line.subarray(start, end) : withoutEscapes(line, start, end, escapes),
    }
  }

  private word(): LineToken {
    const { line } = this
    const start = this.at
    while (this.at < line.length && !isBetween(line[this.at]) && line[this.at] !== quote) this.at++
    return { isText: false, bytes: line.subarray(start, this.at) }
  }
}

/** `{ } [ ] , :` and line feeds. */
function isBetween(byte: number | undefined): boolean {
  return byte === 123 || byte === 125 || byte === 91 || byte === 93 || byte === 44 || byte === 58 || byte === lineFeed
}

function withoutEscapes(line: Buffer, start: number, end: number, escapes: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(end - start - escapes)
  let used = 0
  for (let at = start; at < end; at++) {
    const byte = line[at] as number // at < end ≤ length
    if (byte !== backslash) bytes[used++] = byte
    else bytes[used++] = line[++at] === letterN ? lineFeed : (line[at] as number) // an escape has two characters
  }
  return bytes
}
