// Settings of the alerts room: when alerts are told again and closed, the channels, and the routes to them.

import { z } from 'zod'
import { keyspaces, severities } from '../../schemas/findings.ts'
import { channelSettings } from './channels/catalog.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const patterns = (what: string) =>
  z
    .array(z.string().min(1).max(1_000))
    .max(1_000)
    .default([])
    .describe(`${what} \`*\` stands for any characters. Empty: all.`)

const routeSettings = z.strictObject({
  match: z
    .strictObject({
      severity: z.enum(severities).default('low').describe('Least severity.'),
      detectors: patterns('Detectors, such as `refund-burst`.'),
      rules: patterns('Rules of a detector, such as `duplicate-refund`.'),
      keyspaces: z.array(z.enum(keyspaces)).default([]).describe('What kind of entity the alert is about. Empty: all.'),
      entities: patterns('Keys or names of entities, such as `USR-*`.'),
      labels: z
        .record(z.string(), z.string().max(1_000))
        .default({})
        .describe('Labels that the alert must carry, with a pattern for each value; all must match.'),
      realms: patterns('Realms, such as `live` or `exercise:*`.'),
      tenants: patterns('Tenants.'),
    })
    .prefault({})
    .describe('What an alert must be to take this route; all that is given must fit.'),
  channels: z.array(z.string()).min(1).max(100).describe('Names of the channels that are told.'),
})

export type Route = z.infer<typeof routeSettings>

const channelName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
const badName = 'a channel is named in lower-case letters, digits and hyphens, such as "on-call"'

export const alertsSettings = z
  .strictObject({
    channels: z
      .record(channelName, channelSettings, { error: ({ code }) => (code === 'invalid_key' ? badName : undefined) })
      .default({})
      .describe('Ways out for alerts, by name. None: alerts are stored and shown, and sent nowhere.'),
    routes: z
      .array(routeSettings)
      .max(1_000)
      .default([])
      .describe('Which alerts go to which channels. None: every channel hears of everything from low up.'),
    matching: z
      .enum(['all', 'first'])
      .default('all')
      .describe('Whether an alert takes all the routes that match it, or only the first.'),
    quietMs: z
      .int()
      .min(0)
      .max(dayMs)
      .default(10 * minuteMs)
      .describe('Event time without a finding after which the next one is told again. Unit: milliseconds.'),
    closeAfterMs: z
      .int()
      .min(minuteMs)
      .max(365 * dayMs)
      .default(dayMs)
      .describe('Time without change after which an open alert closes by itself. Unit: milliseconds.'),
    retryForMs: z
      .int()
      .min(0)
      .max(30 * dayMs)
      .default(72 * hourMs)
      .describe('How long a notification is retried before it becomes a dead letter. Unit: milliseconds.'),
    forgetAfterMs: z
      .int()
      .min(dayMs)
      .default(30 * dayMs)
      .describe(
        'How long closed and withdrawn alerts, and dead letters, are kept at hand for revision; the store keeps them longer. Unit: milliseconds.',
      ),
    maxAlerts: z
      .int()
      .min(100)
      .max(10_000_000)
      .default(100_000)
      .describe(
        'Most alerts kept at hand, about 300 bytes of memory each. Beyond, the longest unchanged are forgotten, counted.',
      ),
  })
  .prefault({})
  .superRefine((settings, context) => {
    const known = Object.keys(settings.channels)
    settings.routes.forEach(({ channels }, route) => {
      channels.forEach((name, index) => {
        if (known.includes(name)) return
        const message = `no channel is named "${name}"; known: ${known.length === 0 ? 'none' : known.join(', ')}`
        context.addIssue({ code: 'custom', path: ['routes', route, 'channels', index], message })
      })
    })
  })

export type AlertsSettings = z.infer<typeof alertsSettings>
