// The channels that the settings name, opened.

import { openChannel } from './channels/catalog.ts'
import type { ChannelPorts } from './channels/channel.ts'
import type { OutboxChannel } from './outbox.ts'
import type { AlertsSettings } from './settings.ts'

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
