// A small service under the OpenTelemetry SDK: it is called, calls others, logs, and exports everything twice, in protobuf and in JSON.

import { createRequire } from 'node:module'
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { logs, NodeSDK, resources, tracing } from '@opentelemetry/sdk-node'

const [sink = ''] = process.argv.slice(2)
const resource = resources.resourceFromAttributes({
  'service.name': 'payments',
  'service.namespace': 'shop',
  'service.version': '1.42.0',
  'k8s.pod.name': 'payments-7c9d8f6b5-x2x9z',
  'deployment.environment.name': 'test',
})
const loggers = new logs.LoggerProvider({
  resource,
  processors: [
    new logs.BatchLogRecordProcessor({ exporter: new ProtobufLogExporter({ url: `${sink}/protobuf/v1/logs` }) }),
    new logs.BatchLogRecordProcessor({ exporter: new JsonLogExporter({ url: `${sink}/json/v1/logs` }) }),
  ],
})
const sdk = new NodeSDK({
  // What it would find out of the machine that records is nobody's concern.
  autoDetectResources: false,
  resource,
  spanProcessors: [
    new tracing.BatchSpanProcessor(new ProtobufTraceExporter({ url: `${sink}/protobuf/v1/traces` })),
    new tracing.BatchSpanProcessor(new JsonTraceExporter({ url: `${sink}/json/v1/traces` })),
  ],
  instrumentations: [
    new HttpInstrumentation({
      headersToSpanAttributes: { server: { requestHeaders: ['authorization', 'x-request-id'] } },
    }),
  ],
})
sdk.start()
// What is instrumented must be loaded after the instrumentation, which takes hold of `require`.
const http = createRequire(import.meta.url)('node:http') as typeof import('node:http') // what is required is that module

const tracer = trace.getTracer('payments', '1.42.0')
const logger = loggers.getLogger('payments')

const server = http.createServer((request, response) => {
  trace.getActiveSpan()?.setAttributes({ 'user.id': 'u-314', 'session.id': 'S1' })
  const isRefund = request.url?.startsWith('/v1/refunds') === true
  if (isRefund)
    logger.emit({
      severityNumber: 9,
      severityText: 'INFO',
      body: 'refund issued',
      attributes: { 'user.id': 'u-314', amount: 89.5, currency: 'EUR', order_id: 'O-91' },
    })
  response.writeHead(isRefund ? 201 : request.url === '/v1/prices' ? 403 : 404).end()
})

function ask(options: import('node:http').RequestOptions): Promise<number> {
  return new Promise((resolve) => {
    const request = http.request(options, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', () => resolve(0))
    request.end()
  })
}

await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
const to = { host: '127.0.0.1', port }
// As the scrubber leaves a credential: what is recorded never was one.
const authorization =
  'Bearer ew.ref.v1.rec1.00112233445566778899aabbccddeeff.Imp0aSI6ImF0LTIiLCJzdWIiOiJ1LTMxNCIsInNpZCI6IlMxIg'

await ask({
  ...to,
  path: '/v1/refunds?dry=0',
  method: 'POST',
  headers: { authorization, 'x-request-id': 'req-1', 'user-agent': 'okhttp/4.12' },
})
await ask({ ...to, path: '/v1/prices' })
await ask({ ...to, path: '/v1/orders/91' })
// Nobody listens there.
await ask({ host: '127.0.0.1', port: 1, path: '/' })

// A program whose instrumentation is years old.
tracer
  .startSpan('GET /v1/carts', {
    kind: SpanKind.SERVER,
    attributes: {
      'http.method': 'GET',
      'http.target': '/v1/carts/7?full=1',
      'http.status_code': 200,
      'http.user_agent': 'node-fetch/3.3',
      'net.peer.ip': '10.20.3.7',
      'enduser.id': 'u-9',
    },
  })
  .end()
tracer.startActiveSpan(
  'charge',
  {
    kind: SpanKind.CLIENT,
    attributes: {
      'peer.service': 'ledger.shop',
      'rpc.system': 'grpc',
      'rpc.service': 'shop.Ledger',
      'rpc.method': 'Charge',
      'rpc.grpc.status_code': 7,
    },
  },
  (span) => {
    // Without a stack, which would name places of the machine that records.
    span.recordException({ name: 'PermissionDenied', message: 'permission denied' })
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'permission denied' })
    logger.emit({ severityNumber: 17, eventName: 'user.login', attributes: { 'user.id': 'u-9' } })
    logger.emit({
      body: {
        schema: 'eastwest.event/v1',
        kind: 'authn',
        at: '2026-11-28T00:00:00Z',
        action: 'login',
        subject: 'u-9',
        outcome: 'denied',
      },
    })
    logger.emit({ severityNumber: 9, body: 'cache warmed' })
    span.end()
  },
)

server.close()
await loggers.shutdown()
await sdk.shutdown()
