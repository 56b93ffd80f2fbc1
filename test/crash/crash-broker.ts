// The broker of a crash run over Kafka: killed now and then, with the topics of one trial.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startKafka } from '../support/kafka/kafka-broker.ts'

export interface CrashBroker {
  /** What the collector's settings say of it, as YAML. */
  readonly settings: string
  makeTopics(config: string): Promise<void>
  /** Resolves once it answers again. */
  killAndRestart(): Promise<void>
  stop(): Promise<void>
}

const main = fileURLToPath(new URL('../../collector/main.js', import.meta.url))
const run = promisify(execFile)

export async function openCrashBroker(): Promise<CrashBroker> {
  const broker = await startKafka()
  const [address = ''] = broker.brokers
  return {
    settings: `log: { kafka: { brokers: ['${address}'], replicationFactor: 1, minInsyncReplicas: 1, giveUpMs: 3000 } }\n`,
    makeTopics: async (config) => {
      await run(process.execPath, [main, 'topics', 'create', '--config', config])
    },
    killAndRestart: async () => {
      await broker.kill()
      await broker.restart()
    },
    stop: () => broker.stop(),
  }
}
