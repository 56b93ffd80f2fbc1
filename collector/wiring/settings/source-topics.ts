// What cannot be right with the topics that are read: no cluster to read them from, or topics of our own.

import type { z } from 'zod'
import { topics } from '../../../schemas/topics.ts'
import type { KafkaSettings } from '../../log/kafka/settings.ts'
import type { KafkaReceiverSettings } from '../../receivers/kafka/settings.ts'

interface Concerned {
  readonly receivers: { readonly kafka: KafkaReceiverSettings }
  readonly log: { readonly kafka?: KafkaSettings | undefined }
}

export function refuseUnreadableTopics({ receivers, log }: Concerned, context: z.RefinementCtx): void {
  const { topics: sources, connection } = receivers.kafka
  if (sources.length === 0) return
  const path = ['receivers', 'kafka', 'topics']
  const refuse = (message: string, at: readonly PropertyKey[] = []): void =>
    context.addIssue({ code: 'custom', message, path: [...path, ...at] })
  if (connection === undefined && log.kafka === undefined)
    refuse('receivers.kafka.connection.brokers or log.kafka.brokers has to say where the topics are')
  for (const [index, { topic }] of sources.entries()) {
    if (sources.findIndex((other) => other.topic === topic) < index) refuse('each topic once', [index, 'topic'])
    if (connection === undefined && isOurs(topic, log.kafka))
      refuse('a topic of our own: it would be read in circles', [index, 'topic'])
  }
}

function isOurs(topic: string, kafka: KafkaSettings | undefined): boolean {
  return Object.keys(topics).some((name) => topic === `${kafka?.topicPrefix ?? ''}${name}`)
}
