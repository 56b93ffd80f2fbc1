// Private keys in PEM blocks, within one record.

import { referencePrefix } from '../../schemas/token-reference.ts'
import { base64any, characterSet, isIn, lineBreak } from './characters.ts'
import type { Found } from './found.ts'
import type { View } from './spellings.ts'

const opening = /-----BEGIN [A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?-----/
const farthestOpening = 60
const shortestBody = 16
const endsWord = characterSet(' \t\r\n"\'`,;}])>\\')

/** The anchor is the word PRIVATE at `at`. A block that its record cuts short goes as far as it looks like one. */
export function lookAtPem(view: View, at: number, found: Found[]): number {
  const { text } = view
  const before = Math.max(0, at - farthestOpening)
  const offset = text.slice(before, at).lastIndexOf('-----BEGIN')
  if (offset === -1) return at + 1
  const start = before + offset
  const marker = opening.exec(text.slice(start, start + 2 * farthestOpening))
  if (marker === null || marker.index !== 0) return at + 1
  const bodyStart = start + marker[0].length
  const end = endOfBlock(text, bodyStart)
  if (end === bodyStart) return at + 1
  found.push({ start, end })
  return end
}

/** The base64 of a text that holds a private key block, without line breaks, headers and padding. */
export function pemBody(text: string): string | undefined {
  const marker = opening.exec(text)
  if (marker === null) return undefined
  const start = marker.index + marker[0].length
  const end = text.indexOf('-----', start)
  const lines = text.slice(start, end === -1 ? text.length : end).split(/[\r\n]|\\+[rn]/)
  const body = lines.filter((line) => !line.includes(':')).join('')
  return body
    .replace(/[^A-Za-z0-9+/_-]/g, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_')
}

function endOfBlock(text: string, bodyStart: number): number {
  const dashes = text.indexOf('-----', bodyStart)
  if (dashes !== -1 && text.startsWith('-----END', dashes) && !/["']/.test(text.slice(bodyStart, dashes))) {
    const close = text.indexOf('-----', dashes + 8)
    return close === -1 || close - dashes > farthestOpening ? dashes + 8 : close + 5
  }
  return endOfBody(text, bodyStart)
}

/** Without an end marker: as far as base64, line breaks and blanks reach, when that is enough to give a key away. */
function endOfBody(text: string, start: number): number {
  let end = start
  for (let index = start; index < text.length - 1; index++) {
    const code = text.charCodeAt(index)
    if (base64any[code] === 1 && code !== 45) end = index + 1
    else if (lineBreak[code] !== 1 && code !== 32 && code !== 61 && code !== 92) break
  }
  if (text.startsWith(referencePrefix, end - 2)) end -= 2
  if (end - start < shortestBody) return start
  while (!isIn(endsWord, text, end)) end++
  return end
}
