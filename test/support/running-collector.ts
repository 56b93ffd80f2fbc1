// Runs the compiled `eastwest run` as its user would, in a data folder of its own, and knows where it answers.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../architecture/source-files.ts'
import { freePort } from './free-port.ts'
import type { LoopDelay } from './loop-watch.ts'
import { onDisks } from './small-disks.ts'
import { until } from './until.ts'

export const commandEntry = join(root, 'dist/collector/main.js')

export interface RunningCollector {
  readonly url: string
  readonly port: number
  /** Ports for OTLP; 0 where it was not asked for. */
  readonly otlpPorts: { readonly http: number; readonly grpc: number }
  readonly storeUrl: string
  /** Kept until `remove`. */
  readonly data: string
  /** File of its settings; kept as long. */
  readonly config: string
  readonly pid: number
  /** Everything written so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Of the store child just now; undefined while there is none. */
  readonly storePid: () => number | undefined
  post(body: string | Uint8Array<ArrayBuffer>, how?: PostOptions): Promise<Answer>
  get(path: string): Promise<Answer>
  /** Ends it by SIGTERM and waits; its exit code. */
  stop(): Promise<number | null>
  /** How long its event loop stood still since the last question; only with `watchLoop`. */
  loopDelay(): Promise<LoopDelay>
  /** Ends it without warning and waits. */
  kill(): Promise<void>
  /** Stops it where it still runs, and takes its folder away. */
  remove(): Promise<void>
}

export interface PostOptions {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

export interface StartOptions {
  /** Settings as JSON, which is YAML too. */
  readonly settings?: unknown
  /** Go on in this folder. */
  readonly data?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Folders within the data folder, `''` for itself, that are small disks of their own in memory, with their bytes. */
  readonly disks?: Readonly<Record<string, number>>
  /** With ports of its own for OTLP: free ones, or these. */
  readonly otlp?: true | { readonly http: number; readonly grpc: number }
  /** Measure how long its event loop stands still. */
  readonly watchLoop?: boolean
  /** The command to run instead of the one built here. */
  readonly entry?: string
}

const loopWatch = join(root, 'dist/test/support/loop-watch.js')
const startMs = 60_000
const requestMs = 30_000

export async function runCollector(options: StartOptions = {}): Promise<RunningCollector> {
  const { settings = {}, data, environment, watchLoop = false, disks = {}, entry = commandEntry } = options
  if (!existsSync(entry)) throw new Error('the compiled command is missing: run "npm run build" first')
  const folder = data ?? mkdtempSync(join(tmpdir(), 'eastwest-run-'))
  const config = `${folder}.settings.yaml`
  writeFileSync(config, JSON.stringify(settings))
  const free = async () => ({ http: await freePort(), grpc: await freePort() })
  const otlpPorts = options.otlp === true ? await free() : (options.otlp ?? { http: 0, grpc: 0 })
  const otlpWords = ['--otlp-port', String(otlpPorts.http), '--otlp-grpc-port', String(otlpPorts.grpc)]
  const ports = ['--port', '0', '--store-port', '0', ...otlpWords]
  const words = [...(watchLoop ? ['--import', loopWatch] : []), entry, 'run', '--data', folder, ...ports]
  const [program = '', ...rest] = onDisks(folder, disks, [process.execPath, ...words, '--config', config])
  const child = spawn(program, rest, {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: watchLoop ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  })
  if (child.stdout === null || child.stderr === null) throw new Error('the collector was not started with pipes')
  const written = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text
  })
  const gone = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const started = (): boolean => written.stdout.includes('Alerts, as they come')
  await until(() => started() || child.exitCode !== null, 'the collector starts', startMs)
  if (!started()) throw new Error(`the collector ended while starting: ${written.stderr}${written.stdout}`)
  // Mounts are seen by the collector alone; others reach them through it.
  const seen = Object.keys(disks).length === 0 ? folder : join('/proc', String(pidOf(child)), 'root', folder)
  const url = urlIn(written.stdout, 'records').replace(/\/v1\/events$/, '')
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return gone
  }
  return {
    url,
    port: Number(new URL(url).port),
    otlpPorts,
    storeUrl: urlIn(written.stdout, 'store'),
    data: seen,
    config,
    pid: pidOf(child),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    storePid: () => childrenOf(pidOf(child))[0],
    post: (body, { path = '/v1/events', headers = { 'content-type': 'text/plain' } } = {}) =>
      ask(`${url}${path}`, { method: 'POST', body, headers }),
    get: (path) => ask(`${url}${path}`, {}),
    loopDelay: () =>
      new Promise((resolve) => {
        child.once('message', (told) => resolve(told as LoopDelay)) // what loop-watch.ts sends
        child.send('loop-delay')
      }),
    stop: () => stop('SIGTERM'),
    kill: async () => {
      await stop('SIGKILL')
    },
    remove: async () => {
      await stop('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
      rmSync(config, { force: true })
    },
  }
}

async function ask(url: string, request: RequestInit): Promise<Answer> {
  const reply = await fetch(url, { ...request, signal: AbortSignal.timeout(requestMs) })
  const text = await reply.text()
  return { status: reply.status, headers: reply.headers, text, json: jsonIn(text) }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the collector was not started')
  return child.pid
}

function urlIn(startScreen: string, name: string): string {
  const match = new RegExp(`^ *${name} +(http://\\S+)`, 'm').exec(startScreen)
  if (match?.[1] === undefined) throw new Error(`the start screen names no address of "${name}": ${startScreen}`)
  return match[1]
}

/** Processes whose parent is `pid`. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
}

function parentOf(name: string): number | undefined {
  try {
    // pid (comm) state ppid …; the name may hold spaces and brackets.
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}
