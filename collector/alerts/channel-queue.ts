// The deliveries of one channel: sent when due, a few at a time, without ever touching another channel's.

import { LogError } from '../log/log.ts'
import { type AttemptPorts, attemptDelivery } from './attempt.ts'
import { afterFailure, afterSuccess, type Breaker, closedBreaker, isOpen, permits } from './breaker.ts'
import type { AttemptOutcome, Channel } from './channels/channel.ts'
import type { Delivery, SealedDelivery } from './delivery.ts'
import { DueHeap } from './due-heap.ts'
import { bury } from './settle.ts'
import type { AlertsTelemetry } from './telemetry.ts'
import { type Waiting, waitingAgain, waitMs } from './waiting.ts'

export interface ChannelQueueOptions extends Omit<AttemptPorts, 'channel'> {
  readonly name: string
  /** Undefined for a channel that is no longer in the settings: what waits for it becomes dead letters. */
  readonly channel: Channel | undefined
  readonly concurrency: number
  readonly retryForMs: number
  /** Most deliveries waiting in memory; those beyond wait in the log. */
  readonly window: number
  readonly telemetry: AlertsTelemetry
}

export interface ChannelStatus {
  readonly name: string
  /** Not delivered yet, under way included. */
  readonly waiting: number
  /** Of those, how many wait in the log alone. */
  readonly waitingInLog: number
  readonly dead: number
  /** `open`: it failed repeatedly and rests. */
  readonly breaker: 'open' | 'closed'
  /** Why it gets nothing, or empty. */
  readonly disabledBecause: string
  /** Why the last attempt failed, or empty when it did not. */
  readonly lastError: string
}

const outageMs = 1_000

export class ChannelQueue {
  #options: ChannelQueueOptions
  readonly #heap = new DueHeap<Waiting>()
  /** Ids of everything waiting in memory or under way. */
  readonly #held = new Set<string>()
  readonly #underway = new Set<Promise<void>>()
  readonly #ending = new AbortController()
  #breaker: Breaker = closedBreaker
  #beyond = 0
  #refilling: Promise<void> | undefined
  /** Ids that left `#held` while the log is looked through, whose older records may still be met there. */
  readonly #leftMeanwhile = new Set<string>()
  #cancelWake: (() => void) | undefined
  #isPumping = true
  #disabledBecause: string
  #dead = 0
  #lastError = ''

  constructor(options: ChannelQueueOptions) {
    this.#options = options
    this.#disabledBecause = options.channel === undefined ? missing(options.name) : ''
  }

  /** Sends another way from now on; what is under way ends the old way, and then `ended` is called. */
  exchange(
    opened: (Pick<ChannelQueueOptions, 'concurrency' | 'timeoutMs'> & { readonly channel: Channel }) | undefined,
    ended: () => Promise<void>,
  ): void {
    this.#options = { ...this.#options, channel: undefined, ...opened }
    this.#disabledBecause = opened === undefined ? missing(this.#options.name) : ''
    this.#setBreaker(afterSuccess())
    const before = [...this.#underway]
    void Promise.all(before).then(ended)
    this.#pump()
  }

  status(): ChannelStatus {
    return {
      name: this.#options.name,
      waiting: this.#held.size + this.#beyond,
      waitingInLog: this.#beyond,
      dead: this.#dead,
      breaker: isOpen(this.#breaker) ? 'open' : 'closed',
      disabledBecause: this.#disabledBecause,
      lastError: this.#lastError,
    }
  }

  add(waiting: Waiting): void {
    if (this.#held.size < this.#options.window) this.#hold(waiting)
    else {
      this.#beyond += 1
      this.#left(waiting.webhookId)
    }
    this.#pump()
  }

  /** True for what waits in memory or is under way. */
  holds(webhookId: string): boolean {
    return this.#held.has(webhookId)
  }

  /** Dead letters found at start, replayed or forgotten. */
  countDead(change: number): void {
    this.#dead += change
  }

  /** After a person saw it work again. */
  enable(): void {
    if (this.#options.channel === undefined) return
    this.#disabledBecause = ''
    this.#setBreaker(afterSuccess())
    this.#pump()
  }

  /** Begins nothing new, and gives what is under way `graceMs` to end; what is cut off is sent again after the next start. */
  async close(graceMs: number): Promise<void> {
    this.#isPumping = false
    this.#cancelWake?.()
    const cancel = this.#options.schedule(graceMs, () => this.#ending.abort())
    await Promise.all([...this.#underway, this.#refilling])
    cancel()
  }

  /** What is under way fills the window, too. */
  get #hasRoom(): boolean {
    const { window } = this.#options
    return this.#heap.size * 2 <= window && this.#held.size < window
  }

  #hold(waiting: Waiting): void {
    this.#held.add(waiting.webhookId)
    this.#heap.push(waiting)
  }

  #pump(): void {
    this.#cancelWake?.()
    this.#cancelWake = undefined
    if (!this.#isPumping) return
    const now = this.#options.clock()
    while (this.#underway.size < permits(this.#breaker, now, this.#options.concurrency)) {
      const next = this.#heap.peek()
      if (next === undefined || (next.dueAt > now && this.#disabledBecause === '')) break
      this.#heap.pop()
      const run: Promise<void> = this.#run(next).finally(() => {
        this.#underway.delete(run)
        this.#pump()
      })
      this.#underway.add(run)
    }
    if (this.#beyond > 0 && this.#hasRoom) this.#refill()
    this.#sleep(now)
  }

  #sleep(now: number): void {
    const next = this.#heap.peek()
    const allBusy = this.#underway.size >= (isOpen(this.#breaker) ? 1 : this.#options.concurrency)
    if (next === undefined || allBusy) return
    const delayMs = Math.max(next.dueAt, this.#breaker.restsUntilAt) - now
    this.#cancelWake = this.#options.schedule(Math.max(1, delayMs), () => this.#pump())
  }

  async #run(waiting: Waiting): Promise<void> {
    const { webhookId } = waiting
    const again = await this.#next(waiting)
    this.#held.delete(webhookId)
    if (again === undefined) this.#left(webhookId)
    else this.add(again)
  }

  /** What is to be sent again, and when. */
  async #next(waiting: Waiting): Promise<Waiting | undefined> {
    const { deliveries, telemetry, clock } = this.#options
    const { webhookId, offset } = waiting
    try {
      const sealed = deliveries.read(webhookId, offset)
      if (sealed !== undefined) return await this.#send(sealed, waiting)
      telemetry.recordFailed(new Error(`delivery "${webhookId}" cannot be read back from the log`))
      return undefined
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      telemetry.recordFailed(error)
      return error.retryable ? { ...waiting, dueAt: clock() + outageMs } : undefined
    }
  }

  #left(webhookId: string): void {
    if (this.#refilling !== undefined) this.#leftMeanwhile.add(webhookId)
  }

  async #send(sealed: SealedDelivery, { endsAt }: Waiting): Promise<Waiting | undefined> {
    const { channel, telemetry, name } = this.#options
    if (channel === undefined || this.#disabledBecause !== '') return this.#bury(sealed)
    const made = await attemptDelivery(sealed, endsAt, { ...this.#options, channel }, this.#ending.signal)
    if (made === undefined) return undefined
    const { outcome, delivery, offset, durationMs, endedAt } = made
    const word = outcome.delivered ? 'delivered' : outcome.reason
    const { webhookId } = delivery
    telemetry.attempt({ channel: name, outcome: word, durationMs, webhookId, detail: outcome.detail })
    this.#learn(outcome, endedAt)
    if (delivery.state === 'dead') this.#countDead(delivery)
    return delivery.state === 'pending' ? { webhookId, dueAt: endedAt + waitMs(delivery), endsAt, offset } : undefined
  }

  async #bury({ delivery, body }: SealedDelivery): Promise<undefined> {
    const { deliveries, now, onDelivery } = this.#options
    const buried = bury(delivery, this.#disabledBecause, now())
    if ((await deliveries.keep([{ delivery: buried, body }])) === undefined) return
    onDelivery(buried)
    this.#countDead(buried)
  }

  #countDead(delivery: Delivery): void {
    this.#dead += 1
    this.#options.telemetry.deadLetter(delivery)
  }

  #learn(outcome: AttemptOutcome, now: number): void {
    const { name, telemetry } = this.#options
    this.#lastError = outcome.delivered ? '' : `${outcome.reason}: ${outcome.detail}`
    if (!outcome.delivered && outcome.reason === 'gone') {
      this.#disabledBecause = 'the endpoint answered 410 Gone: restart once it is back, and replay the dead letters'
      telemetry.channelDisabled(name, this.#disabledBecause)
    }
    const isDown = !outcome.delivered && outcome.endpointDown
    this.#setBreaker(isDown ? afterFailure(this.#breaker, now) : afterSuccess())
  }

  #setBreaker(breaker: Breaker): void {
    const was = isOpen(this.#breaker)
    this.#breaker = breaker
    if (isOpen(breaker) !== was) this.#options.telemetry.breaker(this.#options.name, was ? 'closed' : 'open')
  }

  #refill(): void {
    this.#refilling ??= this.#fetch().finally(() => {
      this.#refilling = undefined
      this.#leftMeanwhile.clear()
      this.#pump()
    })
  }

  /** Fetches what waits in the log alone, a slice at a time so that nothing else is held up. */
  async #fetch(): Promise<void> {
    const { name, window, deliveries, retryForMs } = this.#options
    const before = this.#beyond
    let looked = 0
    let left = 0
    for (const { kept, decode } of deliveries.all()) {
      looked += 1
      if (looked % 256 === 0) await new Promise((resolve) => setImmediate(resolve))
      if (!this.#isPumping) return
      if (kept.channel !== name || (kept.state !== 'pending' && kept.state !== 'attempting')) continue
      if (this.#held.has(kept.webhookId) || this.#leftMeanwhile.has(kept.webhookId)) continue
      if (this.#held.size < window) {
        this.#hold(waitingAgain(decode().delivery, kept.offset, retryForMs, this.#options))
      } else left += 1
    }
    // Of those added beyond the window meanwhile some were met above and count twice until the next look.
    this.#beyond = left + (this.#beyond - before)
  }
}

function missing(name: string): string {
  return `no channel is named "${name}" in the settings any more`
}
