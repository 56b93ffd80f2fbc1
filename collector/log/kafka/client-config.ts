// The library's configuration, from ours.

import kafkajs, { type KafkaConfig, type SASLOptions } from 'kafkajs'
import type { KafkaConnectionSettings } from '../../../schemas/kafka-connection.ts'

/** A line of the library's own log. */
export type ClientLogLine = (message: string, facts: Readonly<Record<string, unknown>>) => void

export type ClientConfig = Pick<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl'> &
  Required<Pick<KafkaConfig, 'logLevel' | 'logCreator'>>

export function clientConfig(
  { brokers, clientId, tls, sasl }: KafkaConnectionSettings,
  onLine: ClientLogLine,
): ClientConfig {
  return {
    brokers: [...brokers],
    clientId,
    ssl: tls,
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }), // one mechanism with its user, as the settings hold them
    logLevel: kafkajs.logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, timestamp: _, logger: __, ...facts } }) =>
        onLine(message, facts),
  }
}
