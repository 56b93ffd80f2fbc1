// Settings that the processes of one fleet share, over a broker and a store, and the topics that these name.

import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KafkaSettings } from '../../collector/log/kafka/settings.ts'
import { runCommand } from './command.ts'
import type { KafkaBroker } from './kafka/kafka-broker.ts'
import type { TestStore } from './store.ts'

export interface FleetOptions {
  readonly broker: Pick<KafkaBroker, 'brokers'>
  readonly store: Pick<TestStore, 'child'>
  readonly partitions: NonNullable<KafkaSettings['partitions']>
  /** Other settings of the log; one copy of each topic unless they say more. */
  readonly kafka?: Partial<KafkaSettings>
  /** Of the store. */
  readonly batchMs?: number
  /** Other sections of the settings. */
  readonly more?: object
}

/** The topics are its own, and are made. */
export async function openFleetSettings({
  broker,
  store,
  partitions,
  kafka,
  batchMs,
  more,
}: FleetOptions): Promise<object> {
  const settings = {
    log: {
      kafka: {
        brokers: broker.brokers,
        topicPrefix: `${randomUUID()}.`,
        replicationFactor: 1,
        minInsyncReplicas: 1,
        partitions,
        ...kafka,
      },
    },
    store: { url: store.child.url, ...store.child.writer, ...(batchMs === undefined ? {} : { batchMs }) },
    ...more,
  }
  const folder = mkdtempSync(join(tmpdir(), 'eastwest-fleet-'))
  const config = join(folder, 'settings.yaml')
  writeFileSync(config, JSON.stringify(settings))
  const { code, stderr } = await runCommand(['topics', 'create', '--config', config])
  rmSync(folder, { recursive: true, force: true })
  if (code !== 0) throw new Error(`the topics were not made: ${stderr}`)
  return settings
}
