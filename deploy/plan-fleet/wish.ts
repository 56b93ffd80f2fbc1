// What a fleet shall carry: asked for by whoever plans, everything but the rate with a default.

import { z } from 'zod'

export const wishSchema = z.strictObject({
  eventsPerSecond: z.coerce.number().int().min(1).max(100_000_000).describe('Events at the busiest time. Unit: 1/s.'),
  bytesPerEvent: z.coerce.number().int().min(50).max(100_000).default(1_100).describe('Of a record. Unit: bytes.'),
  retentionDays: z.coerce.number().int().min(1).max(3_650).default(30).describe('How long rows stay. Unit: days.'),
  logHours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 90)
    .default(24)
    .describe(
      'How long the log keeps records: as long as an outage may last, and as far back as states are rebuilt. Unit: hours.',
    ),
  busyShare: z.coerce
    .number()
    .min(0.1)
    .max(0.9)
    .default(0.6)
    .describe('Of a core that a role uses at that rate; the rest catches up after an outage.'),
  heaviestKeyShare: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Of all events, those of the heaviest single key, such as an ingress gateway as caller.'),
  tokensPerEvent: z.coerce
    .number()
    .min(0)
    .max(1_000)
    .default(5)
    .describe('Live access tokens for each event a second.'),
})

export type Wish = z.infer<typeof wishSchema>
