// What one stage tells the next through topics: in order for each partition, tried until it is durable.

import type { TopicName } from '../../../schemas/topics.ts'
import type { Log, NewRecord } from '../../log/log.ts'
import { untilDone } from '../run/until-done.ts'

export interface OutgoingOptions {
  readonly log: Pick<Log, 'append'>
  readonly wait: (ms: number) => Promise<void>
  /** `undefined`: it works again. */
  readonly onOutage: (cause: unknown) => void
  /** A bug, or what no retry mends. */
  readonly onFailure: (cause: unknown) => void
  /** Steps at which crash tests end the process. */
  readonly onStep?: (step: 'outgoing:before-append' | 'outgoing:after-append') => void
}

interface Waiter {
  readonly count: number
  readonly resolve: () => void
  readonly reject: (cause: OutgoingGivenUp) => void
}

export class OutgoingGivenUp extends Error {
  readonly code = 'ERR_OUTGOING_GIVEN_UP'
  readonly retryable = false
}

/** Beyond this `room` waits. */
const mostBytes = 16 * 1024 * 1024

export class Outgoing {
  private readonly options: OutgoingOptions
  private readonly lanes = new Map<string, NewRecord[]>()
  private readonly working = new Set<string>()
  private put = 0
  private bytes = 0
  /** Of those put, which are not durable, by order. */
  private readonly pending = new Set<number>()
  private readonly orders = new WeakMap<NewRecord, number>()
  private waiters: Waiter[] = []
  private stopped = false

  constructor(options: OutgoingOptions) {
    this.options = options
  }

  send(topic: TopicName, partition: number, record: NewRecord): void {
    const lane = `${topic}/${partition}`
    const order = this.put++
    this.orders.set(record, order)
    this.pending.add(order)
    this.bytes += sizeOf(record)
    const queue = this.lanes.get(lane)
    if (queue === undefined) this.lanes.set(lane, [record])
    else queue.push(record)
    if (!this.working.has(lane)) void this.work(lane, topic, partition)
  }

  /** Resolves at once while little is under way. */
  async room(): Promise<void> {
    if (this.bytes > mostBytes) await this.durable()
  }

  /** Resolves once everything sent before is durable. @throws OutgoingGivenUp after `stop` */
  durable(): Promise<void> {
    if (this.isDurable(this.put)) return Promise.resolve()
    if (this.stopped) return Promise.reject(givenUp())
    return new Promise((resolve, reject) => this.waiters.push({ count: this.put, resolve, reject }))
  }

  /** Gives up what is not durable: it is made again by whoever reads on. */
  stop(): void {
    this.stopped = true
    for (const { reject } of this.waiters.splice(0)) reject(givenUp())
  }

  private isDurable(count: number): boolean {
    const [first] = this.pending
    return first === undefined || first >= count
  }

  private async work(lane: string, topic: TopicName, partition: number): Promise<void> {
    this.working.add(lane)
    try {
      for (let records = this.takeAll(lane); records.length > 0 && !this.stopped; records = this.takeAll(lane)) {
        await this.append(topic, partition, records)
        for (const record of records) this.settle(record)
        this.release()
      }
    } catch (cause) {
      if (!this.stopped) this.options.onFailure(cause)
    } finally {
      this.working.delete(lane)
    }
  }

  private takeAll(lane: string): readonly NewRecord[] {
    const records = this.lanes.get(lane) ?? []
    this.lanes.set(lane, [])
    return records
  }

  private async append(topic: TopicName, partition: number, records: readonly NewRecord[]): Promise<void> {
    const { log, wait, onOutage, onStep } = this.options
    let failed = false
    const onFailed = (cause: unknown): void => {
      failed = true
      onOutage(cause)
    }
    const append = async (): Promise<void> => {
      onStep?.('outgoing:before-append')
      await log.append(topic, records, partition)
      onStep?.('outgoing:after-append')
    }
    if (!(await untilDone(append, { isStopped: () => this.stopped, onOutage: onFailed, wait }))) throw givenUp()
    if (failed) onOutage(undefined)
  }

  private settle(record: NewRecord): void {
    this.pending.delete(this.orders.get(record) ?? -1)
    this.bytes -= sizeOf(record)
  }

  private release(): void {
    const done = this.waiters.filter(({ count }) => this.isDurable(count))
    this.waiters = this.waiters.filter(({ count }) => !this.isDurable(count))
    for (const { resolve } of done) resolve()
  }
}

function sizeOf({ value }: NewRecord): number {
  return (value?.byteLength ?? 0) + 256
}

function givenUp(): OutgoingGivenUp {
  return new OutgoingGivenUp('what was to be told was given up before it was durable')
}
