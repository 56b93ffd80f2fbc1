// Decodes `audit-line`: a time stamp, then `key=value` pairs between bars, as applications write their audit trail.

import type { RecordField } from './application/record-fields.ts'
import { fieldName } from './application/record-fields.ts'
import { writeEvent } from './application/write-event.ts'
import type { Decoder, Refusal } from './decoder.ts'
import { hiddenCharacter, quoted } from './hidden-characters.ts'
import { stampLength } from './instant.ts'

const bar = 0x7c
const maxHeadChars = 48
const aPair = /\|\s*[A-Za-z_@][\w.@-]{0,63}\s?[=:]/
const aLevel = /^(?:trace|debug|info|notice|warn|warning|error|fatal|panic)$/i

export const auditLine: Decoder = {
  id: 'audit-line',
  title: 'Audit lines: `2025-03-14 11:42:01 | user_id=USR-99 | action=REFUND | order=ORD-1201 | amount=89.99`',
  description:
    'Lines of applications: a time stamp, then `key=value` or `key: value` between bars, in any order. Values that hold ' +
    'a bar stand in double quotes, with `\\"` and `\\\\` inside. Stamps without a zone are read in the zone of `timeZones`, UTC unless ' +
    'set. What it cannot say: with stamps of one second, two identical lines within that second are one event ("at least one"), ' +
    'so add a refund id, a request id or milliseconds; a value without quotes can forge the pairs that follow it; `user_id` ' +
    'is whom it was done for, unless `fieldNames` says that it is the actor; an action without a status is one that happened.',
  kinds: ['action', 'authn', 'authz'],
  recognises(record) {
    const { bytes, start, end } = record
    if (bytes[start] === 0x7b) return false
    const barAt = bytes.subarray(start, Math.min(end, start + 1024)).indexOf(bar)
    if (barAt < 1) return false
    const head = Buffer.from(bytes.buffer, bytes.byteOffset + start, barAt)
      .toString('latin1')
      .trim()
    if (/^[A-Za-z_][\w.-]*\s*[=:]/.test(head)) return /(?:^|\|)\s*@?(?:time|ts|timestamp)\s*[=:]/i.test(record.text())
    if (head.length > maxHeadChars) return false
    const stamp = withoutBrackets(head)
    return stampLength(stamp, 0) > 0 && aPair.test(textBetween(bytes, start + barAt, Math.min(end, start + 4096)))
  },
  decode(record, batch, context, finish) {
    const text = record.text()
    const hidden = hiddenCharacter(text)
    if (hidden !== '')
      return {
        reason: 'log-injection-suspect',
        detail: `the line holds the character ${hidden}, with which a value can pretend to be another line`,
      }
    const fields = fieldsOfLine(text, context.settings.limits.keys)
    return 'reason' in fields ? fields : writeEvent(fields, batch, context, finish)
  },
}

function textBetween(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}

function withoutBrackets(text: string): string {
  return text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).trim() : text
}

const keyForm = /^[\p{L}_@$][\p{L}\p{N}_.@$ -]*$/u

/** The pairs of a line; what stands between bars without a key is a message. */
function fieldsOfLine(text: string, maxKeys: number): RecordField[] | Refusal {
  const fields: RecordField[] = []
  const seen = new Set<string>()
  let words = ''
  for (let at = 0; at <= text.length; ) {
    const segment = readSegment(text, at)
    if ('reason' in segment) return segment
    at = segment.end + 1
    const { key, value } = segment
    const stamp = key === '' && fields.length === 0 && words === '' ? withoutBrackets(value) : ''
    if (stampLength(stamp, 0) > 0) {
      seen.add('time')
      fields.push({ key: 'time', name: '@timestamp', value: stamp, depth: 0 })
    } else if (key === '' && aLevel.test(value) && !seen.has('level')) {
      seen.add('level')
      fields.push({ key: 'level', name: 'level', value, depth: 0 })
    } else if (key === '') words += value === '' || words === '' ? value : ` | ${value}`
    else {
      const name = fieldName(key) || key
      if (seen.has(name)) return twice(key)
      seen.add(name)
      fields.push({ key, name, value, depth: 0 })
      if (fields.length > maxKeys) return { reason: 'too-many-keys', detail: `more than ${maxKeys} pairs in one line` }
    }
  }
  if (words !== '' && !seen.has('message')) fields.push({ key: 'text', name: 'message', value: words, depth: 0 })
  return fields
}

function twice(key: string): Refusal {
  const detail = `${quoted(key)} is there twice: two records glued together (send files with --data-binary), or a value forged it`
  return { reason: 'duplicate-keys', detail }
}

interface Segment {
  readonly key: string
  readonly value: string
  /** Where the bar behind it stands, or the length of the text. */
  readonly end: number
}

function readSegment(text: string, start: number): Segment | Refusal {
  const nextBar = text.indexOf('|', start)
  const limit = nextBar < 0 ? text.length : nextBar
  const head = text.slice(start, limit)
  const separator = head.search(/[=:]/)
  const key = separator < 0 ? '' : head.slice(0, separator).trim()
  if (key === '' || key.length > 64 || !keyForm.test(key)) return { key: '', value: head.trim(), end: limit }
  let at = start + separator + 1
  while (text[at] === ' ' || text[at] === '\t') at++
  return text[at] === '"' ? readQuoted(text, at, key) : { key, value: text.slice(at, limit).trim(), end: limit }
}

function readQuoted(text: string, start: number, key: string): Segment | Refusal {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) value += text[++at]
    else if (character !== '"') value += character
    else {
      let end = at + 1
      while (text[end] === ' ' || text[end] === '\t') end++
      if (end === text.length || text[end] === '|') return { key, value, end }
      break
    }
  }
  return { reason: 'log-injection-suspect', detail: `the quotes around the value of ${quoted(key)} do not add up` }
}
