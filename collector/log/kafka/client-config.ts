// The library's configuration, from ours.

import kafkajs, { type KafkaConfig, type SASLOptions } from 'kafkajs'
import type { KafkaConnectionSettings } from '../../../schemas/kafka-connection.ts'
import { fetchToken } from './oauth-token.ts'

/** A line of the library's own log. */
export type ClientLogLine = (message: string, facts: Readonly<Record<string, unknown>>) => void

export type ClientConfig = Pick<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl' | 'requestTimeout'> &
  Required<Pick<KafkaConfig, 'logLevel' | 'logCreator'>>

export function clientConfig(
  { brokers, clientId, tls, sasl }: KafkaConnectionSettings,
  onLine: ClientLogLine,
): ClientConfig {
  return {
    brokers: [...brokers],
    clientId,
    ssl: sslOf(tls),
    ...(sasl === undefined ? {} : { sasl: saslOf(sasl) }),
    logLevel: kafkajs.logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, timestamp: _, logger: __, ...facts } }) =>
        onLine(message, facts),
  }
}

function sslOf(tls: KafkaConnectionSettings['tls']): NonNullable<KafkaConfig['ssl']> {
  if (typeof tls === 'boolean') return tls
  const { authorities, certificate, key } = tls
  return {
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  }
}

function saslOf(sasl: NonNullable<KafkaConnectionSettings['sasl']>): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl as SASLOptions // one mechanism with its user, as the settings hold them
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await fetchToken(sasl) }) }
}
