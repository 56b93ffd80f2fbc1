// Money: refunds, by who gets and who gives them.

import { field } from '../building/addresses.ts'
import type { PanelGroup } from '../building/dashboard.ts'
import { bars, number, table } from '../building/drawn.ts'
import { amount, during } from '../building/sql.ts'

/** Refunds that happened or are to happen. */
const refunded = `${during('event_at')} AND kind = 'action' AND action = 'refund' AND outcome NOT IN ('denied', 'failed')`
const sums = `count() AS refunds, sum(${amount}) AS total, max(${amount}) AS largest, currency,
  min(event_at) AS first, max(event_at) AS last`

export const refunds: PanelGroup = {
  title: 'Money',
  panels: [
    number({
      title: 'How many refunds were made?',
      description: 'Refunds that were not declined, one for each record of it.',
      sql: `
SELECT count() AS value
FROM events
WHERE ${refunded}`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How many were declined?',
      description: 'Refunds that were denied or failed: many in a row are somebody who finds out what works.',
      sql: `
SELECT count() AS value
FROM events
WHERE ${during('event_at')} AND kind = 'action' AND action = 'refund' AND outcome IN ('denied', 'failed')`,
      unit: 'short',
      look: 5,
      bad: 50,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How many payments were refunded twice?',
      description:
        'Payments with more than one refund in this time. Partial refunds are usual, a whole one twice is not.',
      sql: `
SELECT count() AS value
FROM (SELECT payment FROM events WHERE ${refunded} AND payment != '' GROUP BY payment HAVING count() > 1)`,
      unit: 'none',
      look: 1,
      bad: 10,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    number({
      title: 'How large was the largest?',
      description: 'In units of its currency, whichever that is.',
      sql: `
SELECT max(${amount}) AS value
FROM events
WHERE ${refunded} AND currency != ''`,
      unit: 'none',
      look: 1_000,
      bad: 10_000,
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 6,
      height: 4,
    }),
    bars({
      title: 'How much money goes back?',
      description: 'Refunds by currency, each in units of its own. XXX: the records name no currency.',
      sql: `
SELECT $__timeInterval(event_at) AS time, toString(currency) AS currency, sum(${amount}) AS money
FROM events
WHERE ${refunded} AND currency != ''
GROUP BY time, currency
ORDER BY time, currency`,
      unit: 'short',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
    }),
    table({
      title: 'Who gets the most refunds?',
      description: 'Beneficiaries by number of refunds. A click shows everything that one did.',
      sql: `
SELECT subject, ${sums}, uniqIf(payment, payment != '') AS payments
FROM events
WHERE ${refunded} AND subject != ''
GROUP BY subject, currency
ORDER BY refunds DESC, total DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: {
        subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
        total: { decimals: 2 },
        largest: { decimals: 2 },
      },
    }),
    table({
      title: 'Who gives the most refunds?',
      description: 'Agents and services that acted for somebody else, with the number of beneficiaries.',
      sql: `
SELECT actor, any(actor_role) AS role, uniq(subject) AS beneficiaries, ${sums}
FROM events
WHERE ${refunded} AND actor != ''
GROUP BY actor, currency
ORDER BY refunds DESC, total DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: {
        actor: { link: { title: 'Everything it did', to: 'subject', with: { subject: field('actor') } } },
        total: { decimals: 2 },
        largest: { decimals: 2 },
      },
    }),
    table({
      title: 'Which payments were refunded more than once?',
      description:
        'With the distinct refund ids and keys: one id twice is one refund told twice, two ids are two payouts.',
      sql: `
SELECT payment, any(subject) AS subject, ${sums}, uniqIf(operation_id, operation_id != '') AS ids,
  uniqIf(idempotency_key, idempotency_key != '') AS keys
FROM events
WHERE ${refunded} AND payment != ''
GROUP BY payment, currency
HAVING refunds > 1
ORDER BY refunds DESC, last DESC
LIMIT 100`,
      unit: 'none',
      next: [{ title: 'Alerts', to: 'overview' }],
      width: 12,
      height: 9,
      columns: {
        subject: { link: { title: 'Everything about it', to: 'subject', with: { subject: field('subject') } } },
        total: { decimals: 2 },
        largest: { decimals: 2 },
      },
    }),
  ],
}
