// One attempt at one delivery: recorded before it is sent and after, so that a crash in between costs one attempt and is counted.

import type { AttemptOutcome, Channel, Schedule } from './channels/channel.ts'
import type { Clocks } from './clocks.ts'
import type { Delivery, SealedDelivery } from './delivery.ts'
import type { DeliveryLog } from './delivery-log.ts'
import { begin, settle } from './settle.ts'

export interface AttemptPorts extends Clocks {
  readonly channel: Channel
  readonly timeoutMs: number
  readonly deliveries: DeliveryLog
  readonly random: () => number
  readonly schedule: Schedule
  /** Told of each state once it is durable. */
  readonly onDelivery: (delivery: Delivery) => void
}

export interface AttemptMade {
  readonly outcome: AttemptOutcome
  readonly durationMs: number
  /** Monotonic ms. */
  readonly endedAt: number
  readonly delivery: Delivery
  /** Of the record that says so. */
  readonly offset: number
}

/**
 * `undefined` when nothing more can be said in this process: the log took no record before sending, or `ending` aborted
 * first. The next start then sends it again.
 *
 * @param endsAt when its retry time is over, monotonic ms
 */
export async function attemptDelivery(
  { delivery, body }: SealedDelivery,
  endsAt: number,
  ports: AttemptPorts,
  ending: AbortSignal,
): Promise<AttemptMade | undefined> {
  const { channel, deliveries, now, clock, random, onDelivery } = ports
  const begun = begin(delivery, now())
  if ((await deliveries.keep([{ delivery: begun, body }])) === undefined || ending.aborted) return undefined
  onDelivery(begun)
  const startedAt = clock()
  const message = { webhookId: begun.webhookId, body, attemptAt: now() }
  const outcome = await withDeadline((signal) => channel.deliver(message, signal), ports, ending)
  if (ending.aborted && !outcome.delivered) return undefined
  const endedAt = clock()
  const settled = settle(begun, outcome, { now: now(), endsInMs: endsAt - endedAt, random: random() })
  const offset = (await deliveries.keep([{ delivery: settled, body }]))?.[0]
  if (offset === undefined) return undefined
  onDelivery(settled)
  return { outcome, durationMs: endedAt - startedAt, endedAt, delivery: settled, offset }
}

/** Runs `send` with a signal that aborts at the deadline, or when the process is ending. */
export async function withDeadline(
  send: (signal: AbortSignal) => Promise<AttemptOutcome>,
  { schedule, timeoutMs }: Pick<AttemptPorts, 'schedule' | 'timeoutMs'>,
  ending: AbortSignal | undefined,
): Promise<AttemptOutcome> {
  const deadline = new AbortController()
  const abort = (): void => deadline.abort()
  const cancel = schedule(timeoutMs, abort)
  ending?.addEventListener('abort', abort)
  const outcome = await send(deadline.signal)
  cancel()
  ending?.removeEventListener('abort', abort)
  return outcome
}
