// A real OpenTelemetry SDK exports through every door there is: each span and log record is in the log once, whole.

import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { credentials, Metadata } from '@grpc/grpc-js'
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { resources, logs as sdkLogs, tracing } from '@opentelemetry/sdk-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedLog } from '../../collector/log/embedded/embedded-log.ts'
import type { LogRecord } from '../../collector/log/log.ts'
import { logs, traces } from '../../schemas/otlp/messages.ts'
import { decodeExport, type Group } from '../support/otlp-wire.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'

const token = 'a-token-of-enough-length'
const headers = { authorization: `Bearer ${token}` }
const perDoor = 1_100
/** Of one export with all its retries: a busy machine is no reason to lose any. */
const timeoutMillis = 60_000
/** What each span and record carries to be told apart by. */
const idKey = 'test.id'
const secret = 'q8Zr4TnX2cVb7LmPw1Ks'

let collector: RunningCollector
let busy: Busy
let records: readonly LogRecord[] = []

/** Answers 429 to every other request, and passes the rest on: a collector under pressure. */
interface Busy {
  readonly url: string
  readonly refused: () => number
  close(): void
}

function openBusy(port: number): Promise<Busy> {
  let requests = 0
  let refused = 0
  const server = createServer((request, response) => {
    if (requests++ % 2 === 0) {
      refused++
      response.writeHead(429, { 'retry-after': '1' }).end()
      request.resume()
      return
    }
    const { url, method, headers: sent } = request
    const onward = httpRequest({ port, host: '127.0.0.1', path: url, method, headers: sent }, (reply) => {
      response.writeHead(reply.statusCode ?? 500, reply.headers)
      reply.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port: own } = server.address() as AddressInfo // a port was listened on
      resolve({ url: `http://127.0.0.1:${own}`, refused: () => refused, close: () => server.close() })
    })
  })
}

const resource = resources.resourceFromAttributes({ 'service.name': 'payments', 'service.namespace': 'shop' })

async function sendSpans(door: string, exporter: tracing.SpanExporter): Promise<void> {
  const processor = new tracing.BatchSpanProcessor(exporter, { maxQueueSize: 4_096, maxExportBatchSize: 512 })
  const provider = new tracing.BasicTracerProvider({ resource, spanProcessors: [processor] })
  const tracer = provider.getTracer('shop', '1.0.0')
  for (let at = 0; at < perDoor; at++) {
    const span = tracer.startSpan('POST /refunds', {
      attributes: {
        [idKey]: `${door} ${at}`,
        'http.response.status_code': 200,
        'http.request.header.authorization': [`Bearer ${secret}${at}`],
      },
    })
    span.addEvent('charged', { password: secret })
    span.end()
  }
  await provider.forceFlush()
  await provider.shutdown()
}

async function sendLogs(door: string, exporter: sdkLogs.LogRecordExporter): Promise<void> {
  const processor = new sdkLogs.BatchLogRecordProcessor({ exporter, maxQueueSize: 4_096, maxExportBatchSize: 512 })
  const provider = new sdkLogs.LoggerProvider({ resource, processors: [processor] })
  const logger = provider.getLogger('shop')
  for (let at = 0; at < perDoor; at++)
    logger.emit({
      body: { message: `refund ${at}`, token: `${secret}x` },
      attributes: { [idKey]: `${door} ${at}`, bytes: Buffer.from(`api_key=${secret}`) },
    })
  await provider.forceFlush()
  await provider.shutdown()
}

beforeAll(async () => {
  collector = await runCollector({ otlp: true, settings: { receivers: { http: { token } } } })
  busy = await openBusy(collector.otlpPorts.http)
  const metadata = new Metadata()
  metadata.set('authorization', headers.authorization)
  const grpc = {
    url: `http://127.0.0.1:${collector.otlpPorts.grpc}`,
    credentials: credentials.createInsecure(),
    metadata,
    timeoutMillis,
  }
  const own = `http://127.0.0.1:${collector.otlpPorts.http}`
  const gzip = 'gzip' as never // an enum of a package that is not ours to import
  const common = { headers, timeoutMillis }
  const zipped = { ...common, compression: gzip }
  await sendSpans('proto', new ProtoTraces({ ...common, url: `${own}/v1/traces` }))
  await sendSpans('proto gzip', new ProtoTraces({ ...zipped, url: `${collector.url}/v1/traces` }))
  await sendSpans('json gzip', new JsonTraces({ ...zipped, url: `${own}/v1/traces` }))
  await sendSpans('proto busy', new ProtoTraces({ ...zipped, url: `${busy.url}/v1/traces` }))
  await sendSpans('grpc', new GrpcTraces(grpc))
  await sendSpans('grpc gzip', new GrpcTraces({ ...grpc, compression: gzip }))
  await sendLogs('proto', new ProtoLogs({ ...zipped, url: `${own}/v1/logs` }))
  await sendLogs('json', new JsonLogs({ ...common, url: `${collector.url}/v1/logs` }))
  await sendLogs('json busy', new JsonLogs({ ...common, url: `${busy.url}/v1/logs` }))
  await sendLogs('grpc gzip', new GrpcLogs({ ...grpc, compression: gzip }))
  busy.close()
  await collector.stop()
  records = await recordsOf(collector)
})

afterAll(() => collector.remove())

async function recordsOf({ data }: RunningCollector): Promise<readonly LogRecord[]> {
  const log = await openEmbeddedLog({
    directory: join(data, 'log'),
    now: Date.now,
    newIncarnation: () => crypto.randomUUID(),
  })
  const found: LogRecord[] = []
  for (let offset = log.bounds('ingest').firstOffset; offset < log.bounds('ingest').nextOffset; ) {
    const result = log.read('ingest', offset, { maxBytes: 1 << 20 })
    found.push(...result.records)
    offset = result.nextOffset
  }
  await log.close()
  return found
}

/** The messages of one record: one in protobuf, or one a line. */
function messagesOf({ headers: { format, encoding }, value }: LogRecord): readonly (readonly Group[])[] {
  const signal = format === 'otlp-traces' ? traces : logs
  const bytes = value ?? new Uint8Array()
  if (encoding === 'protobuf') return [decodeExport(signal, bytes)]
  const lines = Buffer.from(bytes).toString().trimEnd().split('\n')
  return lines.map((line) => {
    const groups = JSON.parse(line)[signal.resources] as { [name: string]: unknown }[] // OTLP/JSON of our own writing
    return groups.map((group) => ({
      resource: group.resource,
      scopes: (group[signal.scopes] as { [name: string]: unknown }[]).map((one) => ({
        scope: one.scope,
        items: one[signal.items],
      })),
    })) as unknown as Group[] // as above
  })
}

function idsIn(format: string): readonly string[] {
  return records
    .filter((record) => record.headers.format === format)
    .flatMap(messagesOf)
    .flatMap((groups) => groups.flatMap(({ scopes }) => scopes.flatMap(({ items }) => items)))
    .map((item) => {
      const attributes = item.attributes as readonly { key: string; value: { stringValue?: string } }[] // every item has the id
      return attributes.find(({ key }) => key === idKey)?.value.stringValue ?? ''
    })
}

function expected(doors: readonly string[]): readonly string[] {
  return doors.flatMap((door) => Array.from({ length: perDoor }, (_, at) => `${door} ${at}`)).sort()
}

describe('what an SDK exports', () => {
  it('is in the log once, each span of each door', () => {
    const doors = ['proto', 'proto gzip', 'json gzip', 'proto busy', 'grpc', 'grpc gzip']
    expect([...idsIn('otlp-traces')].sort()).toEqual(expected(doors))
  })

  it('is in the log once, each log record of each door', () => {
    expect([...idsIn('otlp-logs')].sort()).toEqual(expected(['proto', 'json', 'json busy', 'grpc gzip']))
  })

  it('was sent again where the collector was busy', () => {
    expect(busy.refused()).toBeGreaterThan(3)
  })

  it('is in records of at most 256 items and 1 MiB, with resource and scope in each', () => {
    for (const record of records) {
      expect(record.value?.length).toBeLessThanOrEqual(1024 * 1024)
      expect(record.headers).toMatchObject({ source: 'otlp', receiver: expect.stringMatching(/^otlp-(http|grpc)$/) })
      for (const groups of messagesOf(record)) {
        expect(groups.flatMap(({ scopes }) => scopes.flatMap(({ items }) => items)).length).toBeLessThanOrEqual(256)
        for (const { resource: one, scopes } of groups) {
          expect(JSON.stringify(one)).toContain('payments')
          expect(scopes[0]?.scope).toMatchObject({ name: 'shop' })
        }
      }
    }
  })

  it('keeps none of its credentials', () => {
    for (const { value } of records) expect(Buffer.from(value ?? []).includes(secret)).toBe(false)
  })

  it('told where to send it when it started', () => {
    expect(collector.stdout()).toContain(
      `otlp       http://127.0.0.1:${collector.otlpPorts.http}, gRPC http://127.0.0.1:${collector.otlpPorts.grpc}`,
    )
  })
})
