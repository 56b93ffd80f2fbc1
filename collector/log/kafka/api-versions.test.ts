// A broker that takes nothing of what we send is refused by name before anything is sent.

import { describe, expect, it } from 'vitest'
import { type BrokerVersions, refuseUnspoken } from './api-versions.ts'

/** Of Kafka 4.1.0, as its protocol schemas have them. */
const kafka41: BrokerVersions = {
  0: { minVersion: 3, maxVersion: 13 },
  1: { minVersion: 4, maxVersion: 18 },
  2: { minVersion: 1, maxVersion: 10 },
  3: { minVersion: 0, maxVersion: 13 },
  17: { minVersion: 0, maxVersion: 1 },
  22: { minVersion: 0, maxVersion: 5 },
  36: { minVersion: 0, maxVersion: 2 },
}

describe('a broker', () => {
  it('is taken where one version of each request is common', () => {
    expect(() => refuseUnspoken('kafka-1:9092', kafka41)).not.toThrow()
  })

  it.each([
    [
      'has dropped what we send',
      { 1: { minVersion: 12, maxVersion: 20 } },
      /is too new: of Fetch requests it takes versions 12 to 20, and we send 11/,
    ],
    [
      'has dropped what the library sends',
      { 3: { minVersion: 7, maxVersion: 15 } },
      /too new: of Metadata requests .* 7 to 15, and we send 0 to 6/,
    ],
    [
      'does not know it yet',
      { 3: { minVersion: 0, maxVersion: 9 } },
      /is too old: of Metadata requests it takes versions 0 to 9, and we send 10/,
    ],
  ])('is refused where it %s', (_, changed: BrokerVersions, message) => {
    expect(() => refuseUnspoken('kafka-1:9092', { ...kafka41, ...changed })).toThrow(message)
  })

  it('is refused where it knows no producers that may repeat', () => {
    const { 22: _, ...older } = kafka41
    expect(() => refuseUnspoken('kafka-1:9092', older)).toThrow(
      /too old: of InitProducerId requests it takes versions none/,
    )
  })
})
