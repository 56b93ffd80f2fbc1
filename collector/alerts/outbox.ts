// The way out: every notification is a durable record before it is sent, and stays one until it is delivered or given up in sight.

import type { Log } from '../log/log.ts'
import { ChannelQueue, type ChannelStatus } from './channel-queue.ts'
import type { Channel, Schedule } from './channels/channel.ts'
import type { Clocks } from './clocks.ts'
import type { Delivery, SealedDelivery } from './delivery.ts'
import { DeliveryLog, type KeptDelivery } from './delivery-log.ts'
import { revive } from './settle.ts'
import type { AlertsTelemetry } from './telemetry.ts'
import { type Waiting, waitingAgain } from './waiting.ts'

export interface OutboxChannel {
  readonly channel: Channel
  readonly concurrency: number
  readonly timeoutMs: number
}

export interface OutboxOptions extends Clocks {
  readonly log: Log
  readonly channels: ReadonlyMap<string, OutboxChannel>
  readonly retryForMs: number
  readonly random: () => number
  readonly schedule: Schedule
  readonly telemetry: AlertsTelemetry
  readonly onDelivery: (delivery: Delivery) => void
  /** Most deliveries of a channel waiting in memory. */
  readonly window: number
}

const graceMs = 2_000
const mostListed = 1_000
const mostRecordedAtOnce = 100

export class Outbox {
  readonly #options: OutboxOptions
  readonly #deliveries: DeliveryLog
  readonly #queues = new Map<string, ChannelQueue>()
  /** Owed by an alert's record and without a record of their own yet. */
  readonly #unrecorded = new Map<string, SealedDelivery>()
  #recording: Promise<void> | undefined
  #lastReplay: Promise<number> = Promise.resolve(0)

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#deliveries = new DeliveryLog(options.log, options.schedule, options.telemetry.recordFailed)
    for (const name of options.channels.keys()) this.#queue(name)
  }

  /**
   * Takes up what was not delivered when the process last ended, and gives every kept delivery to `seen`. An attempt that
   * was under way is made again at once.
   */
  load(seen: (delivery: Delivery) => void): void {
    const { retryForMs, clock } = this.#options
    for (const { kept, decode } of this.#deliveries.all()) {
      const { delivery } = decode()
      seen(delivery)
      const queue = this.#queue(kept.channel)
      if (kept.state === 'dead') queue.countDead(1)
      if (kept.state !== 'pending' && kept.state !== 'attempting') continue
      const waiting = waitingAgain(delivery, kept.offset, retryForMs, this.#options)
      queue.add(kept.state === 'pending' ? waiting : { ...waiting, dueAt: clock() })
    }
  }

  /** Deliveries that an alert's durable record owes. Returns at once; they are recorded one by one and sent when due. */
  accept(owed: readonly SealedDelivery[]): void {
    for (const sealed of owed) this.#unrecorded.set(sealed.delivery.webhookId, sealed)
    if (this.#unrecorded.size > 0) this.#record()
  }

  /** True while only its alert's record knows of it, which must go on owing it. */
  isUnrecorded(webhookId: string): boolean {
    return this.#unrecorded.has(webhookId)
  }

  status(): readonly ChannelStatus[] {
    return [...this.#queues.values()].map((queue) => queue.status())
  }

  /** Not delivered and not given up. */
  depth(): number {
    return this.status().reduce((sum, { waiting }) => sum + waiting, this.#unrecorded.size)
  }

  /** The newest dead letters last, at most a thousand. */
  deadLetters(): readonly Delivery[] {
    return this.#dead().map(({ delivery }) => delivery)
  }

  /** Sends dead letters again, all or the one named, under their old ids. How many there were. */
  replayDead(webhookId: string | undefined): Promise<number> {
    // One replay at a time, so that none sends again what another just took up.
    const replay = (): Promise<number> => this.#replay(webhookId)
    this.#lastReplay = this.#lastReplay.then(replay, replay)
    return this.#lastReplay
  }

  /** From now on the channel is sent to this way, or not at all; `ended` is called once nothing is under way the old way. */
  exchange(name: string, opened: OutboxChannel | undefined, ended: () => Promise<void>): void {
    this.#queue(name).exchange(opened, ended)
  }

  enable(channel: string): void {
    this.#queues.get(channel)?.enable()
  }

  /** Ended deliveries that `isOld` picks: at most a thousand. */
  ended(isOld: (kept: KeptDelivery) => boolean): Delivery[] {
    const found: Delivery[] = []
    for (const { kept, decode } of this.#deliveries.all()) {
      if ((kept.state === 'delivered' || kept.state === 'dead') && isOld(kept)) found.push(decode().delivery)
      if (found.length === mostListed) break
    }
    return found
  }

  /** Call once no alert's record owes them any more: a start would take them for new. */
  async forget(deliveries: readonly Delivery[]): Promise<void> {
    const resting = deliveries.filter(({ channel, webhookId }) => !this.#queue(channel).holds(webhookId))
    await this.#deliveries.forget(resting.map(({ webhookId }) => webhookId))
    for (const { state, channel } of resting) if (state === 'dead') this.#queue(channel).countDead(-1)
  }

  async close(): Promise<void> {
    const cancel = this.#options.schedule(graceMs, () => this.#deliveries.close())
    await Promise.all([...this.#queues.values()].map((queue) => queue.close(graceMs)))
    cancel()
    this.#deliveries.close()
    await this.#recording
  }

  #record(): void {
    this.#recording ??= this.#recordAll().finally(() => {
      this.#recording = undefined
    })
  }

  async #recordAll(): Promise<void> {
    while (this.#unrecorded.size > 0) {
      const batch = [...this.#unrecorded.values()].slice(0, mostRecordedAtOnce)
      const offsets = await this.#deliveries.keep(batch)
      if (offsets === undefined) return
      batch.forEach(({ delivery }, index) => {
        this.#unrecorded.delete(delivery.webhookId)
        this.#options.onDelivery(delivery)
        this.#queue(delivery.channel).add(this.#dueNow(delivery, offsets[index] ?? 0))
      })
    }
  }

  async #replay(webhookId: string | undefined): Promise<number> {
    const { now, onDelivery } = this.#options
    const dead = this.#dead().filter(({ delivery }) => webhookId === undefined || delivery.webhookId === webhookId)
    const revived = dead.map(({ delivery, body }) => ({ delivery: revive(delivery, now()), body }))
    const offsets = revived.length === 0 ? [] : await this.#deliveries.keep(revived)
    if (offsets === undefined) return 0
    revived.forEach(({ delivery }, index) => {
      const queue = this.#queue(delivery.channel)
      queue.countDead(-1)
      onDelivery(delivery)
      queue.add(this.#dueNow(delivery, offsets[index] ?? 0))
    })
    return revived.length
  }

  /** With all of its retry time before it. */
  #dueNow({ webhookId }: Delivery, offset: number): Waiting {
    const dueAt = this.#options.clock()
    return { webhookId, offset, dueAt, endsAt: dueAt + this.#options.retryForMs }
  }

  #dead(): SealedDelivery[] {
    const dead: SealedDelivery[] = []
    for (const { kept, decode } of this.#deliveries.all()) {
      if (kept.state === 'dead') dead.push(decode())
      if (dead.length > mostListed) dead.shift()
    }
    return dead
  }

  #queue(name: string): ChannelQueue {
    const known = this.#queues.get(name)
    if (known !== undefined) return known
    const opened = this.#options.channels.get(name)
    const queue = new ChannelQueue({
      name,
      channel: opened?.channel,
      concurrency: opened?.concurrency ?? 4,
      timeoutMs: opened?.timeoutMs ?? 0,
      retryForMs: this.#options.retryForMs,
      window: this.#options.window,
      deliveries: this.#deliveries,
      now: this.#options.now,
      clock: this.#options.clock,
      random: this.#options.random,
      schedule: this.#options.schedule,
      telemetry: this.#options.telemetry,
      onDelivery: this.#options.onDelivery,
    })
    this.#queues.set(name, queue)
    return queue
  }
}
