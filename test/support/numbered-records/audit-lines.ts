// Refunds as audit lines: four of one user follow each other within two seconds, then it is the next user's turn.

import { digits, instantOf, joinedLines, type RecordKind } from './record-kind.ts'

const users = 50
const burst = 4

export const auditLines: RecordKind = {
  name: 'audit lines',
  path: '/v1/events',
  contentType: 'text/plain',
  lineOf(number) {
    const at = new Date(instantOf(number)).toISOString().replace('T', ' ').slice(0, 23)
    const user = Math.floor(number / burst) % users
    return `${at} | user_id=USR-${user} | action=REFUND | order=ORD-${number} | refund_id=R-${digits(number)} | amount=${10 + (number % 90)}.00 | currency=EUR`
  },
  bodyOf: (numbers) => joinedLines(auditLines, numbers),
}
