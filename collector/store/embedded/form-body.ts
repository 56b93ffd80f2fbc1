// Reads a `multipart/form-data` body of text fields: how clients send parameters too long for a URL.

import { refusal } from './exception.ts'

const maxParts = 1001

/** `undefined` when the request is no form. */
export function formBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2]
}

/**
 * Reads fields by name (RFC 7578).
 * @throws ClickHouseException 36 for a damaged form, 48 for files: external tables are not available
 */
export function readForm(body: Buffer, boundary: string): ReadonlyMap<string, string> {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // The first delimiter has no line end before it.
  const text = Buffer.concat([Buffer.from('\r\n'), body])
  const fields = new Map<string, string>()
  let at = delimiterAt(text, delimiter, 0)
  while (at !== -1) {
    const start = at + delimiter.length
    if (text.subarray(start, start + 2).toString('latin1') === '--') return fields
    const end = delimiterAt(text, delimiter, start)
    if (end === -1) break
    const [name, value] = readPart(text.subarray(start, end))
    if (fields.size >= maxParts) throw refusal('BAD_ARGUMENTS', `more than ${maxParts} form fields`)
    fields.set(name, value)
    at = end
  }
  throw refusal('BAD_ARGUMENTS', 'the form body ends before its closing boundary')
}

/** A line that only begins like the boundary is part of a value. */
function delimiterAt(text: Buffer, delimiter: Buffer, from: number): number {
  for (let at = text.indexOf(delimiter, from); at !== -1; at = text.indexOf(delimiter, at + 1)) {
    const after = text.subarray(at + delimiter.length, at + delimiter.length + 2).toString('latin1')
    if (after === '\r\n' || after === '--') return at
  }
  return -1
}

function readPart(part: Buffer): readonly [string, string] {
  const headEnd = part.indexOf('\r\n\r\n')
  const head = part.subarray(0, Math.max(headEnd, 0)).toString('latin1')
  const name = /^content-disposition:\s*form-data\s*;.*?\bname="([^"\r\n]*)"/im.exec(head)?.[1]
  if (headEnd === -1 || name === undefined) throw refusal('BAD_ARGUMENTS', 'a form field has no name')
  if (/\bfilename\*?=/i.test(head)) {
    throw refusal('NOT_IMPLEMENTED', 'external tables are not available in the embedded store')
  }
  return [name, part.subarray(headEnd + 4).toString('utf8')]
}
