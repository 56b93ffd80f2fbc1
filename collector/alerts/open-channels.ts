// The channels that the settings name, opened, and a test of one of them.

import { openChannel } from './channels/catalog.ts'
import type { ChannelPorts } from './channels/channel.ts'
import type { OutboxChannel } from './outbox.ts'
import type { AlertsSettings } from './settings.ts'
import { sendTestMessage, type TestOutcome, type TestPorts } from './test-message.ts'

export interface OpenChannelsOptions extends ChannelPorts {
  readonly settings: Pick<AlertsSettings, 'channels'>
}

/** By name. */
export function openChannels({ settings, resolve, schedule }: OpenChannelsOptions): Map<string, OutboxChannel> {
  return new Map(
    Object.entries(settings.channels).map(([name, channel]) => {
      const { concurrency, timeoutMs } = channel
      return [name, { channel: openChannel(name, channel, { resolve, schedule }), concurrency, timeoutMs }]
    }),
  )
}

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
