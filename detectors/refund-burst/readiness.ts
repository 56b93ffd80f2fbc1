// What refund events must carry for refund-burst to fire, and what to add where they do not.

import type { Need, Readiness } from '../engine/detector.ts'
import type { RefundBurstSettings } from './settings.ts'

const field = (need: string, audit: string, event: string, effect: string): Need<RefundBurstSettings>['hint'] => {
  return (format) => {
    const where =
      format === 'audit-line' ? `as \`${audit}=\`` : format === 'eastwest-event' ? `as \`${event}\`` : `(\`${audit}\`)`
    return `${effect}: log ${need} ${where}`
  }
}

export const refundBurstReadiness: Readiness<RefundBurstSettings> = {
  kinds: ['action'],
  concerns: ({ action }, { actions }) => actions.includes(action),
  needs: [
    {
      name: 'beneficiary',
      essential: true,
      met: ({ subject }) => subject !== '',
      hint: field('who gets the money', 'user_id', 'subject', 'no burst of one user can be seen'),
    },
    {
      name: 'payment or order',
      met: ({ payment }) => payment !== '',
      hint: field('the payment or order', 'order', 'payment', 'a burst is never more than info'),
    },
    {
      name: 'refund id or idempotency key',
      met: ({ operationId, idempotencyKey }) => operationId !== '' || idempotencyKey !== '',
      hint: field(
        'the refund’s own id or idempotency key',
        'refund_id',
        'operationId',
        'retries are told by payment and amount only, and second payouts cannot be seen',
      ),
    },
    {
      name: 'amount',
      met: ({ currency }) => currency !== '',
      hint: field('the amount', 'amount', 'amountMinor', 'totals and second payouts cannot be told'),
    },
    {
      name: 'outcome',
      met: ({ outcome, httpStatus }) => outcome !== '' || httpStatus >= 0,
      hint: field(
        'what became of it',
        'status',
        'outcome',
        'every record counts as paid out, and no probing can be seen',
      ),
    },
    {
      name: 'actor',
      met: ({ actor }) => actor !== '',
      hint: field('who made the refund', 'actor', 'actor', 'no one person’s refunds to several users can be seen'),
    },
    {
      name: 'instrument',
      met: ({ instrument }) => instrument !== '',
      hint: field(
        'a reference of the instrument',
        'instrument',
        'instrument',
        'one instrument of several users cannot be seen',
      ),
    },
    {
      name: 'device',
      met: ({ device }) => device !== '',
      hint: field('the device id', 'device', 'device', 'one device of several users cannot be seen'),
    },
  ],
}
