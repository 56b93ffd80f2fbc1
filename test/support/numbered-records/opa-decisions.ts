// Decisions as OPA uploads them: a JSON array.

import { instantOf, type RecordKind, uuidOf } from './record-kind.ts'

export const opaDecisions: RecordKind = {
  name: 'OPA decisions',
  path: '/v1/opa/logs',
  contentType: 'application/json',
  lineOf(number) {
    return JSON.stringify({
      labels: { id: 'a3f1', version: '1.9.0', service: 'payments' },
      decision_id: uuidOf(number),
      path: 'shop/authz/allow',
      input: {
        subject: { id: `u-${number % 100}` },
        action: 'order.read',
        resource: { type: 'order', id: String(number) },
      },
      result: number % 7 !== 0,
      timestamp: new Date(instantOf(number)).toISOString(),
    })
  },
  bodyOf: (numbers) => `[${numbers.map((number) => opaDecisions.lineOf(number)).join(',')}]`,
}
