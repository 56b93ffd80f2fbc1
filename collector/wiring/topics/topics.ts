// Our own topics on the cluster that the settings name: what they have to be like, what they are, and making them.

import { type ClientConfig, clientConfig } from '../../log/kafka/client-config.ts'
import { createMissing, standingOf, type TopicStanding } from '../../log/kafka/own-topics/topic-admin.ts'
import { type WantedTopic, wantedTopics } from '../../log/kafka/own-topics/wanted.ts'
import type { KafkaSettings } from '../../log/kafka/settings.ts'
import { LogError } from '../../log/log.ts'
import { pause } from '../run/pause.ts'
import type { Settings } from '../settings/settings.ts'

export class NoCluster extends Error {
  readonly code = 'ERR_USAGE'
}

/** @throws NoCluster where the log is kept in the data folder */
export function topicsPlanned(settings: Settings['log']): readonly WantedTopic[] {
  return wantedTopics({ ...clusterOf(settings), retentionMs: settings.retentionSeconds * 1000 })
}

export async function topicsStanding(settings: Settings['log']): Promise<readonly TopicStanding[]> {
  return reached(() => standingOf(quietly(clusterOf(settings)), topicsPlanned(settings)))
}

/** Tells those that were made. */
export async function makeTopics(settings: Settings['log']): Promise<readonly WantedTopic[]> {
  const kafka = clusterOf(settings)
  const patience = {
    giveUpMs: kafka.giveUpMs,
    wait: pause,
    clock: () => performance.now(),
    random: () => Math.random(),
  }
  return reached(() => createMissing(quietly(kafka), topicsPlanned(settings), patience))
}

function clusterOf({ kafka }: Settings['log']): KafkaSettings {
  if (kafka !== undefined) return kafka
  throw new NoCluster('the settings name no cluster: log.kafka.brokers says where one is')
}

/** What fails is told once, by what is thrown. */
function quietly(kafka: KafkaSettings): ClientConfig & { readonly retry: { readonly retries: number } } {
  return { ...clientConfig(kafka, () => undefined), retry: { retries: 3 } }
}

async function reached<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new LogError('ERR_LOG_IO', `Kafka refuses, or does not answer: ${detail}`, true, { cause })
  }
}
