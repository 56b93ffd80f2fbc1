// A decision of OPA as it uploads them, for tests that change one thing about it.

import { opaDecision } from '../../collector/decoders/opa-decision.ts'
import { type Decoded, onlyEvent } from './decode-text.ts'

export const decision = {
  labels: { id: '1780d507', version: '1.9.0', service: 'payments', cluster: 'eu1' },
  decision_id: '4ca636c1-55e4-417a-b1d8-4aceb67960d1',
  trace_id: '5B8EFFF798038103D269B633813FC60C',
  span_id: 'eee19b7ec3c1b174',
  bundles: { authz: { revision: 'git:3f1c2aa' } },
  path: '/shop/authz/allow',
  input: {
    subject: { id: 'u-314', roles: ['agent'] },
    action: 'refund.create',
    resource: { type: 'order', id: '91' },
    amount_minor: 4200,
  },
  result: false,
  requested_by: '10.20.7.21:59943',
  timestamp: '2026-11-02T09:14:22.316939402Z',
  metrics: { timer_rego_query_eval_ns: 81_250, timer_server_handler_ns: 5_900_000 },
  req_id: 1882,
}

export function decisionText(changes: object = {}): string {
  return JSON.stringify({ ...decision, ...changes })
}

/** The one event that the changed decision is. */
export function decided(changes: object = {}): Decoded['events'][number] {
  return onlyEvent(opaDecision, decisionText(changes))
}
