// Turns a body into records, one a line: text lines and NDJSON as they are, a JSON array or pretty JSON value by value.

import { isUtf8 } from 'node:buffer'
import type { Steps } from '../../scrub/steps.ts'
import { copyMinified, skipWhitespace, valueEnd } from './json-values.ts'
import { type Refusal, refuse } from './refusal.ts'
import { longValueEnd, standInFor } from './set-aside.ts'

export interface SplitLimits {
  readonly lineBytes: number
  readonly records: number
  readonly depth: number
}

/**
 * What becomes of a record of an array that is too long or too deep: the body is refused, or the body is taken and the
 * record is put aside, for senders that would send the same body for ever.
 */
export type WhenUnfit = 'refuse' | 'set-aside'

export interface SplitBody {
  /** Records, each ended by `\n`. */
  readonly bytes: Uint8Array
  readonly count: number
}

const newline = 0x0a
const openBrace = 0x7b
const openBracket = 0x5b
/** What is done between two pauses. */
const pauseBytes = 256 * 1024
const pauseRecords = 1024

/**
 * @param json the sender says that the body is JSON: text lines are refused
 * @throws RefusedRequest naming the record, counted from 1
 */
export function* splitRecords(
  body: Buffer,
  json: boolean,
  limits: SplitLimits,
  whenUnfit: WhenUnfit = 'refuse',
): Steps<SplitBody> {
  const start = yield* afterWhitespace(body, body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0)
  if (start === body.length) refuse(emptyBody)
  if (body[start] === openBracket && beginsJsonArray(body, start))
    return yield* splitArray(body, start, limits, whenUnfit)
  if (body[start] === openBrace && isMultilineValue(body, start, limits)) return yield* splitValues(body, start, limits)
  if (json && body[start] !== openBrace) refuse(notJson)
  return yield* splitLines(body, start, limits)
}

function* afterWhitespace(body: Buffer, from: number): Steps<number> {
  for (let at = from; ; ) {
    const to = Math.min(body.length, at + pauseBytes)
    at = skipWhitespace(body, at, to)
    if (at < to || to === body.length) return at
    yield
  }
}

/** `[2026-11-02T…` begins an Envoy text line; an array of records goes on with an object, a text, an array or its end. */
function beginsJsonArray(body: Buffer, start: number): boolean {
  const next = body[skipWhitespace(body, start + 1, start + pauseBytes)]
  return next === openBrace || next === 0x22 || next === openBracket || next === 0x5d
}

function isMultilineValue(body: Buffer, start: number, { depth, lineBytes }: SplitLimits): boolean {
  const lineEnd = body.indexOf(newline, start)
  if (lineEnd === -1 || lineEnd - start > lineBytes) return false
  return valueEnd(body.subarray(start, lineEnd), 0, depth, lineBytes) === -1
}

function* splitLines(body: Buffer, start: number, limits: SplitLimits): Steps<SplitBody> {
  let count = 0
  for (let at = start; at < body.length; ) {
    if (count % pauseRecords === pauseRecords - 1) yield
    const found = body.indexOf(newline, at)
    const end = found === -1 ? body.length : found
    if (end - at > limits.lineBytes) refuse(lineTooLong(count + 1, limits.lineBytes))
    if (end > at && !(end === at + 1 && body[at] === 0x0d)) count += 1
    if (count > limits.records) refuse(tooManyRecords(limits.records))
    at = end + 1
  }
  const ended = body[body.length - 1] === newline
  return { bytes: ended ? body.subarray(start) : Buffer.concat([body.subarray(start), Buffer.of(newline)]), count }
}

function splitArray(body: Buffer, start: number, limits: SplitLimits, whenUnfit: WhenUnfit): Steps<SplitBody> {
  return collectValues(body, start + 1, limits, whenUnfit, function* (at, first) {
    const next = yield* afterWhitespace(body, at)
    if (body[next] === 0x5d) {
      if ((yield* afterWhitespace(body, next + 1)) !== body.length)
        refuse(broken('something follows the closing bracket of the array'))
      return -1
    }
    if (first) return next
    if (body[next] !== 0x2c)
      refuse(broken(next >= body.length ? 'the array never closes' : 'a comma is missing between two records'))
    return yield* afterWhitespace(body, next + 1)
  })
}

function splitValues(body: Buffer, start: number, limits: SplitLimits): Steps<SplitBody> {
  return collectValues(body, start, limits, 'refuse', function* (at) {
    const next = yield* afterWhitespace(body, at)
    if (next < body.length && body[next] !== openBrace) refuse(broken('text follows a JSON object'))
    return next === body.length ? -1 : next
  })
}

/** Writes value after value as one line each; `nextStart` says where the next begins, −1 at the end. */
function* collectValues(
  body: Buffer,
  start: number,
  limits: SplitLimits,
  whenUnfit: WhenUnfit,
  nextStart: (at: number, first: boolean) => Steps<number>,
): Steps<SplitBody> {
  const out = Buffer.allocUnsafe(body.length + 1)
  let used = 0
  let count = 0
  let pausedAt = start
  let at = yield* nextStart(start, true)
  while (at !== -1) {
    if (at - pausedAt > pauseBytes || count % pauseRecords === pauseRecords - 1) {
      yield
      pausedAt = at
    }
    // How deep a record may be the decoders judge again.
    const depth = whenUnfit === 'refuse' ? limits.depth : Number.POSITIVE_INFINITY
    let end = valueEnd(body, at, depth, limits.lineBytes)
    const isLong = end === -3
    if (isLong)
      end = whenUnfit === 'refuse' ? refuse(lineTooLong(count + 1, limits.lineBytes)) : yield* longValueEnd(body, at)
    if (end === -2) refuse(tooDeep(count + 1, limits.depth))
    if (end === -1 || end === at) refuse(broken(`record ${count + 1} never closes`))
    used = isLong
      ? used + out.write(standInFor(body.subarray(at, end), limits.lineBytes), used)
      : writeValue(body, at, end, out, used, count + 1)
    out[used++] = newline
    count += 1
    if (count > limits.records) refuse(tooManyRecords(limits.records))
    at = yield* nextStart(end, false)
  }
  if (count === 0) refuse(emptyBody)
  return { bytes: out.subarray(0, used), count }
}

function writeValue(body: Buffer, from: number, to: number, out: Buffer, used: number, record: number): number {
  if (body[from] !== 0x22) {
    const ended = copyMinified(body, from, to, out, used)
    return ended === -1 ? refuse(broken(`record ${record} holds a raw line break in a text`)) : ended
  }
  // Replaced bytes would need more room than they take here.
  if (!isUtf8(body.subarray(from, to))) refuse(broken(`record ${record} is not UTF-8`))
  // An array of texts: each is a line as it would stand in a file.
  let line: unknown
  try {
    line = JSON.parse(body.toString('utf8', from, to))
  } catch {
    refuse(broken(`record ${record} is not valid JSON text`))
  }
  return (
    used +
    out.write(
      String(line)
        .replace(/[\r\n]+$/, '')
        .replace(/[\r\n]+/g, ' '),
      used,
    )
  )
}

const emptyBody: Refusal = {
  status: 400,
  code: 'empty-body',
  message: 'the body holds no record',
  hint: 'send lines of text, NDJSON, a JSON array or one JSON object',
  setting: '',
}

const notJson: Refusal = {
  status: 400,
  code: 'not-json',
  message: 'the content type says JSON, the body does not begin like it',
  hint: 'send text lines as "Content-Type: text/plain"',
  setting: '',
}

function broken(what: string): Refusal {
  return {
    status: 400,
    code: 'broken-json',
    message: `the body is no whole JSON: ${what}`,
    hint: 'nothing of it was taken',
    setting: '',
  }
}

function lineTooLong(record: number, limit: number): Refusal {
  return {
    status: 413,
    code: 'record-too-long',
    message: `record ${record} is longer than ${limit} bytes`,
    hint: 'nothing of the body was taken; leave the record out or raise the limit',
    setting: 'receivers.http.lineBytes',
  }
}

function tooDeep(record: number, limit: number): Refusal {
  return {
    status: 400,
    code: 'too-deep',
    message: `record ${record} nests deeper than ${limit} levels`,
    hint: 'nothing of the body was taken',
    setting: 'decoders.limits.depth',
  }
}

function tooManyRecords(limit: number): Refusal {
  return {
    status: 413,
    code: 'too-many-records',
    message: `the body holds more than ${limit} records`,
    hint: 'send fewer records in one request',
    setting: 'receivers.http.records',
  }
}
