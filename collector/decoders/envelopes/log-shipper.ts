// A line of log as a shipper's text field: Fluent Bit, Docker, Vector, Filebeat and Logstash.

import type { JsonObject, JsonValue } from '../record-view.ts'
import { type Envelope, innerText } from './envelope.ts'
import { objectIn, podFacts, shipperInstant } from './kubernetes.ts'

/** Keys that shippers write or are commonly told to add. Others are an application's own: then `message` is too. */
const shipperKeys = new Set(
  (
    '@timestamp @metadata @version @id message log stream host hostname agent ecs input container kubernetes cloud tags tag ' +
    'fields orchestrator data_stream event file source source_type timestamp time date logtag _p docker service offset ' +
    'prospector beat type environment env cluster region datacenter team service_name container_id container_name ' +
    'container_image container_created_at image label pod pid appname facility severity port path elastic_agent'
  ).split(' '),
)

export const logShipper: Envelope = {
  id: 'log-shipper',
  title: 'Log shipper (Fluent Bit, Docker, Vector, Filebeat, Logstash)',
  unwrap(record) {
    const object = record.json()
    if (object === undefined) return undefined
    const line = lineIn(object)
    if (line === undefined) return undefined
    const at = shipperInstant(object['@timestamp'] ?? object.timestamp ?? object.time ?? object.date)
    return { records: [innerText(line)], facts: podFacts(object, at), event: '' }
  },
}

/**
 * The line, where only a shipper can have put it there. An application's own `message` is never unwrapped: what its users
 * type could otherwise pass for the log of a proxy.
 */
function lineIn(object: JsonObject): string | undefined {
  const { log, message } = object
  if (typeof log === 'string' && isShipped(object)) return log
  if (typeof message === 'string' && isForwarded(object) && Object.keys(object).every((key) => shipperKeys.has(key)))
    return message
  return undefined
}

/** Fluent Bit and Docker: the pod, or the stream that the line came from, stands beside it. */
function isShipped(object: JsonObject): boolean {
  return objectIn(object.kubernetes) !== undefined || isStream(object.stream) || isStream(object.source)
}

function isStream(value: JsonValue | undefined): boolean {
  return value === 'stdout' || value === 'stderr'
}

/** Vector names the type of its source, Filebeat itself, Logstash its version. */
function isForwarded(object: JsonObject): boolean {
  return (
    typeof object.source_type === 'string' ||
    objectIn(object.agent) !== undefined ||
    objectIn(object['@metadata']) !== undefined ||
    typeof object['@version'] === 'string'
  )
}
