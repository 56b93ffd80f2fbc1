// A receiver of topics ends when it is told to, whatever of a topic is its own.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { temporaryLog } from '../../../test/support/temporary-log.ts'
import { until } from '../../../test/support/until.ts'
import type { Log } from '../../log/log.ts'
import { openMessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { scrubSettings } from '../../scrub/settings.ts'
import { openKafkaReceiver } from './kafka-receiver.ts'
import { kafkaReceiverSettings } from './settings.ts'

const temporary = temporaryLog()
let log: Log

beforeEach(async () => {
  log = await temporary.open()
})

afterEach(async () => {
  await log.close()
  temporary.remove()
})

it('that has none of the partitions of a topic', async () => {
  const settings = scrubSettings.parse({})
  const scrubber = openScrubber({ id: 'test', secret: new Uint8Array(32) }, settings)
  let isAsked = false
  const receiver = openKafkaReceiver({
    settings: kafkaReceiverSettings.parse({ topics: [{ topic: 't' }] }),
    log,
    scrubber,
    messages: openMessageScrubber(scrubber, settings),
    limits: { records: 10, depth: 10, keys: 10, lineBytes: 1_000 },
    formats: new Set(),
    isOurs: () => false,
    openReading: () => ({
      facts: async () => {
        isAsked = true
        return { id: 'i', partitions: 3 }
      },
      bounds: async () => ({ firstOffset: 0, nextOffset: 0 }),
      add: () => expect.fail('a partition of others is read'),
      close: async () => undefined,
    }),
    pressure: () => false,
    turns: () => expect.fail('nothing was read'),
    onReceived: () => undefined,
    onMissed: () => undefined,
    noteLost: () => expect.fail('nothing was read'),
    onTrouble: () => undefined,
    onFailure: (cause) => expect.fail(String(cause)),
    // The next look at the topic is far away.
    wait: () => new Promise(() => undefined),
  })
  await until(() => isAsked, 'the topic is looked at')
  await receiver.close()
})
