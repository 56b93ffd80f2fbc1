// The body of a webhook, as receivers are promised it.

import { z } from 'zod'
import { alertSchema } from './alerts.ts'

export const webhookTypes = ['alert.opened', 'alert.updated', 'alert.withdrawn', 'alert.closed'] as const
export type WebhookType = (typeof webhookTypes)[number]

/** A body stays under this many bytes of UTF-8. */
export const maxWebhookBytes = 20_000

export const webhookMessageSchema = z
  .strictObject({
    type: z.enum(webhookTypes).meta({ description: 'what happened to the alert' }),
    timestamp: z.iso.datetime({ precision: 3 }).meta({
      description: 'append time of the event, or time of the decision, that caused it; RFC 3339, UTC',
    }),
    transition: z
      .string()
      .regex(/^(opened|reopened|severity:.+|rung:.+|continued-after-quiet|withdrawn|closed)$/s)
      .meta({ description: 'the same more exactly: which severity or rung was reached' }),
    trimmed: z.boolean().meta({ description: 'true: texts or lists of `data` were cut to keep the body under 20 kB' }),
    data: alertSchema,
  })
  .meta({
    title: 'eastwest webhook',
    description: 'Standard Webhooks 1.0.0 body; drop repeats by the `webhook-id` header',
  })

export type WebhookMessage = z.infer<typeof webhookMessageSchema>

/** JSON Schema (2020-12) of the body, for receivers. */
export function webhookJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(webhookMessageSchema) }
}
