// Tells whether a body of one line is several records whose line breaks were lost, as `curl -d @file` loses them.

import { stampLength } from './instant.ts'

const lineFeed = 0x0a
const brace = 0x7b
/** A line whose second record begins later is judged as the one record it says it is. */
const lookedAtBytes = 64 * 1024

/**
 * True for a body without a line break inside that holds a second record: `…amount=89.992025-03-14 11:42:05 | user…`,
 * `…"10.20.7.30:8080"[2026-11-02T09:14:23Z] "GET…`, `{…}{…}`. A body with line breaks is never glued: the answer must not
 * depend on what a client of the observed system managed to get into one line among many.
 */
export function looksGlued(body: Uint8Array): boolean {
  let end = body.length
  while (end > 0 && (body[end - 1] === lineFeed || body[end - 1] === 0x0d)) end--
  if (body.subarray(0, end).includes(lineFeed)) return false
  const line = body.subarray(0, Math.min(end, lookedAtBytes))
  if (line[0] === brace) return holdsSecondObject(line)
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1')
  return isStampedAt(text, 0) && holdsSecondStamp(text)
}

/** A stamp with what follows it in a line of text: a bar, or the quoted request of an access log. */
function isStampedAt(text: string, at: number): boolean {
  const bracket = text[at] === '[' ? 1 : 0
  const length = stampLength(text, at + bracket)
  if (length === 0) return false
  return /^(?:Z| ?[+-]\d\d:?\d\d)?\]? *[|"]/.test(text.slice(at + bracket + length, at + bracket + length + 24))
}

function holdsSecondStamp(text: string): boolean {
  for (let dash = text.indexOf('-', 8); dash >= 0; dash = text.indexOf('-', dash + 1)) {
    const at = text[dash - 5] === '[' ? dash - 5 : dash - 4
    // A stamp as a value of its own has a space, a quote or an equals sign before it; a glued one has the last value.
    if (at > 0 && isStampedAt(text, at) && !/[\s=:|(]/.test(text[at - 1] ?? ' ')) return true
  }
  return false
}

function holdsSecondObject(line: Uint8Array): boolean {
  let depth = 0
  let inText = false
  for (let at = 0; at < line.length; at++) {
    const byte = line[at]
    if (inText) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) inText = false
    } else if (byte === 0x22) inText = true
    else if (byte === brace || byte === 0x5b) {
      if (depth === 0 && at > 0) return byte === brace
      depth++
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}
