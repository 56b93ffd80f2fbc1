// A real Kafka broker for tests: one process without a container, in a folder that goes with it.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import kafkajs, { type Kafka } from 'kafkajs'
import { freePort } from '../free-port.ts'
import { kafkaClassPath } from './kafka-jars.ts'

const run = promisify(execFile)
const startMs = 60_000

export interface KafkaBroker {
  /** `host:port`. */
  readonly brokers: readonly string[]
  stop(): Promise<void>
}

/** A broker that a test may do things to. */
export interface OwnBroker extends KafkaBroker {
  /** Stands still, its connections open. */
  pause(): void
  resume(): void
  /** Ends without warning. */
  kill(): Promise<void>
  /** Ends in order: what it wrote needs no looking through when it starts again. */
  shutDown(): Promise<void>
  /** Starts again over what it kept; resolves once it answers. */
  restart(): Promise<void>
  /** Where it keeps the partitions, a folder each. */
  readonly logFolder: string
}

/** The broker that KAFKA_BROKERS names, or one of its own. */
export async function openKafka(): Promise<KafkaBroker> {
  const given = process.env.KAFKA_BROKERS
  if (given !== undefined && given !== '') return { brokers: given.split(','), stop: async () => undefined }
  return startKafka()
}

/** @param extra lines of its settings */
export async function startKafka(extra: readonly string[] = []): Promise<OwnBroker> {
  const classPath = await kafkaClassPath()
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-kafka-'))
  const [port, controllerPort] = await Promise.all([freePort(), freePort()])
  const settings = join(folder, 'server.properties')
  const logFolder = join(folder, 'log')
  writeFileSync(settings, `${serverSettings(logFolder, port, controllerPort)}${extra.join('\n')}\n`)
  const clusterId = randomBytes(16).toString('base64url')
  await run('java', ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings])
  const brokers = [`127.0.0.1:${port}`]
  const output = join(folder, 'output')
  const start = (): ChildProcess =>
    spawn('java', ['-Xmx512m', '-cp', classPath, 'kafka.Kafka', settings], {
      stdio: ['ignore', openSync(output, 'a'), openSync(output, 'a')],
    })
  let broker = start()
  const end = (): boolean => broker.kill('SIGKILL')
  process.once('exit', end)
  const stop = async (): Promise<void> => {
    process.off('exit', end)
    await ended(broker)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answers(brokers, broker, output)
  } catch (cause) {
    await stop()
    throw cause
  }
  return {
    brokers,
    pause: () => broker.kill('SIGSTOP'),
    resume: () => broker.kill('SIGCONT'),
    kill: () => ended(broker),
    shutDown: () => ended(broker, 'SIGTERM'),
    logFolder,
    restart: async () => {
      broker = start()
      await answers(brokers, broker, output)
    },
    stop,
  }
}

/** For tests that look at a broker or make its topics. Says nothing of what it tries again. */
export function kafkaClient({ brokers }: Pick<KafkaBroker, 'brokers'>): Kafka {
  return new kafkajs.Kafka({ brokers: [...brokers], clientId: 'eastwest-tests', logLevel: kafkajs.logLevel.NOTHING })
}

function serverSettings(logs: string, port: number, controllerPort: number): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
log.dirs=${logs}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
`
}

async function answers(brokers: readonly string[], broker: ChildProcess, output: string): Promise<void> {
  const admin = kafkaClient({ brokers }).admin({ retry: { retries: 0 } })
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
