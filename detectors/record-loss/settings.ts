// Settings of record-loss: how grave a loss is, and where it is none.

import { z } from 'zod'
import { severities } from '../../schemas/findings.ts'

const dayMs = 86_400_000

export const recordLossSettings = z.strictObject({
  severity: z.enum(severities).default('high').meta({ description: 'how grave lost records are' }),
  tolerated: z.array(z.string().min(1).max(300)).max(1_000).default([]).meta({
    description: 'topics whose records may go before they are read: their loss is no more than information',
  }),
  slotMs: z
    .int()
    .min(60_000)
    .max(30 * dayMs)
    .default(dayMs)
    .meta({ description: 'period whose losses of one partition share one alert', unit: 'ms' }),
  losses: z
    .int()
    .min(16)
    .max(4_096)
    .default(256)
    .meta({ description: 'stretches of one partition kept of a period; what is more is counted', unit: 'stretches' }),
})

export type RecordLossSettings = z.infer<typeof recordLossSettings>
