// Tests a channel by its name.

import { type OpenChannelsOptions, openChannels } from './open-channels.ts'
import type { OutboxChannel } from './outbox.ts'
import { sendTestMessage, type TestOutcome, type TestPorts } from './test-message.ts'

/** Rejects nothing: an unknown name is an outcome too. */
export async function testChannel(
  name: string,
  channels: ReadonlyMap<string, OutboxChannel>,
  ports: TestPorts,
): Promise<TestOutcome> {
  const found = channels.get(name)
  if (found !== undefined) return sendTestMessage(name, found.channel, found.timeoutMs, ports)
  const known =
    channels.size === 0 ? 'there are none: add one under "alerts.channels"' : [...channels.keys()].join(', ')
  return { delivered: false, text: `no channel is named "${name}"; channels: ${known}` }
}

/** The same where nobody has opened them. */
export async function testChannelAlone(name: string, options: OpenChannelsOptions & TestPorts): Promise<TestOutcome> {
  const channels = openChannels(options)
  try {
    return await testChannel(name, channels, options)
  } finally {
    await Promise.all([...channels.values()].map(({ channel }) => channel.close()))
  }
}
