// Installed as the image is, without the embedded store's and log's packages, the commands of docker-compose.yml do their work.

import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openStoreClient } from '../../collector/store/client.ts'
import { roles } from '../../collector/wiring/roles/role.ts'
import { root } from '../architecture/source-files.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { type EmbeddedStore, startEmbeddedStore } from '../support/embedded-store.ts'
import { startFleetProcess } from '../support/fleet-process.ts'
import { type KafkaBroker, openKafka } from '../support/kafka/kafka-broker.ts'
import { runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'
import { composeSettings, serviceNamed } from './compose-file.ts'
import { installWords } from './dockerfile.ts'

const folder = mkdtempSync(join(tmpdir(), 'eastwest-image-'))
const entry = join(folder, 'dist/collector/main.js')
const config = join(folder, 'eastwest.yaml')
const token = randomUUID()
/** A registry that is slow to answer is no failure of ours. */
const installMs = 300_000
/** Until a process owns every partition. */
const takeUpMs = 60_000
let broker: KafkaBroker
let store: EmbeddedStore
let environment: Readonly<Record<string, string>> = {}

beforeAll(async () => {
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(root, file), join(folder, file))
  // The registry is asked for what npm's cache has not.
  await promisify(execFile)('npm', [...installWords(), '--prefer-offline'], { cwd: folder })
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  rmSync(join(folder, 'dist/test'), { recursive: true })
  writeFileSync(config, composeSettings)
  broker = await openKafka()
  store = await startEmbeddedStore({ minFreeDiskBytes: 0 })
  environment = {
    EASTWEST_TOKEN: token,
    EASTWEST_DECISION_TOKEN: randomUUID(),
    EASTWEST_BROKER: broker.brokers[0] ?? '',
    EASTWEST_STORE_URL: store.child.url,
    EASTWEST_STORE_USER: store.child.writer.username,
    CLICKHOUSE_PASSWORD: store.child.writer.password,
  }
}, installMs)

afterAll(async () => {
  await broker?.stop()
  await store?.end()
  rmSync(folder, { recursive: true, force: true })
})

/** A command of the compose file, its settings file where it lies here. */
function composed(name: string): Promise<CommandResult> {
  const words = serviceNamed(name).command.map((word) => (word === '/etc/eastwest/eastwest.yaml' ? config : word))
  return runCommand(words, { entry, environment })
}

const lines = [
  '2025-03-14 11:42:01 | user_id=USR-1 | action=REFUND | order=ORD-1201 | amount=89.99',
  '2025-03-14 11:42:05 | user_id=USR-1 | action=REFUND | order=ORD-1202 | amount=124.50',
  '2025-03-14 11:42:07 | user_id=USR-1 | action=REFUND | order=ORD-1203 | amount=200.00\n',
].join('\n')

describe('without the optional packages', () => {
  it('there are none of them', () => {
    expect(existsSync(join(folder, 'node_modules/kafkajs'))).toBe(true)
    for (const name of ['chdb', 'lmdb', '@lmdb', 'vitest'])
      expect(existsSync(join(folder, 'node_modules', name)), name).toBe(false)
  })

  it('the command says its version and what it can do', async () => {
    expect(await runCommand(['--version'], { entry })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    expect((await runCommand(['--help'], { entry })).stdout).toContain('store')
  })

  it.each([
    ['run', ['run', '--data', join(folder, 'embedded'), '--port', '0']],
    ['replay', ['replay', join(folder, 'package.json')]],
  ])('%s says that it needs the embedded log, and what to do', async (_, words) => {
    const { code, stderr } = await runCommand(words, { entry, cwd: tmpdir() })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^eastwest: .*"lmdb".*run "npm install --include=optional".*"log.kafka"\n$/)
  })

  it('the jobs make topics and tables, and leave them as they are the second time', async () => {
    expect(await composed('topics')).toMatchObject({ code: 0, stdout: expect.stringContaining('made eastwest.ingest') })
    expect(await composed('topics')).toMatchObject({ code: 0, stdout: 'all topics are there\n' })
    expect(await composed('migrations')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^applied create-tables\n(applied [a-z-]+\n)+the tables are at schema \d+\n$/),
    })
    expect(await composed('migrations')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^the tables are at schema \d+\n$/),
    })
  })

  it('a collector with a cluster and no server says that it needs the embedded store, and what to do', async () => {
    const { log } = parse(composeSettings) as { log: { kafka: Record<string, unknown> } } // our own file
    const { partitions: _, ...kafka } = log.kafka
    const settings = { log: { kafka: { ...kafka, topicPrefix: 'alone.' } } }
    const alone = join(folder, 'alone.yaml')
    writeFileSync(alone, JSON.stringify(settings))
    expect(await runCommand(['topics', 'create', '--config', alone], { entry, environment })).toMatchObject({ code: 0 })
    await expect(runCollector({ entry, environment, settings })).rejects.toThrow(
      /"chdb".*run "npm install --include=optional".*"store.url"/,
    )
  })

  it('a process with all roles receives, stores, raises and serves, and its health check says that it is well', async () => {
    const running = await startFleetProcess(roles.join(','), parse(composeSettings), { entry, environment })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }
    const url = running.url.replace('0.0.0.0', '127.0.0.1')
    expect((await fetch(`${url}/v1/events`, { method: 'POST', body: lines, headers })).status).toBe(200)
    const reader = openStoreClient({
      url: store.child.url,
      database: 'default',
      timeoutMs: 20_000,
      ...store.child.reader,
    })
    const asked = { query: 'SELECT id FROM alerts', format: 'JSONEachRow' } as const
    await until(async () => (await (await reader.query(asked)).json()).length === 1, 'the alert is stored', takeUpMs)
    await reader.close()
    const listed = await fetch(`${url}/api/alerts`, { headers })
    expect(await listed.json()).toMatchObject({ alerts: [{ detector: 'refund-burst' }] })
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>eastwest</title>')
    const [, node = '', ...script] = serviceNamed('receive').healthcheck?.test ?? []
    const check = () =>
      promisify(execFile)(node, script, { env: { ...process.env, ...environment, EASTWEST_PORT: new URL(url).port } })
    await expect(check()).resolves.toBeDefined()
    expect(await running.stop()).toBe(0)
    await expect(check()).rejects.toMatchObject({ code: 1 })
  }, 120_000)
})
