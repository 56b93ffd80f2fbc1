// What people read about refund-burst.

import type { DetectorCard } from '../engine/detector.ts'

export const refundBurstCard: DetectorCard = {
  title: 'Refund burst',
  detects:
    'Detects refunds that come faster than a person asks for them: several distinct refunds of several payments to one ' +
    'beneficiary, or by one actor, instrument or device for several beneficiaries; second payouts of one payment; and ' +
    'runs of declined refunds.',
  attack: [
    { technique: 'T1657', name: 'Financial Theft', tactic: 'Impact' },
    { technique: 'T1078', name: 'Valid Accounts', tactic: 'Initial Access' },
  ],
  owaspApi: ['API6:2023'],
  falsePositives: [
    'A bulk job after an outage: agree on it as an exception bound to workload, route, ticket and expiry.',
    'A support agent working through a queue: list the actor or the role under agents, who then have a limit of their own.',
    'Two services that log the same refund under refund ids of their own look like a second payout: give both the same id or idempotency key.',
    'A shared instrument or device of a family or an office with several accounts.',
  ],
  runbook: [
    'Hold further refunds of the entity that the alert names, and payouts that are still pending.',
    'Check the evidence: are the orders real, delivered, paid with the same instrument that was refunded?',
    'Look up the actor and session of each refund in the events: one person, an agent, or a service account?',
    'If the account was taken over, end its sessions, revoke its tokens and reset its credentials.',
    'For a second payout, ask the payment provider to reverse the later one and find why the idempotency key changed.',
    'If it was expected, record an exception with ticket and expiry instead of raising the limits.',
  ],
  blindSpots: [
    'Refunds that no record reports, or whose beneficiary and payment are not logged; readiness says which source lacks what.',
    'Refunds spread so thin that no rung holds, over many accounts without a common actor, instrument or device.',
    'Records without refund id and idempotency key: identical refunds of one payment within a day count once.',
    'Lines with stamps of whole seconds: windows are right to within a second.',
    'Ratio of refunds to charges, personal habits and the age of the session are not judged: nothing supplies them yet.',
  ],
  references: [
    'https://attack.mitre.org/techniques/T1657/',
    'https://owasp.org/API-Security/editions/2023/en/0xa6-unrestricted-access-to-sensitive-business-flows/',
  ],
}
