// Counts what of a request was not taken, by reason, and says it in one sentence for the sender.

import type { Signal } from '../../../schemas/otlp/messages.ts'
import type { MessageProblem } from '../../scrub/protobuf/message-check.ts'

/** Of one span or log record, or of the resource or scope that all of them stand under. */
export type Rejection =
  | MessageProblem
  | 'too-large'
  | 'line-too-long'
  | 'too-many-credentials'
  | 'not-json'
  | 'wrong-type'

const meanings: Readonly<Record<Rejection, string>> = {
  truncated: 'a field reaches beyond its message',
  'malformed-varint': 'a number has too many bytes',
  'wire-type': 'a field has a wire type that OTLP does not use',
  'field-zero': 'a field has the number 0',
  'too-many-fields': 'there are more fields than decoders.limits.keys allows',
  'invalid-utf8': 'a string is not UTF-8',
  'too-deep': 'values nest deeper than decoders.limits.depth',
  'repeated-field': 'a field that may come once comes twice',
  'id-length': 'a trace or span id has the wrong length',
  'too-large': 'larger than 1 MiB with resource and scope',
  'line-too-long': 'with resource and scope longer than decoders.limits.lineBytes',
  'too-many-credentials': 'it holds so many credentials that nothing of it is kept',
  'not-json': 'it is no JSON object',
  'wrong-type': 'a field has a value of the wrong type',
}

export interface Rejections {
  readonly total: number
  add(reason: Rejection, count?: number): void
  /** Each reason met and how often. */
  entries(): Iterable<readonly [Rejection, number]>
  /** `''` when all was taken. */
  message(signal: Signal): string
}

export function countRejections(): Rejections {
  const counts = new Map<Rejection, number>()
  let total = 0
  return {
    get total() {
      return total
    },
    add: (reason, count = 1) => {
      counts.set(reason, (counts.get(reason) ?? 0) + count)
      total += count
    },
    entries: () => counts.entries(),
    message: (signal) =>
      total === 0
        ? ''
        : `${total} ${signal.items} were not taken: ${[...counts].map(([reason, count]) => `${count} × ${meanings[reason]}`).join('; ')}`,
  }
}
