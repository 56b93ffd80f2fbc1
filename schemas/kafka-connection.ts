// How a Kafka cluster is reached: settings that whoever connects to one has in common.

import { z } from 'zod'

const address = z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'a broker is given as host:port')

const pem = z.string().regex(/-----BEGIN [A-Z ]+-----/, 'a text in PEM, as ${file:/path/to/it.pem} gives it')

const tlsSettings = z
  .strictObject({
    authorities: pem
      .optional()
      .describe('Certificates of the authorities that brokers are checked by, PEM. Left out: those that Node knows.'),
    certificate: pem.optional().describe('Our certificate, for brokers that ask for one, PEM.'),
    key: pem.optional().describe('Its key, PEM, without a password.'),
  })
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
    error: 'certificate and key go together',
  })

const userSettings = z.strictObject({
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('How the collector signs in.'),
  username: z.string().min(1).describe('User at the brokers.'),
  password: z.string().min(1).describe('Password at the brokers.'),
})

const tokenSettings = z.strictObject({
  mechanism: z.literal('oauthbearer').describe('With a token of an authorization server.'),
  tokenUrl: z.url({ protocol: /^https?$/ }).describe('Where the server gives tokens.'),
  clientId: z.string().min(1).describe('Our client there, which may have tokens by `client_credentials`.'),
  clientSecret: z.string().min(1).describe('Its secret.'),
  scope: z.string().default('').describe('Scope asked for; none when empty.'),
})

export const kafkaConnectionFields = {
  brokers: z.array(address).min(1).describe('Brokers to begin with, each as `host:port`.'),
  clientId: z.string().min(1).max(200).default('eastwest').describe('Name by which brokers know the collector.'),
  tls: z
    .union([z.boolean(), tlsSettings])
    .default(false)
    .describe(
      'true: connections are encrypted, and brokers checked by the authorities that Node knows; or what differs.',
    ),
  sasl: z
    .discriminatedUnion('mechanism', [userSettings, tokenSettings])
    .optional()
    .describe('Left out: the brokers ask for no sign-in.'),
} as const

export const kafkaConnectionSettings = z.strictObject(kafkaConnectionFields)

export type KafkaConnectionSettings = z.infer<typeof kafkaConnectionSettings>
export type KafkaTokenSettings = z.infer<typeof tokenSettings>
