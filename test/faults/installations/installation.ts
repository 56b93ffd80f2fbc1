// What a run of faults needs of a collector and of all that stands around it.

import type { StoreAccount } from '../../support/oracle.ts'
import type { RunningCollector } from '../../support/running-collector.ts'
import type { WebhookSink } from '../../support/webhook-sink.ts'

export interface Installation {
  readonly collector: RunningCollector
  /** The store, by a way that has no faults. */
  readonly store: StoreAccount
  readonly sink: WebhookSink
  /** Collector and store, whose memory is bounded. */
  readonly pids: readonly number[]
  /** Where its key lies, by which a replay gives the same ids. */
  readonly data: string
  close(): Promise<void>
}

/** Goes with every installation: the notifications' way out, and inserts small enough to follow. */
export const storePace = { batchMs: 200, timeoutMs: 5_000 } as const

export function channelTo(port: number, { secret }: WebhookSink) {
  const url = `http://127.0.0.1:${port}/`
  return { type: 'webhook', url, secrets: [secret], allowPrivateAddresses: true, timeoutMs: 2_000 } as const
}

/** What was opened, to be closed in reverse, however far the opening came. */
export class Opened {
  readonly #closing: (() => Promise<void> | void)[] = []

  add<Part>(part: Part, close: (part: Part) => Promise<void> | void): Part {
    this.#closing.push(() => close(part))
    return part
  }

  async close(): Promise<void> {
    for (let close = this.#closing.pop(); close !== undefined; close = this.#closing.pop()) await close()
  }
}
