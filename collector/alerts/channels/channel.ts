// What a channel is: one way out for alerts, one attempt at a time.

import type { Resolve } from './guarded-connector.ts'

export interface ChannelMessage {
  readonly webhookId: string
  /** The exact bytes to send, the same at every attempt. */
  readonly body: string
  /** Epoch ms of this attempt. */
  readonly attemptAt: number
}

/** Why an attempt failed. A closed list: it labels metrics, and nothing of a reply's own text is ever shown. */
export const failureReasons = [
  'redirect',
  'client-error',
  'gone',
  'throttled',
  'server-error',
  'odd-reply',
  'timeout',
  'connection',
  'tls',
  'name-unresolved',
  'address-refused',
] as const
export type FailureReason = (typeof failureReasons)[number]

export type AttemptOutcome =
  | { readonly delivered: true; readonly detail: string }
  | {
      readonly delivered: false
      readonly reason: FailureReason
      /** In a few words, for people; of our own writing. */
      readonly detail: string
      /** The endpoint itself is in trouble, not only this message: counts towards its breaker. */
      readonly endpointDown: boolean
      readonly retryAfterMs: number | undefined
    }

export interface Channel {
  /** Where it leads, as far as that may be shown. */
  readonly destination: string
  /** Makes one attempt and says what came of it; never rejects for what the other side does. Ends soon after `signal` aborts. */
  deliver(message: ChannelMessage, signal: AbortSignal): Promise<AttemptOutcome>
  /** Lets go of connections. */
  close(): Promise<void>
}

/** Runs something later, once; returns the way to call it off. */
export type Schedule = (delayMs: number, run: () => void) => () => void

/** What channels need from the outside. */
export interface ChannelPorts {
  readonly resolve: Resolve
  readonly schedule: Schedule
}
