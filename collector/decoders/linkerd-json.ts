// Linkerd's proxy access log in JSON: inbound requests only, with the caller's mesh identity.

import { type NamedValues, plainAccessReaderFor } from './access/plain-reader.ts'
import type { Decoder } from './decoder.ts'
import type { JsonObject, JsonValue } from './record-view.ts'

/** Our names of Linkerd's keys, for values that mean the same. */
const sameMeaning: Readonly<Record<string, string>> = {
  timestamp: 'start_time',
  'client.addr': 'downstream_remote_address',
  'client.id': 'source_principal',
  host: 'authority',
  method: 'method',
  version: 'protocol',
  user_agent: 'user_agent',
  status: 'response_code',
  request_bytes: 'bytes_received',
  response_bytes: 'bytes_sent',
}
/** Read apart from the others. */
const ownMeaning = new Set(['uri', 'total_ns', 'processing_ns', 'trace_id'])

export const linkerdJson: Decoder = {
  id: 'linkerd-json',
  title: 'Linkerd access log (JSON)',
  description:
    'What Linkerd’s proxies write with the annotation `config.linkerd.io/access-log: json`, of inbound requests only. The ' +
    'caller is the mesh identity of its certificate, or an address where the peer is not meshed. It cannot say which policy denied, nor ' +
    'what callers sent without a reply; bytes come from `content-length` only, and the trace id may be a request id, since W3C `traceparent` is not read.',
  kinds: ['access'],
  recognises(record) {
    const json = record.json()
    return (
      json !== undefined &&
      json['client.addr'] !== undefined &&
      json['client.id'] !== undefined &&
      json.uri !== undefined
    )
  },
  decode(record, row, context, finish) {
    const json = record.json()
    if (json === undefined) return { reason: 'invalid-json', detail: 'a Linkerd access log entry is a JSON object' }
    const refusal = plainAccessReaderFor(context.settings).read(valuesOf(json), row, context, 'destination')
    if (refusal !== undefined) return refusal
    const { columns } = row
    const port = portOf(json.host)
    if (port > 0) columns.port.set(row.row, port)
    if (isAbsent(json.status)) {
      columns.outcome.setText(row.row, 'failed')
      columns.outcomeBasis.setText(row.row, 'http')
      columns.outcomeReason.setText(row.row, 'no-response')
    }
    finish('access', 0)
    return undefined
  },
}

function valuesOf(json: JsonObject): NamedValues {
  const values: NamedValues = Object.create(null)
  for (const key of Object.keys(json)) {
    const value = json[key] ?? null
    const name = sameMeaning[key]
    if (name !== undefined) values[name] = value
    else if (!ownMeaning.has(key)) values[`linkerd.${key}`] = value
  }
  writeUri(json.uri, values)
  const total =
    typeof json.total_ns === 'string' && /^\d{1,18}$/.test(json.total_ns) ? Number(json.total_ns) : json.total_ns
  if (typeof total === 'number' && total >= 0) values.duration = Math.floor(total / 1e6)
  writeTrace(json.trace_id, values)
  return values
}

const absoluteUri = /^[a-z][a-z0-9+.-]{0,31}:\/\/([^/?#]*)(.*)$/i

/** `uri` may be absolute: then it names the host, too. */
function writeUri(uri: JsonValue | undefined, values: NamedValues): void {
  if (typeof uri !== 'string') {
    if (uri !== undefined) values['linkerd.uri'] = uri
    return
  }
  const absolute = absoluteUri.exec(uri)
  values.path = absolute === null ? uri : absolute[2] || '/'
  if (absolute !== null && isAbsent(values.authority)) values.authority = absolute[1] ?? ''
}

/** The first of B3's trace id, `x-request-id` and Amazon's: only hex of the right length is a trace. */
function writeTrace(id: JsonValue | undefined, values: NamedValues): void {
  if (typeof id !== 'string' || id === '') return
  values[/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(id) ? 'trace_id' : 'request_id'] = id
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || value === '-'
}

function portOf(host: JsonValue | undefined): number {
  const port = typeof host === 'string' && host.length < 300 ? Number(/:(\d{1,5})$/.exec(host)?.[1] ?? 0) : 0
  return port <= 65_535 ? port : 0
}
