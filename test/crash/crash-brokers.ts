// The three brokers of a crash run over Kafka, with the topics of one trial: one is killed or stands still now and then.

import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startCluster } from '../support/kafka/kafka-broker.ts'

export interface CrashBrokers {
  /** Each as `host:port`. */
  readonly brokers: readonly string[]
  /** What the collector's settings say of them, as YAML. */
  readonly settings: string
  makeTopics(config: string): Promise<void>
  /** One of them in turn; resolves once it answers again. */
  killOne(): Promise<void>
  /** One of them in turn, for longer than the others take it for alive. */
  pauseOne(): Promise<void>
  stop(): Promise<void>
}

const main = fileURLToPath(new URL('../../collector/main.js', import.meta.url))
const run = promisify(execFile)
const brokers = 3
const pauseMs = 5_000

export async function openCrashBrokers(): Promise<CrashBrokers> {
  const cluster = await startCluster(brokers)
  let turn = 0
  const next = () => {
    const node = cluster.nodes[turn++ % brokers]
    if (node === undefined) throw new RangeError('a cluster has a node for each turn')
    return node
  }
  const addresses = cluster.brokers.map((address) => `'${address}'`).join(', ')
  return {
    brokers: cluster.brokers,
    settings: `log: { kafka: { brokers: [${addresses}], replicationFactor: 3, minInsyncReplicas: 2, giveUpMs: 3000 } }\n`,
    makeTopics: async (config) => {
      await run(process.execPath, [main, 'topics', 'create', '--config', config])
    },
    killOne: async () => {
      const node = next()
      await node.kill()
      await node.restart()
    },
    pauseOne: async () => {
      const node = next()
      node.pause()
      await pause(pauseMs)
      node.resume()
    },
    stop: () => cluster.stop(),
  }
}
