// Envoy's question to an authorizer as policy engines see it (`input.attributes`), in the names of an access log entry.

import type { NamedValues } from '../access/plain-reader.ts'
import { objectIn } from '../envelopes/kubernetes.ts'
import type { JsonObject, JsonValue } from '../record-view.ts'

/** Where Envoy leaves the claims of a token that it has verified. */
const verifiedTokens = 'envoy.filters.http.jwt_authn'
const claimFields = ['iss', 'sub', 'azp', 'jti', 'sid', 'scope', 'iat', 'exp'] as const

/** The question; undefined where the input is none of Envoy's. */
export function questionOf(input: JsonValue | undefined): JsonObject | undefined {
  const attributes = objectIn(objectIn(input)?.attributes)
  return objectIn(objectIn(attributes?.request)?.http) === undefined ? undefined : attributes
}

/**
 * The values that an access log entry of the same request would have: its caller and destination are those that Envoy
 * verified, its token is the one that the request carried, by reference.
 */
export function valuesOfQuestion(attributes: JsonObject): NamedValues {
  const http = objectIn(objectIn(attributes.request)?.http) ?? Object.create(null)
  const headers = headersOf(http)
  const source = objectIn(attributes.source)
  const destination = objectIn(attributes.destination)
  const known: { readonly [name: string]: JsonValue | undefined } = {
    source_principal: source?.principal,
    destination_principal: destination?.principal,
    downstream_remote_address: addressOf(source),
    downstream_local_address: addressOf(destination),
    method: http.method ?? headers[':method'],
    path: http.path ?? headers[':path'],
    authority: http.host ?? headers[':authority'],
    protocol: http.protocol,
    request_id: headers['x-request-id'],
    user_agent: headers['user-agent'],
    x_forwarded_for: headers['x-forwarded-for'],
    xfcc: headers['x-forwarded-client-cert'],
    trace_id: headers.traceparent ?? headers['x-b3-traceid'],
    authorization: headers.authorization,
    dpop: headers.dpop,
    'opa.context_extensions': attributes.contextExtensions ?? attributes.context_extensions,
    ...verifiedClaims(attributes),
  }
  // Values of a type that is not theirs stay: they are kept as they stand.
  const values: NamedValues = Object.create(null)
  for (const name of Object.keys(known)) if (known[name] !== undefined) values[name] = known[name]
  return values
}

/** Header names in lower case; newer Envoys may send them as a list of keys and values instead. */
function headersOf(http: JsonObject): Readonly<Record<string, JsonValue>> {
  const headers: Record<string, JsonValue> = Object.create(null)
  const plain = objectIn(http.headers)
  for (const key in plain) headers[key.toLowerCase()] = plain[key] ?? null
  const listed = objectIn(http.headerMap ?? http.header_map)?.headers
  if (!Array.isArray(listed)) return headers
  for (const one of listed) {
    const { key, value } = objectIn(one) ?? {}
    if (typeof key === 'string' && value !== undefined) headers[key.toLowerCase()] ??= value
  }
  return headers
}

/** `10.20.3.7:51834`; the members are those of Envoy's API, as JSON writes them or as older plug-ins did. */
function addressOf(peer: JsonObject | undefined): string | undefined {
  const outer = objectIn(peer?.address)
  const inner = objectIn(outer?.Address) ?? outer
  const socket = objectIn(inner?.socketAddress ?? inner?.SocketAddress ?? inner?.socket_address)
  const address = socket?.address
  if (typeof address !== 'string' || address === '') return undefined
  const port = socket?.portValue ?? socket?.port_value ?? objectIn(socket?.PortSpecifier)?.PortValue
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
  return typeof port === 'number' ? `${host}:${port}` : host
}

/** The claims under which of the payload keys they may stand; undefined where Envoy passed none on. */
function verifiedClaims(attributes: JsonObject): Readonly<Record<string, string>> {
  const context = objectIn(attributes.metadataContext ?? attributes.metadata_context)
  const metadata = objectIn(objectIn(context?.filterMetadata ?? context?.filter_metadata)?.[verifiedTokens])
  const claimed: Record<string, string> = Object.create(null)
  for (const key in metadata) {
    const payload = objectIn(metadata[key])
    if (typeof payload?.iss !== 'string') continue
    for (const claim of claimFields) {
      const value = payload[claim]
      if (typeof value === 'string' || typeof value === 'number') claimed[`jwt_${claim}`] = String(value)
    }
    const confirmation = objectIn(payload.cnf)
    if (typeof confirmation?.jkt === 'string') claimed.jwt_cnf_jkt = confirmation.jkt
    const thumbprint = confirmation?.['x5t#S256']
    if (typeof thumbprint === 'string') claimed.jwt_cnf_x5t = thumbprint
    break
  }
  return claimed
}
