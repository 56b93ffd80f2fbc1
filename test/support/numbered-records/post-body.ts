// Posts one body of numbered records, as a sender would.

import { kindOf } from './records.ts'

const requestMs = 5_000

/** Resolves with the status of the answer. Rejects where there is none. */
export async function postBody(url: string, numbers: readonly number[]): Promise<number> {
  const [first = 0] = numbers
  const kind = kindOf(first)
  const reply = await fetch(`${url}${kind.path}`, {
    method: 'POST',
    body: kind.bodyOf(numbers),
    headers: { 'content-type': kind.contentType },
    signal: AbortSignal.timeout(requestMs),
  })
  await reply.arrayBuffer()
  return reply.status
}
