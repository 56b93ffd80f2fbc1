// A log under test that can die at any append, as the process would, or refuse appends for a while, as a full disk would.

import { type Log, LogError, type LogRecordReceipt, type NewRecord } from '../../collector/log/log.ts'
import type { TopicName } from '../../schemas/topics.ts'

export interface Cut {
  /** Which append of this life is the last, from 0. */
  readonly append: number
  /** Whether its records were kept; its caller never learns. */
  readonly kept: boolean
}

const never = new Promise<never>(() => undefined)

export class CuttableLog {
  readonly log: Log
  readonly #inner: Log
  readonly #cut: Cut | undefined
  #isDead = false
  #count = 0
  #underway = 0
  #lookedThrough = 0
  /** Topics whose appends are refused. */
  readonly refused = new Set<TopicName>()

  constructor(inner: Log, cut?: Cut) {
    this.#inner = inner
    this.#cut = cut
    this.log = {
      append: (topic, records, partition) => this.#append(topic, records, partition),
      read: (topic, offset, options, partition) => inner.read(topic, offset, options, partition),
      scan: (topic, offset, partition) => inner.scan(topic, offset, partition),
      onAppended: (topic, listener) => inner.onAppended(topic, listener),
      bounds: (topic, partition) => inner.bounds(topic, partition),
      readCompacted: (topic, partition) => {
        this.#lookedThrough += 1
        return inner.readCompacted(topic, partition)
      },
      cursor: (name) => inner.cursor(name),
      setCursor: (name, offset) => inner.setCursor(name, offset),
      trim: (policy) => inner.trim(policy),
      close: () => inner.close(),
    }
  }

  /** How often a compacted topic was looked through in this life. */
  get lookedThrough(): number {
    return this.#lookedThrough
  }

  /** Appends asked for in this life. */
  get count(): number {
    return this.#count
  }

  get isDead(): boolean {
    return this.#isDead
  }

  get isIdle(): boolean {
    return this.#underway === 0
  }

  /** Nothing reaches the log any more. */
  kill(): void {
    this.#isDead = true
  }

  async #append(
    topic: TopicName,
    records: readonly NewRecord[],
    partition: number | undefined,
  ): Promise<readonly LogRecordReceipt[]> {
    if (this.#isDead) return never
    if (this.refused.has(topic)) throw new LogError('ERR_LOG_DISK_FULL', 'the disk is full', true)
    const dies = this.#cut?.append === this.#count++
    if (dies) this.#isDead = true
    if (dies && this.#cut?.kept !== true) return never
    this.#underway += 1
    const receipts = await this.#inner.append(topic, records, partition)
    this.#underway -= 1
    return this.#isDead ? never : receipts
  }
}
