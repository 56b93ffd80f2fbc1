// The usual way to the same columns: protobufjs makes objects of a message, and their attributes are read by name.

import { hash } from 'node:crypto'
import { templateOf } from '../../../collector/decoders/access/route-template.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { tracesData } from '../../support/otlp-messages.ts'

interface AnyValue {
  /** Which of them was set. */
  readonly value: 'stringValue' | 'intValue' | 'boolValue' | 'doubleValue'
  readonly stringValue: string
  readonly intValue: { toNumber(): number } | number
  readonly boolValue: boolean
  readonly doubleValue: number
}
interface KeyValue {
  readonly key: string
  readonly value?: AnyValue
}
interface Time {
  readonly low: number
  readonly high: number
}
interface Span {
  readonly traceId: Buffer
  readonly spanId: Buffer
  readonly parentSpanId: Buffer
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: Time
  readonly endTimeUnixNano: Time
  readonly attributes: readonly KeyValue[]
  readonly status?: { readonly code: number; readonly message: string }
}
interface Traces {
  readonly resourceSpans: readonly {
    readonly resource?: { readonly attributes: readonly KeyValue[] }
    readonly scopeSpans: readonly { readonly scope?: { readonly name: string }; readonly spans: readonly Span[] }[]
  }[]
}
type Values = Record<string, string | number | boolean>

function valuesOf(attributes: readonly KeyValue[]): Values {
  const values: Values = {}
  for (const { key, value } of attributes) {
    if (value === undefined) continue
    const given = value[value.value]
    values[key] = typeof given === 'object' ? given.toNumber() : given
  }
  return values
}

function msOf({ low, high }: Time): number {
  return (high >>> 0) * 4294 + Math.floor(((high >>> 0) * 967_296 + (low >>> 0)) / 1e6)
}

/** Decodes one message into rows; gives how many. */
export function decodeWithProtobufjs(bytes: Buffer, batch: EventBatch, appendedAt: number, offset: number): number {
  const traces = tracesData.decode(bytes) as unknown as Traces // what the definition says
  const firstRow = batch.length
  for (const { resource, scopeSpans } of traces.resourceSpans) {
    const about = valuesOf(resource?.attributes ?? [])
    for (const { scope, spans } of scopeSpans)
      for (const span of spans) writeSpan(span, about, scope?.name ?? '', batch, appendedAt, offset, firstRow)
  }
  for (let row = firstRow; row < batch.length; row++) batch.columns.parts.set(row, batch.length - firstRow)
  return batch.length - firstRow
}

/** Columns by the same rules as our decoder's, for the spans of the benchmark. */
function writeSpan(
  span: Span,
  about: Values,
  scope: string,
  batch: EventBatch,
  appendedAt: number,
  offset: number,
  firstRow: number,
): void {
  const { columns } = batch
  const row = batch.row
  const values = valuesOf(span.attributes)
  const take = (...keys: string[]): string | number | boolean | undefined => {
    for (const key of keys) {
      const value = values[key]
      if (value === undefined) continue
      delete values[key]
      return value
    }
    return undefined
  }
  const text = (column: { setText(row: number, text: string): void }, value: unknown): void => {
    if (typeof value === 'string' && value !== '') column.setText(row, value)
  }
  const number = (column: { set(row: number, value: number): void }, value: unknown): number => {
    if (value === undefined) return -1
    column.set(row, Number(value))
    return Number(value)
  }
  const workload = String(about['service.name'] ?? '')
  const namespace = String(about['k8s.namespace.name'] ?? '')
  const own = namespace === '' ? workload : `${workload}.${namespace}`
  const traceId = span.traceId.toString('hex')
  const spanId = span.spanId.toString('hex')
  columns.eventId.setDigest(row, hash('sha256', `default otlp-traces ${traceId} ${spanId}`, 'binary'))
  text(columns.tenant, 'default')
  text(columns.realm, 'live')
  text(columns.kind, 'span')
  text(columns.format, 'otlp-traces')
  text(columns.topic, 'ingest')
  text(columns.incarnation, 'a1')
  columns.offset.set(row, offset)
  columns.partition.set(row, 0)
  columns.index.set(row, row - firstRow)
  columns.appendedAt.set(row, appendedAt)
  text(columns.workload, workload)
  text(columns.namespace, namespace)
  text(columns.instance, about['k8s.pod.name'])
  text(columns.environment, about['deployment.environment.name'])
  text(columns.traceId, traceId)
  text(columns.spanId, spanId)
  if (span.parentSpanId.length > 0) text(columns.parentSpanId, span.parentSpanId.toString('hex'))
  text(columns.spanName, span.name)
  const startedAt = msOf(span.startTimeUnixNano)
  columns.eventAt.set(row, startedAt)
  const { low, high } = span.endTimeUnixNano
  const tookNs =
    ((high >>> 0) - (span.startTimeUnixNano.high >>> 0)) * 2 ** 32 + (low >>> 0) - (span.startTimeUnixNano.low >>> 0)
  columns.durationMs.set(row, Math.floor(tookNs / 1e6))
  const isCaller = span.kind === 3
  text(columns.reporter, isCaller ? 'source' : 'destination')
  text(isCaller ? columns.caller : columns.destination, own)
  text(isCaller ? columns.callerFrom : columns.destinationFrom, 'envelope')
  text(columns.method, take('http.request.method', 'http.method'))
  const path = String(take('url.path', 'http.target') ?? '')
  const query = take('url.query')
  text(columns.path, query === undefined ? path : `${path}?${query}`)
  text(columns.route, take('http.route') ?? templateOf(path))
  text(columns.userAgent, take('user_agent.original', 'http.user_agent'))
  const host = take('server.address', 'net.host.name')
  text(columns.host, host)
  number(columns.port, take('server.port', 'net.host.port'))
  const version = take('network.protocol.version')
  if (version !== undefined) text(columns.protocol, `HTTP/${version}`)
  if (isCaller) {
    text(columns.destination, take('service.peer.name', 'peer.service'))
    text(columns.destinationFrom, 'asserted')
  } else {
    const peer = take('network.peer.address', 'net.sock.peer.addr')
    text(columns.sourceIp, peer)
    text(columns.callerInstance, peer)
    if (peer !== undefined) {
      text(columns.caller, `ip:${peer}`)
      text(columns.callerFrom, 'ip')
    }
    text(columns.clientIp, take('client.address', 'http.client_ip'))
  }
  const status = number(columns.httpStatus, take('http.response.status_code', 'http.status_code'))
  text(columns.outcome, status === 401 || status === 403 ? 'denied' : 'allowed')
  text(columns.outcomeBasis, 'http')
  text(columns.outcomeReason, take('error.type'))
  const user = take('user.id', 'enduser.id')
  text(columns.subject, user)
  if (user !== undefined) text(columns.subjectFrom, 'field')
  const session = take('session.id')
  text(columns.session, session)
  if (session !== undefined) text(columns.sessionFrom, 'field')
  text(columns.attributes, attributesOf(values, about, scope))
  batch.commit()
}

const ownColumns = new Set(['service.name', 'k8s.namespace.name', 'k8s.pod.name', 'deployment.environment.name'])

function attributesOf(values: Values, about: Values, scope: string): string {
  const rest: Values = {}
  for (const [key, value] of Object.entries(about)) if (!ownColumns.has(key)) rest[key] = value
  return JSON.stringify(
    scope === ''
      ? { ...values, 'otel.resource': rest }
      : { ...values, 'otel.resource': rest, 'otel.scope': { name: scope } },
  )
}
