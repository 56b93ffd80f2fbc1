// CloudEvents 1.0 in structured mode: one event as a JSON object with its data inside.

import { noEnvelope } from '../decoder.ts'
import { memberRange, minifyJson } from '../json-text.ts'
import { type Envelope, type InnerRecord, innerText } from './envelope.ts'
import { objectIn, shipperInstant, textIn } from './kubernetes.ts'

const lastSegment = /([A-Za-z0-9][A-Za-z0-9._-]{0,62})\/?$/

export const cloudEvents: Envelope = {
  id: 'cloud-events',
  title: 'CloudEvents (structured mode)',
  unwrap(record) {
    const object = record.json()
    if (object === undefined || typeof object.specversion !== 'string' || typeof object.type !== 'string')
      return undefined
    const { data } = object
    const records: InnerRecord[] = []
    if (typeof data === 'string') records.push(innerText(data))
    else if (objectIn(data) !== undefined) {
      const range = memberRange(record.bytes, record.start, record.end, 'data')
      if (range !== undefined) records.push(minified(record.bytes, ...range))
    } else if (object.data_base64 !== undefined) return undefined
    return {
      records,
      facts: {
        ...noEnvelope,
        workload: lastSegment.exec(textIn(object.source))?.[1] ?? '',
        at: shipperInstant(object.time),
      },
      event: textIn(object.type),
    }
  },
}

/** A record that stood in JSON as an object: its own bytes, as a line of their own would be. */
export function minified(bytes: Uint8Array, from: number, to: number): InnerRecord {
  const own = minifyJson(bytes, from, to)
  return { bytes: new Uint8Array(own.buffer, own.byteOffset, own.length + 1), start: 0, end: own.length }
}
