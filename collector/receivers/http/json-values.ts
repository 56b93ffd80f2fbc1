// Finds the JSON values of a body one after the other, and writes each as one line, without parsing any of them.

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const comma = 0x2c

export function isWhitespace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

export function skipWhitespace(bytes: Uint8Array, from: number, to = bytes.length): number {
  let at = from
  while (at < to && isWhitespace(bytes[at])) at++
  return at
}

/**
 * End (exclusive) of the JSON value that begins at `from`, by its brackets and quotes alone; what is inside is the
 * decoders' to judge. −1 when the bytes end before the value does; −2 when it nests deeper than `maxDepth`; −3 when it is
 * longer than `maxBytes`.
 */
export function valueEnd(whole: Uint8Array, from: number, maxDepth: number, maxBytes: number): number {
  const bytes = whole.length - from > maxBytes ? whole.subarray(0, from + maxBytes) : whole
  const end = endWithin(bytes, from, maxDepth)
  return end === -1 && bytes !== whole ? -3 : end
}

function endWithin(bytes: Uint8Array, from: number, maxDepth: number): number {
  const first = bytes[from]
  if (first === quote) return stringEnd(bytes, from)
  if (first !== openBrace && first !== openBracket) return scalarEnd(bytes, from)
  let depth = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) {
      at = stringEnd(bytes, at) - 1
      if (at < 0) return -1
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1
      if (depth > maxDepth) return -2
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return -1
}

/** End (exclusive) of the string whose opening quote is at `from`; −1 when it never closes. */
function stringEnd(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === backslash) at += 1
    else if (byte === quote) return at + 1
  }
  return -1
}

function scalarEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (
    at < bytes.length &&
    !isWhitespace(bytes[at]) &&
    bytes[at] !== comma &&
    bytes[at] !== closeBracket &&
    bytes[at] !== closeBrace
  )
    at++
  return at
}

/**
 * Copies `[from, to)` to `into` at `at` without the white space outside strings; returns where it ended, or −1 for a
 * string that holds a raw line break: as a line it would be two, the second of anyone's making.
 */
export function copyMinified(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): number {
  let out = at
  let inString = false
  for (let position = from; position < to; position++) {
    const byte = bytes[position] as number // position < to ≤ length
    if (inString) {
      if (byte === 0x0a) return -1
      into[out++] = byte
      if (byte === backslash && position + 1 < to)
        into[out++] = bytes[++position] as number // as above
      else if (byte === quote) inString = false
    } else if (!isWhitespace(byte)) {
      into[out++] = byte
      inString = byte === quote
    }
  }
  return out
}
