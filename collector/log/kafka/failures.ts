// What a failed request means for what was asked.

import { LogError } from '../log.ts'

/**
 * `too-large`: the batch is refused for its size · `refused`: it will be refused again · `new-session`: the broker does not
 * know the producer as it knows itself · `again`: a matter of time, and nobody knows whether the batch was kept.
 */
export type Failure = 'too-large' | 'refused' | 'new-session' | 'again'

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])
const refused = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_RECORD',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'POLICY_VIOLATION',
])
const newSession = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
])

export function failureOf(cause: unknown): Failure {
  if (cause instanceof LogError) return cause.retryable ? 'again' : 'refused'
  const type = typeOf(cause)
  if (tooLarge.has(type)) return 'too-large'
  if (refused.has(type)) return 'refused'
  if (newSession.has(type)) return 'new-session'
  return 'again'
}

/** Kafka's name of the error, where the broker gave one. */
function typeOf(cause: unknown): string {
  if (!(cause instanceof Error) || !('type' in cause)) return ''
  return String(cause.type)
}
