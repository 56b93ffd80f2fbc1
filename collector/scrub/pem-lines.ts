// Private keys in PEM blocks that go over several records: a text log prints a block line by line.

import { base64any, lineBreak, skip } from './characters.ts'
import { type View, viewOf } from './spellings.ts'

const mostLines = 400
const lineFeed = 10
/** A line of a block is 64 characters or more; its last one may be short. */
const fullLine = 40
const longestMarker = 60
const marker = /-----(?:BEGIN|END) [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----/
/** Blank lines and headers within a block. */
const header = /^\n\s*(?:[A-Za-z][A-Za-z-]*: .*)?\n$/

export interface PemLine {
  /** Range of the record in the buffer. */
  readonly start: number
  readonly end: number
  readonly view: View
  /** Range of the view that belongs to the block. */
  readonly from: number
  readonly to: number
}

/**
 * The block that begins in the record `[start, end)` and ends in a later one, or that ends here and began in an earlier
 * one. Empty when the record holds no such marker, or nothing but markers. All lines of a block get one reference.
 */
export function pemLines(bytes: Buffer, start: number, end: number): readonly PemLine[] {
  const view = viewOf(bytes, start, end)
  const lines = linesOf(bytes, start, end, view)
  return lines.some(({ view: { text }, from, to }) => !marker.test(text.slice(from, to)) || from + longestMarker < to)
    ? lines
    : []
}

function linesOf(bytes: Buffer, start: number, end: number, view: View): readonly PemLine[] {
  const first = marker.exec(view.text)?.[0]
  if (first === undefined) return []
  if (first.includes('END')) return backward(bytes, start, end, view)
  return view.text.includes('-----END') ? [] : forward(bytes, start, end, view)
}

/** The credential of the block, as `credentialOf` reads it. */
export function pemText(lines: readonly PemLine[]): string {
  const body = lines.map(({ view, from, to }) => view.text.slice(from, to).replace(marker, ''))
  return `-----BEGIN PRIVATE KEY-----\n${body.join('\n')}\n-----END PRIVATE KEY-----`
}

function forward(bytes: Buffer, start: number, end: number, view: View): readonly PemLine[] {
  const lines = [markerLine(view, start, end)]
  let certain: number | undefined
  let at = end + 1
  for (let count = 0; count < mostLines && at < bytes.length; count++) {
    const stop = endOfRecord(bytes, at)
    const next = viewOf(bytes, at, stop)
    if (marker.test(next.text)) {
      if (next.text.includes('-----END')) return [...lines, markerLine(next, at, stop)]
      break
    }
    const line = bodyLine(next, at, stop, lines.length > 1 ? lines.at(-1) : undefined)
    if (line !== undefined) lines.push(line)
    else if (!header.test(next.text)) certain ??= lines.length
    at = stop + 1
  }
  return lines.slice(0, certain ?? lines.length)
}

function backward(bytes: Buffer, start: number, end: number, view: View): readonly PemLine[] {
  const above: { start: number; end: number; view: View }[] = []
  for (let stop = start - 1; stop > 0 && above.length < mostLines; ) {
    const from = bytes.lastIndexOf(lineFeed, stop - 1) + 1
    const line = { start: from, end: stop, view: viewOf(bytes, from, stop) }
    if (longestRun(line.view.text).length < fullLine && above.length > 0) break
    above.push(line)
    // What stands above another marker is of another block: a log of nothing but ends is read once, not again for each.
    if (marker.test(line.view.text)) break
    stop = from - 1
  }
  const body: PemLine[] = []
  for (const line of above.toReversed()) {
    const found = bodyLine(line.view, line.start, line.end, body.at(-1))
    if (found !== undefined) body.push(found)
  }
  return [...body, markerLine(view, start, end)]
}

function markerLine(view: View, start: number, end: number): PemLine {
  const found = marker.exec(view.text)
  const from = found?.index ?? 1
  const behind = from + (found?.[0].length ?? 0)
  const body = found?.[0].includes('BEGIN') === true ? skip(lineBreak, view.text, behind) : behind
  const run = body === behind ? 0 : runAt(view.text, body)
  return { start, end, view, from, to: run === 0 ? behind : body + run }
}

/** A full line of base64 anywhere in the record, or a short one where the line before had its own. */
function bodyLine(view: View, start: number, end: number, before: PemLine | undefined): PemLine | undefined {
  const { text } = view
  const run = longestRun(text)
  if (run.length >= fullLine) return { start, end, view, from: run.at, to: run.at + run.length }
  const from = before?.from ?? 1
  const to = from + runAt(text, from)
  const follows = before?.view.text[before.to] ?? '\n'
  return to > from && text[to] === follows ? { start, end, view, from, to } : undefined
}

function longestRun(text: string): { at: number; length: number } {
  let best = { at: 0, length: 0 }
  for (let at = 0; at < text.length; at++) {
    const length = runAt(text, at)
    if (length > best.length) best = { at, length }
    at += length
  }
  return best
}

/** Length of the base64 at `at`, padding included. */
function runAt(text: string, at: number): number {
  let end = at
  while (base64any[text.charCodeAt(end)] === 1) end++
  while (end > at && text[end] === '=') end++
  return end - at
}

function endOfRecord(bytes: Buffer, from: number): number {
  const found = bytes.indexOf(lineFeed, from)
  return found === -1 ? bytes.length : found
}
