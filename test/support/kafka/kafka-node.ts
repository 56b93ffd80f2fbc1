// One process of a Kafka cluster, broker and controller in one, in a folder that goes with it.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import kafkajs from 'kafkajs'
import { kafkaClassPath } from './kafka-jars.ts'

const run = promisify(execFile)
const startMs = 60_000

export interface NodePlace {
  readonly id: number
  readonly port: number
  readonly controllerPort: number
}

/** What differs from a broker as tests have it mostly. */
export interface NodeOptions {
  /** Lines of its settings, which win over the ones it has. */
  readonly settings?: (place: NodePlace) => readonly string[]
  /** Users for SCRAM, each as `SCRAM-SHA-512=[name=…,password=…]`. */
  readonly scramUsers?: readonly string[]
  readonly javaFlags?: readonly string[]
  /** Variables beside ours. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A broker that a test may do things to. */
export interface KafkaNode {
  /** Stands still, its connections open. */
  pause(): void
  resume(): void
  /** Ends without warning. */
  kill(): Promise<void>
  /** Ends in order: what it wrote needs no looking through when it starts again. */
  shutDown(): Promise<void>
  /** Starts again over what it kept; resolves once it answers. */
  restart(): Promise<void>
  /** Resolves once it answers. */
  answers(): Promise<void>
  /** Where it keeps the partitions, a folder each. */
  readonly logFolder: string
  /** Ends it, and takes its folder away. */
  stop(): Promise<void>
}

/** Starts one of the nodes of a cluster; the others have to be there before it answers. */
export async function startNode(
  place: NodePlace,
  all: readonly NodePlace[],
  clusterId: string,
  { settings: extra = () => [], scramUsers = [], javaFlags = [], environment = {} }: NodeOptions,
): Promise<KafkaNode> {
  const classPath = await kafkaClassPath()
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-kafka-'))
  const settings = join(folder, 'server.properties')
  const logFolder = join(folder, 'log')
  writeFileSync(settings, [...settingLines(logFolder, place, all), ...extra(place), ''].join('\n'))
  const users = scramUsers.flatMap((user) => ['--add-scram', user])
  await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings, ...users])
  const output = join(folder, 'output')
  const start = (): ChildProcess =>
    spawn('java', ['-Xmx512m', ...javaFlags, '-cp', classPath, 'kafka.Kafka', settings], {
      stdio: ['ignore', openSync(output, 'a'), openSync(output, 'a')],
      env: { ...process.env, ...environment },
    })
  let broker = start()
  const end = (): boolean => broker.kill('SIGKILL')
  process.once('exit', end)
  return {
    pause: () => broker.kill('SIGSTOP'),
    resume: () => broker.kill('SIGCONT'),
    kill: () => ended(broker),
    shutDown: () => ended(broker, 'SIGTERM'),
    logFolder,
    answers: () => answers(place, broker, output),
    restart: () => {
      broker = start()
      return answers(place, broker, output)
    },
    stop: async () => {
      process.off('exit', end)
      await ended(broker)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function settingLines(
  logFolder: string,
  { id, port, controllerPort }: NodePlace,
  all: readonly NodePlace[],
): readonly string[] {
  return [
    'process.roles=broker,controller',
    `node.id=${id}`,
    `controller.quorum.voters=${all.map((each) => `${each.id}@127.0.0.1:${each.controllerPort}`).join(',')}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${logFolder}`,
    `offsets.topic.replication.factor=${all.length}`,
    `transaction.state.log.replication.factor=${all.length}`,
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    // A broker that stands still loses what it leads within a test's patience.
    'broker.session.timeout.ms=3000',
    'broker.heartbeat.interval.ms=500',
  ]
}

async function answers({ port }: NodePlace, broker: ChildProcess, output: string): Promise<void> {
  const client = new kafkajs.Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin({ retry: { retries: 0 } })
  const until = Date.now() + startMs
  while (broker.exitCode === null && Date.now() < until) {
    try {
      await admin.connect()
      await admin.describeCluster()
      await admin.disconnect()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error(`the broker does not answer:\n${readFileSync(output, 'utf8').slice(-4_000)}`)
}

async function ended(broker: ChildProcess, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
  if (broker.exitCode !== null || broker.signalCode !== null) return
  const exit = once(broker, 'exit')
  broker.kill(signal)
  await exit
}
