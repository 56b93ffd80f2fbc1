// Settings of the log on Kafka.

import { z } from 'zod'
import { kafkaConnectionFields } from '../../../schemas/kafka-connection.ts'

export const kafkaSettings = z.strictObject({
  ...kafkaConnectionFields,
  topicPrefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,100}$/)
    .default('eastwest.')
    .describe('Before the names of our own topics: `eastwest.ingest`, `eastwest.alerts` …'),
  replicationFactor: z.int().min(1).max(32).default(3).describe('Copies of each of our own topics.'),
  minInsyncReplicas: z
    .int()
    .min(1)
    .max(32)
    .default(2)
    .describe('Copies that must hold a record before it is acknowledged.'),
  batchBytes: z
    .int()
    .min(64 * 1024)
    .max(64 * 1024 ** 2)
    .default(4 * 1024 ** 2)
    .describe('Largest batch that our own topics take. Unit: bytes.'),
  inflatedBytes: z
    .int()
    .min(1024 ** 2)
    .max(1024 ** 3)
    .default(64 * 1024 ** 2)
    .describe('What a compressed batch may inflate to; larger ones are put aside. Unit: bytes.'),
  partitions: z
    .strictObject({
      ingest: z.int().min(1).max(4_096).default(4).describe('Of `ingest`: as many processes can normalize at most.'),
      keyed: z
        .int()
        .min(1)
        .max(256)
        .default(4)
        .describe(
          'Of `keyed` and `snapshots`: as many processes can detect at most. It cannot be changed while there is state.',
        ),
      findings: z
        .int()
        .min(1)
        .max(256)
        .default(2)
        .describe(
          'Of `findings`, `alerts` and `deliveries`: as many processes can deliver at most. It cannot be changed.',
        ),
    })
    .optional()
    .describe(
      'Partitions of our own topics where roles share the work (`run --roles`); left out: one collector, one each.',
    ),
  giveUpMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(30_000)
    .describe('How long an append is tried before its sender is told to send again. Unit: ms.'),
})

export type KafkaSettings = z.infer<typeof kafkaSettings>
