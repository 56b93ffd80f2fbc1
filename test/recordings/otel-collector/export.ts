// Sends telemetry through a real OTel Collector into a running eastwest, over HTTP and gRPC, compressed, and counts what arrives.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '../../../collector/log/embedded/embedded-log.ts'
import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import { exportPaths } from '../../../schemas/otlp/services.ts'
import { decodeExport, encodeExport, type Json } from '../../support/otlp-wire.ts'
import { runCollector } from '../../support/running-collector.ts'
import { until } from '../../support/until.ts'

/** `node dist/test/recordings/otel-collector/export.js PROGRAM`, which `build.sh` made. */
const program = process.argv[2] ?? ''
const perSignal = 2_000
const perRequest = 100

const eastwest = await runCollector({ otlp: true })
let requests = 0
let passedOn = 0
/** Answers 429 to every other request and passes the rest on. */
const busy = createServer((request, response) => {
  if (requests++ % 2 === 0) {
    response.writeHead(429, { 'retry-after': '1' }).end()
    request.resume()
    return
  }
  const { url, method, headers } = request
  const onward = httpRequest(
    { port: eastwest.otlpPorts.http, host: '127.0.0.1', path: url, method, headers },
    (reply) => {
      response.writeHead(reply.statusCode ?? 500, reply.headers)
      reply.pipe(response)
      passedOn++
    },
  )
  onward.on('error', () => response.destroy())
  request.pipe(onward)
})
await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve))
const busyPort = portOf(busy.address())
const ownPort = await freePort()
const child = start(ownPort)
await until(() => answers(ownPort), 'the OTel Collector listens', 30_000)
for (const signal of [traces, logs])
  for (let first = 0; first < perSignal; first += perRequest) {
    const items = Array.from({ length: perRequest }, (_, at) => itemOf(signal, first + at))
    const body = Uint8Array.from(encodeExport(signal, [{ scopes: [{ items }] }]))
    const headers = { 'content-type': 'application/x-protobuf' }
    const reply = await fetch(`http://127.0.0.1:${ownPort}${exportPaths[signal.name]}`, {
      method: 'POST',
      body,
      headers,
    })
    if (!reply.ok) throw new Error(`the OTel Collector answered ${reply.status}`)
  }
// It drains its queues before it ends, and gives up on what it would have to send again.
await until(() => passedOn === (2 * perSignal) / perRequest, 'all is sent again until it is taken', 120_000)
child.kill('SIGTERM')
await new Promise((resolve) => child.once('close', resolve))
busy.close()
await eastwest.stop()
const counts = await countIds(join(eastwest.data, 'log'))
await eastwest.remove()
for (const [door, ids] of counts) {
  const distinct = new Set(ids).size
  const isWhole = distinct === perSignal && ids.length === perSignal
  if (!isWhole) process.exitCode = 1
  console.log(`${isWhole ? 'whole' : 'NOT WHOLE'}: ${door}: ${ids.length} items, ${distinct} distinct of ${perSignal}`)
}
console.log(`requests that a busy collector answered: ${requests}, every other one with 429`)
if (counts.size !== 4) process.exitCode = 1

function itemOf(signal: Signal, at: number): Json {
  const name = `${signal.name} ${at}`
  return signal === traces
    ? { traceId: 'ab'.repeat(16), spanId: at.toString(16).padStart(16, '1'), name }
    : { severityNumber: 9, eventName: name, body: { stringValue: name } }
}

function start(port: number): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-otelcol-'))
  const retry = { enabled: true, initial_interval: '100ms', max_interval: '2s', max_elapsed_time: '120s' }
  const settings = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: {
      otlp: {
        endpoint: `127.0.0.1:${eastwest.otlpPorts.grpc}`,
        tls: { insecure: true },
        compression: 'gzip',
        retry_on_failure: retry,
      },
      otlphttp: { endpoint: `http://127.0.0.1:${busyPort}`, compression: 'gzip', retry_on_failure: retry },
    },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: {
        traces: { receivers: ['otlp'], exporters: ['otlp', 'otlphttp'] },
        logs: { receivers: ['otlp'], exporters: ['otlp', 'otlphttp'] },
      },
    },
  }
  const file = join(folder, 'otelcol.yaml')
  writeFileSync(file, JSON.stringify(settings))
  return spawn(program, ['--config', `file:${file}`], { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function countIds(directory: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const log = await openEmbeddedLog({ directory, now: Date.now, newIncarnation: () => crypto.randomUUID() })
  const counts = new Map<string, string[]>()
  for (let offset = log.bounds('ingest').firstOffset; offset < log.bounds('ingest').nextOffset; ) {
    const result = log.read('ingest', offset, { maxBytes: 1 << 20 })
    for (const { headers, value } of result.records) {
      const door = `${headers.format} over ${headers.receiver}`
      const ids = counts.get(door) ?? []
      const signal = headers.format === traces.format ? traces : logs
      for (const { scopes } of decodeExport(signal, value ?? new Uint8Array()))
        for (const { items } of scopes) ids.push(...items.map((item) => String(item.name ?? item.eventName)))
      counts.set(door, ids)
    }
    offset = result.nextOffset
  }
  await log.close()
  return counts
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const port = portOf(server.address())
      server.close(() => resolve(port))
    })
  })
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('no port is listened on')
  return address.port
}
