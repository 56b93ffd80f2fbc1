// The jars of a Kafka broker.

import { jarsOf } from '../maven-jars.ts'

const version = '4.1.0'

/** Class path of the broker. Rejects with what to install where Java or Maven are missing. */
export function kafkaClassPath(): Promise<string> {
  return jarsOf(
    `kafka-${version}`,
    [
      ['org.apache.kafka', 'kafka_2.13', version],
      ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.24.3'],
    ],
    'tests against Kafka need a broker, which KAFKA_BROKERS may name',
  )
}
