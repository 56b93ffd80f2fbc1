// Whether a broker speaks what we speak: the library never looks at the oldest version that a broker still takes.

import { LogError } from '../log.ts'

/** By number of the request, as the broker tells them. */
export type BrokerVersions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>

interface Spoken {
  readonly key: number
  readonly name: string
  /** The newest that we speak. */
  readonly newest: number
  /** The oldest: requests of our own have one version only, and the library goes down to its first. */
  readonly oldest: number
}

/** Kafka's numbers (kafka.apache.org/protocol), and what kafkajs 2.2.4 and our own requests speak of them. */
const spoken: readonly Spoken[] = [
  { key: 0, name: 'Produce', oldest: 3, newest: 7 },
  { key: 1, name: 'Fetch', oldest: 11, newest: 11 },
  { key: 2, name: 'ListOffsets', oldest: 1, newest: 3 },
  { key: 3, name: 'Metadata', oldest: 10, newest: 10 },
  { key: 3, name: 'Metadata', oldest: 0, newest: 6 },
  { key: 17, name: 'SaslHandshake', oldest: 0, newest: 1 },
  { key: 22, name: 'InitProducerId', oldest: 0, newest: 1 },
  { key: 36, name: 'SaslAuthenticate', oldest: 0, newest: 1 },
]

/** @throws LogError that names the first request the broker and we have no version of in common */
export function refuseUnspoken(broker: string, versions: BrokerVersions): void {
  for (const { key, name, oldest, newest } of spoken) {
    const theirs = versions[key]
    if (theirs !== undefined && theirs.minVersion <= newest && theirs.maxVersion >= oldest) continue
    const found = theirs === undefined ? 'none' : `${theirs.minVersion} to ${theirs.maxVersion}`
    const isOlder = theirs === undefined || theirs.maxVersion < oldest
    const message =
      `broker ${broker} is too ${isOlder ? 'old' : 'new'}: of ${name} requests it takes versions ${found}, and we send ` +
      `${oldest === newest ? newest : `${oldest} to ${newest}`}; Kafka 3.9 to 4.1 is what we are tested with`
    throw new LogError('ERR_LOG_IO', message, false)
  }
}
