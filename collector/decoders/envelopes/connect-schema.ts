// Kafka Connect's JsonConverter with schemas: `{"schema": …, "payload": …}`.

import { noEnvelope } from '../decoder.ts'
import { memberRange } from '../json-text.ts'
import { minified } from './cloud-events.ts'
import { type Envelope, innerText } from './envelope.ts'
import { objectIn } from './kubernetes.ts'

export const connectSchema: Envelope = {
  id: 'connect-schema',
  title: 'Kafka Connect JSON with schema',
  unwrap(record) {
    const object = record.json()
    if (object === undefined || Object.keys(object).length !== 2 || !('schema' in object) || !('payload' in object))
      return undefined
    const { schema, payload } = object
    if (schema !== null && objectIn(schema) === undefined) return undefined
    if (payload === null) return { records: [], facts: noEnvelope, event: '' }
    if (typeof payload === 'string') return { records: [innerText(payload)], facts: noEnvelope, event: '' }
    const range = memberRange(record.bytes, record.start, record.end, 'payload')
    if (objectIn(payload) === undefined || range === undefined) return undefined
    return { records: [minified(record.bytes, ...range)], facts: noEnvelope, event: '' }
  },
}
