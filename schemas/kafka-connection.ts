// How a Kafka cluster is reached: settings that whoever connects to one has in common.

import { z } from 'zod'

const address = z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'a broker is given as host:port')

export const kafkaConnectionFields = {
  brokers: z.array(address).min(1).describe('Brokers to begin with, each as `host:port`.'),
  clientId: z.string().min(1).max(200).default('eastwest').describe('Name by which brokers know the collector.'),
  tls: z
    .boolean()
    .default(false)
    .describe('Connections are encrypted, and the brokers’ certificates checked by the authorities that Node knows.'),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('How the collector signs in.'),
      username: z.string().min(1).describe('User at the brokers.'),
      password: z.string().min(1).describe('Password at the brokers.'),
    })
    .optional()
    .describe('Left out: the brokers ask for no sign-in.'),
} as const

export const kafkaConnectionSettings = z.strictObject(kafkaConnectionFields)

export type KafkaConnectionSettings = z.infer<typeof kafkaConnectionSettings>
