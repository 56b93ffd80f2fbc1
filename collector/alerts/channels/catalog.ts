// Every kind of channel there is: to add one, write its file and its settings, and add its line to both lists.

import { z } from 'zod'
import type { Channel, ChannelPorts } from './channel.ts'
import { openWebhook } from './webhook.ts'
import { webhookSettings } from './webhook-settings.ts'

export const channelSettings = z.discriminatedUnion('type', [webhookSettings])

export type ChannelSettings = z.infer<typeof channelSettings>

export function openChannel(name: string, settings: ChannelSettings, ports: ChannelPorts): Channel {
  switch (settings.type) {
    case 'webhook':
      return openWebhook(name, settings, ports)
    default:
      return settings.type satisfies never
  }
}
