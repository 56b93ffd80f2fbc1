// Settings of the Kafka receiver: which topics of others are read, and as what.

import { z } from 'zod'
import { kafkaConnectionSettings } from '../../../schemas/kafka-connection.ts'

export const sourceTopicSettings = z.strictObject({
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, 'a topic has letters, digits, dots, dashes and underscores')
    .describe('A topic that belongs to others; it is only read.'),
  source: z.string().max(200).default('').describe('Name of the source; the topic’s when empty.'),
  format: z
    .string()
    .default('auto')
    .describe('Id of the decoder, or auto. A record whose header `format` names a decoder is read by that one.'),
  tenant: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .optional()
    .describe('Tenant of what it holds. Left out: `tenant`.'),
  from: z.enum(['start', 'end']).default('start').describe('Where a partition that was never read begins.'),
})

export const kafkaReceiverSettings = z
  .strictObject({
    connection: kafkaConnectionSettings
      .optional()
      .describe('The cluster that holds the topics. Left out: the one of `log.kafka`.'),
    topics: z.array(sourceTopicSettings).max(100).default([]).describe('Topics to read.'),
    refreshMs: z
      .int()
      .min(100)
      .max(3_600_000)
      .default(10_000)
      .describe('How often topics are looked at for new partitions, and for being the same topics still. Unit: ms.'),
    lineBytes: z
      .int()
      .min(1024)
      .max(16 * 1024 * 1024)
      .default(1024 * 1024)
      .describe('Longest single record; a longer one goes to quarantine. Unit: bytes.'),
    inflatedBytes: z
      .int()
      .min(1024 ** 2)
      .max(1024 ** 3)
      .default(64 * 1024 ** 2)
      .describe('What a compressed batch may inflate to; larger ones go to quarantine. Unit: bytes.'),
    aheadBytes: z
      .int()
      .min(64 * 1024)
      .max(1024 ** 3)
      .default(1024 ** 2)
      .describe('Fetched ahead of what is taken, a partition. Unit: bytes.'),
  })
  .prefault({})

export type SourceTopicSettings = z.infer<typeof sourceTopicSettings>
export type KafkaReceiverSettings = z.infer<typeof kafkaReceiverSettings>
