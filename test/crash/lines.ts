// The lines of a crash run: each made anew from its number alone, so that the oracle needs no copy of what was sent.

const users = 50
const startAt = Date.UTC(2026, 10, 2, 0, 0, 0)
/** Four refunds of one user follow each other within two seconds, then it is the next user's turn. */
const burst = 4
const stepMs = 400

/** The audit line of a number; its refund id names the number. */
export function lineOf(number: number): string {
  const at = new Date(startAt + number * stepMs).toISOString().replace('T', ' ').slice(0, 23)
  const user = Math.floor(number / burst) % users
  return `${at} | user_id=USR-${user} | action=REFUND | order=ORD-${number} | refund_id=R-${number} | amount=${10 + (number % 90)}.00 | currency=EUR`
}

/** The number in a refund id, or undefined. */
export function numberOf(operationId: string): number | undefined {
  const match = /^R-(\d+)$/.exec(operationId)
  return match === null ? undefined : Number(match[1])
}
