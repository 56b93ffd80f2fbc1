// What is measured: our collector as people run it, and the two pipelines everybody writes first.

import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient } from '@clickhouse/client'
import { startStoreChild } from '../../collector/store/embedded/store-child.ts'
import { until } from '../support/until.ts'
import { childrenOf } from './process-facts.ts'

export interface Subject {
  readonly url: string
  /** Collector and store. */
  readonly pids: readonly number[]
  readonly metricsUrl: string
  /** Its ClickHouse interface, and the folder of the passwords. */
  readonly place: { readonly storeUrl: string; readonly data: string }
  /** Rows stored so far. */
  stored(): Promise<number>
  /** Makes rows that wait for a full batch go. */
  flush(): Promise<void>
  close(): Promise<void>
}

const main = fileURLToPath(new URL('../../collector/main.js', import.meta.url))
/** How `npm start` runs it. */
const { scripts } = createRequire(import.meta.url)('#package') as { scripts: { start: string } } // our own package.json
const startFlags = scripts.start.split(' ').filter((word) => word.startsWith('--'))
const naive = fileURLToPath(new URL('./naive/naive-collector.js', import.meta.url))
const naiveConsumer = fileURLToPath(new URL('./naive/naive-consumer.js', import.meta.url))
const startMs = 30_000
const storeEntry = createRequire(import.meta.url).resolve('#store-child')

/**
 * @param disabled ids of detectors that do not judge in this one
 * @param sources what it reads besides what is posted, as in the settings
 */
export async function openEastwest(
  disabled: readonly string[] = [],
  sources: { readonly receivers?: object } = {},
): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-bench-'))
  const config = join(folder, 'eastwest.yaml')
  const settings = {
    store: { port: 0, minFreeDiskBytes: 0 },
    receivers: { http: { port: 0, maxLagBytes: 67_108_864 }, ...sources.receivers },
    detectors: { disabled },
    telemetry: { logLevel: 'error' },
  }
  // JSON is YAML too.
  writeFileSync(config, JSON.stringify(settings))
  const child = spawn(
    process.execPath,
    [...startFlags, main, 'run', '--config', config, '--data', join(folder, 'data')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const screen = await readUntil(child, /records\s+(http:\S+)\/v1\/events[\s\S]*store\s+(http:\S+)/)
  const [, url = '', store = ''] = screen
  const pid = child.pid ?? 0
  const [storePid = 0] = childrenOf(pid)
  const client = createClient({
    url: store,
    username: 'reader',
    password: readFileSync(join(folder, 'data', 'store-reader.password'), 'utf8').trim(),
  })
  // It says where it listens before its tables are made.
  await until(() => isThere(client, 'event_rows'), 'its tables are made', startMs)
  return {
    url: `${url}/v1/events`,
    metricsUrl: `${url}/metrics`,
    pids: [pid, storePid],
    place: { storeUrl: store, data: join(folder, 'data') },
    stored: () => countRows(client, 'event_rows'),
    flush: async () => undefined,
    close: async () => {
      await client.close()
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export function openNaive(guarantees: boolean): Promise<Subject> {
  return openBesideStore(naive, (folder) => [guarantees ? 'with-guarantees' : 'plain', join(folder, 'log')])
}

/** @param broker `host:port` */
export function openNaiveConsumer(broker: string, topic: string): Promise<Subject> {
  return openBesideStore(naiveConsumer, () => [broker, topic])
}

async function openBesideStore(entry: string, wordsFor: (folder: string) => readonly string[]): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-naive-'))
  const store = await startStoreChild({ directory: folder, port: 0, entry: storeEntry, minFreeDiskBytes: 0 })
  const { username, password } = store.writer
  const child = fork(entry, [store.url, username, password, ...wordsFor(folder)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const { port } = await nextMessage<{ port: number }>(child)
  const client = createClient({ url: store.url, ...store.writer })
  return {
    url: `http://127.0.0.1:${port}/v1/events`,
    metricsUrl: '',
    pids: [child.pid ?? 0, store.pid ?? 0],
    place: { storeUrl: store.url, data: folder },
    stored: () => countRows(client, 'naive_events'),
    flush: async () => {
      const flushed = nextMessage(child)
      child.send('flush')
      await flushed
    },
    close: async () => {
      await client.close()
      child.disconnect()
      await new Promise((resolve) => child.once('exit', resolve))
      await store.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function isThere(client: ReturnType<typeof createClient>, table: string): Promise<boolean> {
  const result = await client.query({ query: `EXISTS TABLE ${table}`, format: 'JSONEachRow' })
  const [row] = await result.json<{ result: number }>()
  return row?.result === 1
}

async function countRows(client: ReturnType<typeof createClient>, table: string): Promise<number> {
  const result = await client.query({ query: `SELECT toString(count()) AS n FROM ${table}`, format: 'JSONEachRow' })
  const [row] = await result.json<{ n: string }>()
  return Number(row?.n)
}

function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Message)) // what the child's own code sends
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)))
  })
}

function readUntil(child: ReturnType<typeof spawn>, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      const match = pattern.exec(text)
      if (match !== null) resolve(match)
    })
    child.once('exit', (code) => reject(new Error(`the collector ended with ${code}: ${text}`)))
  })
}

async function stop(child: ReturnType<typeof spawn>): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
