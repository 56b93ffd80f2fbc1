// Every threshold of refund-burst, with its default, meaning and unit.

import { z } from 'zod'
import { severities } from '../../schemas/findings.ts'

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const ms = (description: string) => z.int().min(1).meta({ description, unit: 'ms' })
const severity = (description: string) => z.enum(severities).meta({ description })
const minorUnits = (description: string) => z.int().min(0).meta({ description, unit: 'minor unit of the currency' })
const currency = (description: string) =>
  z
    .string()
    .regex(/^[A-Z]{3}$/)
    .meta({ description })

const rung = z.strictObject({
  refunds: z.int().min(2).meta({ description: 'distinct refunds from which the rung holds', unit: 'refunds' }),
  withinMs: ms('closed window of event time they lie in').max(7 * dayMs),
  severity: severity('severity of the alert when the rung holds'),
})

const exception = z.strictObject({
  workload: z.string().min(1).meta({
    description:
      'verified identity of the calling workload, or name of the reporting workload; an address never counts',
  }),
  route: z.string().min(1).meta({ description: 'route template that the job calls, exactly' }),
  ticket: z.string().min(1).max(80).meta({ description: 'ticket under which it was agreed' }),
  expiresAt: z.iso
    .datetime({ precision: 0 })
    .meta({ description: 'instant, in event time, from which it no longer holds' }),
  author: z.string().min(1).max(80).meta({ description: 'who asked for it' }),
  reason: z.string().min(1).max(200).meta({ description: 'why it is expected' }),
})

export const refundBurstSettings = z.strictObject({
  actions: z
    .array(z.string().min(1))
    .default(['refund'])
    .meta({ description: 'values of `action` that are refunds; chargebacks and reversals by the bank are not' }),
  ladder: z
    .array(rung)
    .max(8)
    .default([
      { refunds: 3, withinMs: 6 * secondMs, severity: 'high' },
      { refunds: 5, withinMs: 10 * minuteMs, severity: 'high' },
      { refunds: 8, withinMs: dayMs, severity: 'medium' },
    ])
    .meta({ description: 'rungs of the burst, each judged over the closed window that ends at an event' }),
  minPayments: z
    .int()
    .min(1)
    .default(2)
    .meta({ description: 'distinct payments below which a burst is info: parts of one order', unit: 'payments' }),
  minBeneficiaries: z
    .int()
    .min(2)
    .default(2)
    .meta({ description: 'distinct beneficiaries that an actor, instrument or device must reach', unit: 'users' }),
  attemptSeverity: severity('severity of the same ladder over declined refunds').default('medium'),
  duplicateSeverity: severity('severity of a second payout of the same payment and amount').default('medium'),
  repeatsCount: z
    .boolean()
    .default(false)
    .meta({ description: 'true: a second payout counts again in the burst; false: it and the first count once' }),
  sameAmountMs: ms('how long the same payment, amount and currency without an id of their own are one refund').default(
    dayMs,
  ),
  sameRefundMs: ms('how long a refund id or idempotency key names one refund: from acceptance to settlement').default(
    10 * dayMs,
  ),
  agents: z
    .strictObject({
      actors: z.array(z.string().min(1)).default([]).meta({ description: 'actors who refund for a living, by id' }),
      roles: z.array(z.string().min(1)).default([]).meta({ description: 'roles of such actors' }),
      maxPerMinute: z.int().min(1).default(30).meta({
        description: 'refunds that an agent may make; the ladder does not apply to them',
        unit: 'refunds/min',
      }),
      severity: severity('severity when an agent makes more').default('high'),
    })
    .prefault({})
    .meta({ description: 'support agents: their own limit on the actor key, nothing changes for beneficiaries' }),
  sandboxEnvironments: z
    .array(z.string().min(1))
    .default(['sandbox', 'test'])
    .meta({ description: 'values of `environment`, in lower case, in which refunds are never more than info' }),
  exceptions: z
    .array(exception)
    .max(100)
    .default([])
    .meta({ description: 'agreed bulk jobs; what they suppress is counted on the alert' }),
  valueSum: z
    .strictObject({
      limitMinor: minorUnits('sum of refunds in the window from which it is a finding; 0: off').default(0),
      currency: currency('currency of the limit; other currencies do not count towards it').default('XXX'),
      withinMs: ms('closed window of event time')
        .max(7 * dayMs)
        .default(10 * minuteMs),
      severity: severity('severity when the sum is reached').default('high'),
    })
    .prefault({})
    .meta({ description: 'another rung: money instead of number' }),
  largeTotal: z
    .strictObject({
      limitMinor: minorUnits('total of a burst from which its severity is one step higher; 0: off').default(0),
      currency: currency('currency of the limit').default('XXX'),
    })
    .prefault({})
    .meta({ description: 'a large sum raises a burst by one step, never by more' }),
  slotMs: ms('period whose findings share one alert').default(hourMs),
  quietMs: ms('longest pause over which an alert continues the one of the period before').default(10 * minuteMs),
  maxEntries: z
    .int()
    .min(64)
    .max(4_096)
    .default(1_024)
    .meta({ description: 'refunds, and apart from them declined ones, kept for each key', unit: 'events' }),
})

export type RefundBurstSettings = z.infer<typeof refundBurstSettings>

/** What follows from the settings, worked out once. */
export interface Reach {
  /** Longest window of any rung, ms. */
  readonly longestWindowMs: number
  /** How far before the newest safe event time anything can still bear on a verdict that may change, ms. */
  readonly horizonMs: number
  /** Fewest refunds at which any rung holds. */
  readonly fewestRefunds: number
}

const reaches = new WeakMap<RefundBurstSettings, Reach>()

export function reachOf(settings: RefundBurstSettings): Reach {
  const known = reaches.get(settings)
  if (known !== undefined) return known
  const { ladder, valueSum, agents, sameRefundMs, sameAmountMs, slotMs } = settings
  const longestWindowMs = Math.max(60_000, valueSum.withinMs, ...ladder.map(({ withinMs }) => withinMs))
  const reach = {
    longestWindowMs,
    horizonMs: 2 * (sameRefundMs + sameAmountMs) + longestWindowMs + 2 * slotMs,
    fewestRefunds:
      valueSum.limitMinor > 0 ? 1 : Math.min(agents.maxPerMinute + 1, ...ladder.map(({ refunds }) => refunds)),
  }
  reaches.set(settings, reach)
  return reach
}
