// Records a real OPA: `node dist/test/recordings/opa/record.js --opa-version v1.22.4 --into test/recordings/opa`.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openScrubber } from '../../../collector/scrub/scrubber.ts'
import { root } from '../../architecture/source-files.ts'
import { until } from '../../support/until.ts'
import { openDecisionSink } from './decision-sink.ts'
import { questions } from './questions.ts'
import { recordingKey } from './throw-away-tokens.ts'

const { values: options } = parseArgs({
  options: {
    'opa-version': { type: 'string', default: 'v1.22.4' },
    into: { type: 'string', default: join(root, 'test/recordings/opa') },
    /** Where the program is built, or is already. */
    install: { type: 'string', default: join(tmpdir(), 'eastwest-opa') },
  },
})
const module = `github.com/open-policy-agent/opa@${options['opa-version']}`
const program = join(options.install, 'opa')
const revision = 'git:3f1c2aa'

function build(): void {
  if (existsSync(program)) return
  mkdirSync(options.install, { recursive: true })
  const env = { ...process.env, CGO_ENABLED: '0', GOBIN: options.install }
  execFileSync('go', ['install', module], { env, stdio: 'inherit' })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function configOf(sink: string): object {
  return {
    services: { sink: { url: sink } },
    bundles: {
      authz: {
        service: 'sink',
        resource: 'bundles/authz.tar.gz',
        polling: { min_delay_seconds: 600, max_delay_seconds: 1200 },
      },
    },
    labels: { service: 'payments', namespace: 'shop', environment: 'test', team: 'money', region: 'eu1' },
    default_decision: '/shop/authz/allow',
    decision_logs: {
      console: true,
      service: 'sink',
      reporting: { min_delay_seconds: 1, max_delay_seconds: 2 },
      request_context: { http: { headers: ['x-request-id'] } },
    },
    // Nobody listens there: ids are given all the same.
    distributed_tracing: { type: 'grpc', address: '127.0.0.1:1', sample_percentage: 100 },
  }
}

async function ask(url: string, { path, name, body }: ReturnType<typeof questions>[number]): Promise<void> {
  const reply = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': name,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
  console.log(`${name}: ${reply.status} ${(await reply.text()).slice(0, 120)}`)
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill('SIGTERM')
  })
}

build()
const folder = mkdtempSync(join(tmpdir(), 'eastwest-opa-run-'))
const bundle = join(folder, 'authz.tar.gz')
const built = ['build', '--bundle', 'policy', '--revision', revision, '--output', bundle]
execFileSync(program, built, { cwd: join(root, 'test/recordings/opa') })
const sink = await openDecisionSink(() => readFileSync(bundle))
const config = join(folder, 'config.json')
writeFileSync(config, JSON.stringify(configOf(sink.url)))
const port = await freePort()
const served = ['run', '--server', '--skip-version-check', '--log-format', 'json', '--config-file', config]
const child = spawn(program, [...served, '--addr', `127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'pipe'] })
let printed = ''
child.stderr.setEncoding('utf8').on('data', (text: string) => {
  printed += text
})
const url = `http://127.0.0.1:${port}`
const isReady = async (): Promise<boolean> => {
  if (child.exitCode !== null) throw new Error(`the engine ended: ${printed}`)
  const reply = await fetch(`${url}/health?bundles`).catch(() => undefined)
  return reply?.status === 200
}
await until(isReady, 'the engine has its bundle', 30_000)
const all = questions(Date.now())
for (const question of all) await ask(url, question)
const taken = (): readonly string[] =>
  sink.uploads.flatMap(({ status, body }) => (status === 200 ? elementsOf(body) : []))
await until(() => taken().length >= all.length, 'all decisions are uploaded', 60_000)
await ended(child)
await sink.close()

/** The elements of the array as the engine wrote them, each on a line of its own. */
function elementsOf(body: string): readonly string[] {
  const elements = JSON.parse(body) as readonly unknown[] // a chunk is an array
  return elements.map((element) => JSON.stringify(element))
}

const scrubber = openScrubber(recordingKey, { fieldNames: [] })
function keep(name: string, lines: readonly string[]): void {
  writeFileSync(join(options.into, name), scrubber.scrubText(`${lines.join('\n')}\n`))
  console.log(`${name}: ${lines.length} decisions`)
}
keep('upload.jsonl', taken())
keep(
  'console.jsonl',
  printed.split('\n').filter((line) => line.includes('"msg":"Decision Log"')),
)
const uploads = sink.uploads.map(({ path, headers, status, body }) => ({
  path,
  status,
  decisions: elementsOf(body).length,
  headers: { 'content-type': headers['content-type'], 'content-encoding': headers['content-encoding'] },
}))
const version = execFileSync(program, ['version'], { encoding: 'utf8' }).split('\n')[0]
const facts = {
  program: module,
  version,
  commands: [
    `CGO_ENABLED=0 go install ${module}`,
    `opa ${built.slice(0, -1).join(' ')} authz.tar.gz`,
    'opa run --server --skip-version-check --log-format json --config-file config.json',
  ],
  config: configOf('http://127.0.0.1:8484/v1/opa'),
  uploads,
}
writeFileSync(join(options.into, 'recording.json'), `${JSON.stringify(facts, undefined, 2)}\n`)
rmSync(folder, { recursive: true, force: true })
