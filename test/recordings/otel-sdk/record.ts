// Records a real OpenTelemetry SDK: `npm run build && node dist/test/recordings/otel-sdk/record.js`.

import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { root } from '../../architecture/source-files.ts'

const into = join(root, 'test/recordings/otel-sdk')
const bodies = new Map<string, Buffer[]>()

/** Takes every export; what it was sent as is the first part of its path. */
const sink = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    const { url = '' } = request
    bodies.set(url, [...(bodies.get(url) ?? []), plain])
    response
      .writeHead(200, { 'content-type': request.headers['content-type'] ?? '' })
      .end(url.startsWith('/json') ? '{}' : '')
  })
})
await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
const address = sink.address()
const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
const service = spawn(process.execPath, [fileURLToPath(new URL('./payments.js', import.meta.url)), url], {
  stdio: 'inherit',
})
const code = await new Promise<number | null>((resolve) => service.on('exit', resolve))
sink.close()
if (code !== 0) throw new Error(`the service ended with ${code}`)

for (const signal of ['traces', 'logs']) {
  const binary = bodies.get(`/protobuf/v1/${signal}`) ?? []
  const json = bodies.get(`/json/v1/${signal}`) ?? []
  if (binary.length === 0 || json.length === 0) throw new Error(`nothing was exported to /v1/${signal}`)
  // Messages of one kind that follow each other are one message (protobuf).
  writeFileSync(join(into, `${signal}.pb`), Buffer.concat(binary))
  writeFileSync(join(into, `${signal}.jsonl`), `${json.map(String).join('\n')}\n`)
}
const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version // every package has one
const packages = [
  '@opentelemetry/sdk-node',
  '@opentelemetry/instrumentation-http',
  '@opentelemetry/exporter-trace-otlp-proto',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-logs-otlp-proto',
  '@opentelemetry/exporter-logs-otlp-http',
]
const about = {
  program: 'test/recordings/otel-sdk/payments.ts under the OpenTelemetry SDK for Node',
  versions: { node: process.versions.node, ...Object.fromEntries(packages.map((name) => [name, versionOf(name)])) },
  commands: [
    'npm run build',
    'node dist/test/recordings/otel-sdk/record.js',
    'npx biome format --write test/recordings',
  ],
  requests: Object.fromEntries([...bodies].map(([path, all]) => [path, all.map(({ length }) => length)])),
}
writeFileSync(join(into, 'recording.json'), `${JSON.stringify(about, null, 2)}\n`)
