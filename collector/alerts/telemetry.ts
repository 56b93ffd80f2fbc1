// What the alerts room tells about itself: the wiring turns it into metrics and log lines.

import type { Transition } from '../../schemas/alerts.ts'
import type { Severity } from '../../schemas/findings.ts'
import type { Delivery } from './delivery.ts'

export interface AlertsTelemetry {
  /** An alert changed in a way worth telling, whether or not a route leads anywhere. */
  transition(told: {
    detector: string
    realm: string
    severity: Severity
    transition: Transition
    channels: number
  }): void
  /** One attempt at one channel ended. `durationMs` is the attempt alone. */
  attempt(made: { channel: string; outcome: string; durationMs: number; webhookId: string; detail: string }): void
  /** A delivery gave up: someone must act. */
  deadLetter(delivery: Delivery): void
  /** `open`: the channel failed repeatedly and rests; `closed`: it works again. */
  breaker(channel: string, state: 'open' | 'closed'): void
  /** The endpoint answered 410 and gets nothing more until the collector restarts or a test message succeeds. */
  channelDisabled(channel: string, reason: string): void
  /** The log refused an append of a delivery's state; it is tried again. */
  recordFailed(error: unknown): void
  /** Findings that an exception ate, each told once. */
  excepted(detector: string, findings: number): void
  /** Alerts no longer held: their slots count as new if they come back. */
  forgotten(reason: 'age' | 'capacity', alerts: number): void
}

/** Tells nobody. */
export const silentTelemetry: AlertsTelemetry = {
  transition() {},
  attempt() {},
  deadLetter() {},
  breaker() {},
  channelDisabled() {},
  recordFailed() {},
  excepted() {},
  forgotten() {},
}
