// What people may ask the API to decide, and what it answers.

import { z } from 'zod'
import { alertSchema } from '../alerts.ts'
import { authorSchema, noteSchema } from '../decision.ts'

/** Where a decision holds. */
export const scopeQuery = z.strictObject({
  tenant: z.string().min(1).max(63).optional().describe('Tenant; that of the settings unless given.'),
  realm: z.string().min(1).max(100).default('live').describe('Realm: `live`, or `exercise:<run>`.'),
})
export type ScopeQuery = z.output<typeof scopeQuery>

const coordinate = z.strictObject({
  topic: z.string(),
  incarnation: z.string(),
  partition: z.int(),
  offset: z.int(),
})

export const closeReply = z.strictObject({
  alert: alertSchema,
  applied: z.boolean().meta({
    description:
      'False: the decision is durable, and judging has not reached it yet: the alert will close, if it is still held for revision.',
  }),
})

export const edgeReply = z.strictObject({
  at: z.string().meta({ description: 'When it was decided: it holds for calls stamped more than two seconds later.' }),
  coordinate,
  warnings: z.array(z.string()),
})

export const exceptionsReply = z.strictObject({
  exceptions: z.array(
    z.strictObject({
      detector: z.string(),
      entity: z.string(),
      rule: z.string(),
      author: z.string(),
      reason: z.string(),
      expires: z.string(),
      expired: z.boolean().meta({ description: 'By the collector’s clock.' }),
      ate: z.int().meta({ description: 'Findings eaten since the collector started.' }),
      lastAteAt: z.string().meta({ description: 'When the newest of them happened; empty: none.' }),
    }),
  ),
})
export type ExceptionsReply = z.infer<typeof exceptionsReply>

export const reloadBody = z.strictObject({ by: authorSchema, note: noteSchema.default('settings read again') })

export const reloadReply = z.strictObject({
  applied: z.array(z.string()).meta({ description: 'Settings that changed at once.' }),
  waiting: z.array(z.string()).meta({ description: 'Settings that differ and change with the next start.' }),
})
export type ReloadReply = z.infer<typeof reloadReply>
