// Many records in one: `{"records": […]}` as Azure Event Hubs sends them, `{"Records": […]}` of CloudTrail files, or an array.

import { noEnvelope } from '../decoder.ts'
import { elementRanges, memberRange, skipSpace } from '../json-text.ts'
import type { RecordView } from '../record-view.ts'
import { minified } from './cloud-events.ts'
import type { Envelope } from './envelope.ts'

const openBracket = 0x5b
const openBrace = 0x7b
const maxRecords = 10_000

export const recordList: Envelope = {
  id: 'record-list',
  title: 'List of records (Azure Event Hubs, CloudTrail files, JSON arrays)',
  unwrap(record) {
    const { bytes } = record
    const range = bytes[record.start] === openBracket ? arrayOf(record) : listIn(record)
    const elements = range === undefined ? undefined : elementRanges(bytes, ...range)
    if (elements === undefined) return undefined
    if (elements.length > maxRecords)
      return { reason: 'too-many-keys', detail: `${elements.length} records in one, more than ${maxRecords}` }
    return { records: elements.map(([from, to]) => minified(bytes, from, to)), facts: noEnvelope, event: '' }
  },
}

/** `[2026-11-02T…` begins an access log line; an array of records goes on with an object. */
function arrayOf({ bytes, start, end }: RecordView): readonly [number, number] | undefined {
  return bytes[skipSpace(bytes, start + 1, end)] === openBrace ? [start, end] : undefined
}

function listIn(record: RecordView): readonly [number, number] | undefined {
  const object = record.json()
  if (object === undefined) return undefined
  const [key, ...others] = Object.keys(object)
  if ((key !== 'records' && key !== 'Records') || others.length > 0 || !Array.isArray(object[key])) return undefined
  return memberRange(record.bytes, record.start, record.end, key)
}
