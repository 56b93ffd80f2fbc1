// Every column of an event, in order: the one declaration that the batch, the cursor, the DDL and the reference come from.

import type { ColumnDeclaration } from './column.ts'
import { eventKinds, outcomeBases, outcomes, provenances, reporters } from './event-kind.ts'
import { clientNetworks, tokenKinds, tokenSchemes, tokenVerdicts } from './token-words.ts'

export const eventColumns = {
  eventId: {
    type: 'id',
    meaning: 'Name of the event, from its content: the same line has the same id live, from a file and in an exercise.',
    ocsf: 'metadata.uid',
    lookup: true,
  },
  tenant: {
    type: 'dictionary',
    meaning: 'Whose event it is; `default` unless a receiver says otherwise.',
    ocsf: 'metadata.tenant_uid',
  },
  realm: { type: 'dictionary', meaning: '`live`, or `exercise:<run>`.' },
  kind: { type: 'dictionary', meaning: 'What kind of event it is.', words: eventKinds, ocsf: 'class_name' },
  format: { type: 'dictionary', meaning: 'Id of the decoder that read it.', ocsf: 'metadata.log_format' },
  source: {
    type: 'dictionary',
    meaning: 'Where the record entered: the name the sender gave, the file, or the topic.',
    ocsf: 'metadata.log_name',
  },
  eventAt: { type: 'instant', meaning: 'When it happened, by the record’s own stamp; never altered.', ocsf: 'time' },
  appendedAt: { type: 'instant', meaning: 'When the record was appended to the log.', ocsf: 'metadata.logged_time' },
  skew: { type: 'u8', meaning: '1: stamped more than 2 s ahead of its append; takes part in no time window.' },
  copy: { type: 'u8', meaning: '1: the same event was seen shortly before; the `events` view leaves it out.' },
  topic: { type: 'dictionary', meaning: 'Log topic of the record.' },
  incarnation: { type: 'dictionary', meaning: 'Which life of that topic.' },
  partition: { type: 'i32', absent: 0, meaning: 'Log partition of the record.' },
  offset: { type: 'i64', absent: 0, meaning: 'Log offset of the record.' },
  index: { type: 'i32', absent: 0, meaning: 'Which part of the record this row is, from 0.' },
  parts: { type: 'i32', absent: 1, meaning: 'How many rows (events and quarantine together) the record gave.' },
  workload: { type: 'dictionary', meaning: 'The workload that reported it.', ocsf: 'device.name' },
  namespace: {
    type: 'dictionary',
    meaning: 'Kubernetes namespace of the reporting workload.',
    ocsf: 'device.namespace_pid',
  },
  instance: { type: 'dictionary', meaning: 'The replica that reported it: pod or host name.', ocsf: 'device.hostname' },
  owner: { type: 'dictionary', meaning: 'Who owns the reporting workload, where labels say so.' },
  environment: {
    type: 'dictionary',
    meaning: 'Deployment environment where the record says so (`production`, `sandbox`, `test` …).',
  },
  traceId: {
    type: 'text',
    meaning: 'Trace the event belongs to, lower-case hex.',
    ocsf: 'metadata.correlation_uid',
    lookup: true,
  },
  spanId: { type: 'text', meaning: 'Span of that trace.' },
  parentSpanId: { type: 'text', meaning: 'Span that caused it.' },
  spanName: { type: 'dictionary', meaning: 'Name of the span, as its library gave it.' },
  requestId: {
    type: 'text',
    meaning: 'Request id; one request may be reported by several proxies. Correlates, never proves.',
    ocsf: 'http_request.uid',
    lookup: true,
  },
  attempt: { type: 'i32', meaning: 'Which attempt of the request the proxy made, from 1.' },
  nativeId: {
    type: 'text',
    meaning: 'The source’s own id of the record (decision id, audit id …), to correlate by.',
    ocsf: 'metadata.original_event_uid',
  },
  outcome: { type: 'dictionary', meaning: 'What became of it.', words: outcomes, ocsf: 'status' },
  outcomeBasis: {
    type: 'dictionary',
    meaning: 'Which part of the record the outcome was read from.',
    words: outcomeBases,
  },
  outcomeReason: {
    type: 'dictionary',
    meaning: 'Why, in the source’s words: policy, flag or error code.',
    ocsf: 'status_detail',
  },
  policy: { type: 'dictionary', meaning: 'The policy that decided, where the record names it.', ocsf: 'policy.name' },
  subject: {
    type: 'text',
    meaning: 'Whom it is about: the user, customer or beneficiary.',
    ocsf: 'user.uid',
    lookup: true,
  },
  subjectFrom: { type: 'dictionary', meaning: 'Provenance of the subject.', words: provenances },
  actor: {
    type: 'text',
    meaning: 'Who did it, where that is somebody else than the subject.',
    ocsf: 'actor.user.uid',
    lookup: true,
  },
  actorFrom: { type: 'dictionary', meaning: 'Provenance of the actor.', words: provenances },
  actorRole: { type: 'dictionary', meaning: 'Role of the actor, where the record says so.', ocsf: 'actor.user.type' },
  client: { type: 'dictionary', meaning: 'OAuth client or authorized party.', ocsf: 'actor.app_uid' },
  clientFrom: { type: 'dictionary', meaning: 'Provenance of the client.', words: provenances },
  clientVersion: { type: 'dictionary', meaning: 'Release of the client, where the record says so.' },
  session: { type: 'text', meaning: 'Issuer’s session.', ocsf: 'actor.session.uid', lookup: true },
  sessionFrom: { type: 'dictionary', meaning: 'Provenance of the session.', words: provenances },
  token: {
    type: 'text',
    meaning: 'Reference of the presented token (never the token), by keyed hash.',
    ocsf: 'authentication_token.uid',
    lookup: true,
  },
  tokenFrom: { type: 'dictionary', meaning: 'Provenance of the token facts.', words: provenances },
  tokenKind: { type: 'dictionary', meaning: 'What kind of token was presented.', words: tokenKinds },
  tokenScheme: {
    type: 'dictionary',
    meaning: 'How the token was presented, where the record says so.',
    words: tokenSchemes,
  },
  tokenVerdict: {
    type: 'dictionary',
    meaning: 'What the issuer said of a presented token that it refused.',
    words: tokenVerdicts,
  },
  tokenIssuer: { type: 'dictionary', meaning: 'Issuer of the token (`iss`).', ocsf: 'actor.session.issuer' },
  tokenId: { type: 'text', meaning: 'The token’s own id (`jti`), which is no secret.', lookup: true },
  tokenIssuedAt: { type: 'instant', meaning: 'When the token was issued (`iat`); the epoch where unknown.' },
  tokenExpiresAt: { type: 'instant', meaning: 'When the token expires (`exp`); the epoch where unknown.' },
  tokenFamily: {
    type: 'text',
    meaning: 'Grant or consent whose refresh tokens descend from each other, where the issuer names one.',
    lookup: true,
  },
  issuedToken: {
    type: 'text',
    meaning: 'Access token given in exchange: its own id, else its reference.',
    lookup: true,
  },
  issuedRefreshToken: {
    type: 'text',
    meaning: 'Refresh token given in exchange: its own id, else its reference.',
    lookup: true,
  },
  tokenBinding: { type: 'text', meaning: 'Thumbprint the token is bound to (`cnf`).' },
  presenterBinding: { type: 'text', meaning: 'Thumbprint of the key or certificate that presented it.' },
  proofId: { type: 'text', meaning: 'Id (`jti`) of the proof of possession that came with the token.' },
  scope: { type: 'dictionary', meaning: 'Scope of the token or grant.' },
  caller: { type: 'dictionary', meaning: 'Identity of the calling workload.', ocsf: 'src_endpoint.svc_name' },
  callerFrom: { type: 'dictionary', meaning: 'Provenance of the caller’s identity.', words: provenances },
  callerInstance: {
    type: 'dictionary',
    meaning: 'The caller’s replica: its address without port, or pod.',
    ocsf: 'src_endpoint.instance_uid',
  },
  destination: { type: 'dictionary', meaning: 'Identity of the called workload.', ocsf: 'dst_endpoint.svc_name' },
  destinationFrom: { type: 'dictionary', meaning: 'Provenance of the destination’s identity.', words: provenances },
  reporter: { type: 'dictionary', meaning: 'Which end of the call reported it.', words: reporters },
  sourceIp: { type: 'dictionary', meaning: 'Address of the direct peer.', ocsf: 'src_endpoint.ip' },
  clientIp: {
    type: 'dictionary',
    meaning:
      'Address the request claims to come from (first forwarded-for); attacker-writable unless the reporter is a gateway.',
    ocsf: 'src_endpoint.intermediate_ips',
  },
  clientAsn: { type: 'dictionary', meaning: 'Autonomous system of the client’s address, `AS64500`.' },
  clientCountry: {
    type: 'dictionary',
    meaning: 'Country of the client’s address, ISO 3166-1 alpha-2.',
    ocsf: 'src_endpoint.location.country',
  },
  clientNetwork: {
    type: 'dictionary',
    meaning: 'What kind of network the client’s address belongs to.',
    words: clientNetworks,
  },
  userAgent: { type: 'dictionary', meaning: 'User agent as sent.', ocsf: 'http_request.user_agent' },
  tlsFingerprint: { type: 'dictionary', meaning: 'JA4 or JA3 fingerprint of the client.', ocsf: 'tls.ja3_hash.value' },
  device: { type: 'text', meaning: 'Device id.', ocsf: 'device.uid' },
  method: { type: 'dictionary', meaning: 'HTTP or gRPC method.', ocsf: 'http_request.http_method' },
  host: { type: 'dictionary', meaning: 'Authority the request was sent to.', ocsf: 'http_request.url.hostname' },
  path: { type: 'text', meaning: 'Path with query, scrubbed.', ocsf: 'http_request.url.path' },
  route: { type: 'dictionary', meaning: 'Path with its ids replaced by placeholders.' },
  port: { type: 'i32', meaning: 'Port of the destination.', ocsf: 'dst_endpoint.port' },
  protocol: { type: 'dictionary', meaning: 'Protocol of the request.', ocsf: 'http_request.version' },
  httpStatus: { type: 'i16', meaning: 'HTTP status; 0: the client left before a reply.', ocsf: 'http_response.code' },
  grpcStatus: { type: 'i16', meaning: 'gRPC status number.' },
  responseFlags: { type: 'dictionary', meaning: 'Envoy response flags, comma-separated, as logged.' },
  durationMs: { type: 'i64', unit: 'ms', meaning: 'How long it took.', ocsf: 'duration' },
  bytesReceived: { type: 'i64', unit: 'B', meaning: 'Bytes of the request.', ocsf: 'traffic.bytes_in' },
  bytesSent: { type: 'i64', unit: 'B', meaning: 'Bytes of the response.', ocsf: 'traffic.bytes_out' },
  upstreamCluster: { type: 'dictionary', meaning: 'Envoy cluster the request was routed to.' },
  shadowOutcome: {
    type: 'dictionary',
    meaning: 'What a policy in dry run would have decided: `would-deny` or `allowed`.',
  },
  shadowPolicy: { type: 'dictionary', meaning: 'The policy in dry run.' },
  action: {
    type: 'dictionary',
    meaning: 'What was done, lower-case: `refund`, `login`, `token.refresh`, `role.change` …',
    ocsf: 'activity_name',
  },
  resource: { type: 'text', meaning: 'What it was done to.', ocsf: 'resources[].uid' },
  operationId: { type: 'text', meaning: 'The operation’s own id, such as a refund id.' },
  idempotencyKey: { type: 'text', meaning: 'Idempotency key of the operation.' },
  payment: { type: 'text', meaning: 'Payment it belongs to; the order where no payment is named.' },
  instrument: { type: 'text', meaning: 'Payment instrument: card or account reference.' },
  batch: { type: 'text', meaning: 'Batch or bulk job it belongs to.' },
  amountMinor: {
    type: 'i64',
    absent: 0,
    unit: 'minor unit of the currency',
    meaning: 'Amount of money; meaningful where `currency` is set.',
    ocsf: 'unmapped.amount_minor',
  },
  currency: { type: 'dictionary', meaning: 'ISO 4217 code, `XXX` where unknown; empty: no amount.' },
  attributes: { type: 'text', meaning: 'What the record knew beyond the columns, as bounded JSON.', ocsf: 'unmapped' },
} as const satisfies Record<string, ColumnDeclaration>

export type EventColumns = typeof eventColumns
export type EventColumnName = keyof EventColumns
export const eventColumnNames = Object.keys(eventColumns) as readonly EventColumnName[] // keys of a const object are exactly its names

export type TextColumnName = {
  [K in EventColumnName]: EventColumns[K]['type'] extends 'dictionary' | 'text' ? K : never
}[EventColumnName]
export type NumberColumnName = {
  [K in EventColumnName]: EventColumns[K]['type'] extends 'dictionary' | 'text' | 'id' ? never : K
}[EventColumnName]

/** One event as detectors, summaries and tests see it: plain values, `''` and −1 where the record does not say. */
export type SecurityEvent = {
  readonly [K in EventColumnName]: EventColumns[K]['type'] extends 'dictionary' | 'text' | 'id' ? string : number
}
