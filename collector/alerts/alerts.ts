// The alerts room, opened: verdicts in, durable alerts and delivered notifications out.

import { isDeepStrictEqual } from 'node:util'
import type { Alert } from '../../schemas/alerts.ts'
import type { JudgedRecord } from '../../schemas/findings.ts'
import type { Log } from '../log/log.ts'
import { AlertBook, type AppliedAlert } from './alert-book.ts'
import { alertKey } from './alert-record.ts'
import type { CardFacts } from './build-alert.ts'
import type { ChannelStatus } from './channel-queue.ts'
import type { Schedule } from './channels/channel.ts'
import type { Resolve } from './channels/guarded-connector.ts'
import type { Clocks } from './clocks.ts'
import type { Delivery } from './delivery.ts'
import { type ExceptionCount, type ExceptionSettings, Exceptions } from './exceptions.ts'
import { openChannels } from './open-channels.ts'
import { Outbox } from './outbox.ts'
import { channelsFor, hearsRealm } from './routing.ts'
import type { AlertsSettings } from './settings.ts'
import type { AlertsTelemetry } from './telemetry.ts'
import { testChannel } from './test-channel.ts'
import type { TestOutcome } from './test-message.ts'

export interface AlertsOptions extends Clocks {
  readonly log: Log
  readonly settings: AlertsSettings
  /** What raises no alert; none unless given. */
  readonly exceptions?: readonly ExceptionSettings[]
  /** What alerts take from the card of the detector of this id. */
  readonly cards: (detector: string) => CardFacts
  /** In [0, 1). */
  readonly random: () => number
  readonly schedule: Schedule
  readonly resolve: Resolve
  readonly telemetry: AlertsTelemetry
  /** Most deliveries of a channel that wait in memory; those beyond wait in the log. */
  readonly window?: number
}

export interface AlertsStatus {
  /** Of reality: those of exercises do not count. */
  readonly openAlerts: number
  readonly channels: readonly ChannelStatus[]
}

export interface Alerts {
  /** Call once, before anything else: takes up where the log says the last process ended, and starts sending. */
  load(): void
  /** Durable when it resolves; when it rejects, give the batch again. Repeats change nothing. */
  apply(records: readonly JudgedRecord[]): Promise<readonly AppliedAlert[]>
  /** As it now is; undefined when it is not held. */
  alert(id: string, realm: string): Alert | undefined
  /** To be called now and then with the append time reached: closes and forgets what is due. Returns what it changed. */
  tick(now: number): Promise<readonly AppliedAlert[]>
  /** Every alert held that changed at `changedFrom` (append time, epoch ms) or later: what a store may have missed in a crash. */
  held(changedFrom: number): Iterable<AppliedAlert>
  /** Told of each state of each delivery once it is durable, and of all kept ones at `load`. Returns the way to stop. */
  onDelivery(listener: (delivery: Delivery) => void): () => void
  /**
   * From now on these settings hold; what was told before stays told. A channel that is gone gets nothing more, and one
   * that changed ends its attempts under way first. `retryForMs` stays as it was.
   */
  change(settings: AlertsSettings, exceptions: readonly ExceptionSettings[]): void
  /** What each exception ate since the start. */
  exceptions(): readonly ExceptionCount[]
  /** Notifications neither delivered nor given up. */
  outboxDepth(): number
  /** The newest thousand. */
  deadLetters(): readonly Delivery[]
  /** Sends dead letters again, one or (without an id) up to a thousand; returns how many. Receivers see the old ids. */
  replayDeadLetters(webhookId?: string): Promise<number>
  /** Rejects nothing: an unknown name is an outcome too. Success enables a channel that a 410 disabled. */
  sendTest(channel: string): Promise<TestOutcome>
  status(): AlertsStatus
  /** Attempts under way get two seconds to end. Close the log afterwards. */
  close(): Promise<void>
}

const defaultWindow = 10_000
const sweepEveryMs = 3_600_000
const keepDeliveredMs = 86_400_000

export function openAlerts(options: AlertsOptions): Alerts {
  const { log, now, clock, random, schedule, telemetry } = options
  let { settings } = options
  const channels = openChannels(options)
  const listeners = new Set<(delivery: Delivery) => void>()
  const onDelivery = (delivery: Delivery): void => {
    for (const listener of listeners) listener(delivery)
  }
  const outbox = new Outbox({
    log,
    channels,
    retryForMs: settings.retryForMs,
    now,
    clock,
    random,
    schedule,
    telemetry,
    onDelivery,
    window: options.window ?? defaultWindow,
  })
  const book = new AlertBook({
    log,
    policy: () => settings,
    cards: options.cards,
    route: (alert) => channelsFor(alert, settings),
    isChannel: (name, realm) => channels.has(name) && hearsRealm(name, realm, settings),
    isUnrecorded: (webhookId) => outbox.isUnrecorded(webhookId),
    accept: (owed) => outbox.accept(owed),
    now,
    telemetry,
  })
  const exceptions = new Exceptions(options.exceptions ?? [], telemetry.excepted)
  let sweptAt = Number.NEGATIVE_INFINITY

  /** Ended deliveries go once no alert's record owes them, so that no start takes them for new. */
  async function sweep(at: number): Promise<void> {
    if (Math.abs(at - sweptAt) < sweepEveryMs) return
    sweptAt = at
    const old = outbox.ended(({ state, updatedAt }) => {
      return updatedAt <= at - (state === 'dead' ? settings.forgetAfterMs : keepDeliveredMs)
    })
    await book.release(old.map(({ alertId, realm }) => alertKey({ id: alertId, realm })))
    await outbox.forget(old)
  }

  return {
    load() {
      const recorded = new Set<string>()
      outbox.load((delivery) => {
        recorded.add(delivery.webhookId)
        onDelivery(delivery)
      })
      book.load((webhookId) => recorded.has(webhookId))
    },
    apply: (records) => book.apply(exceptions.apply(records)),
    exceptions: () => exceptions.counts(),
    change(next, nextExceptions) {
      exceptions.replace(nextExceptions)
      const before = settings
      settings = next
      const changed = changedChannels(before, next)
      const opened = openChannels({ ...options, settings: { ...next, channels: pick(next.channels, changed) } })
      for (const name of changed) {
        const channel = opened.get(name)
        const closing = channels.get(name)?.channel
        if (channel === undefined) channels.delete(name)
        else channels.set(name, channel)
        outbox.exchange(name, channel, async () => closing?.close())
      }
    },
    alert: (id, realm) => book.alert(id, realm),
    async tick(at) {
      const changed = await book.tick(at)
      await sweep(at)
      return changed
    },
    held: (changedFrom) => book.held(changedFrom),
    onDelivery(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    outboxDepth: () => outbox.depth(),
    deadLetters: () => outbox.deadLetters(),
    replayDeadLetters: (webhookId) => outbox.replayDead(webhookId),
    async sendTest(name) {
      const outcome = await testChannel(name, channels, options)
      if (outcome.delivered) outbox.enable(name)
      return outcome
    },
    status: () => ({ openAlerts: book.openCount, channels: outbox.status() }),
    async close() {
      await book.close()
      await outbox.close()
      await Promise.all([...channels.values()].map(({ channel }) => channel.close()))
    },
  }
}

/** Names of the channels that are new, gone or otherwise set. */
function changedChannels({ channels: before }: AlertsSettings, { channels: after }: AlertsSettings): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.filter((name) => !isDeepStrictEqual(before[name], after[name]))
}

function pick(channels: AlertsSettings['channels'], names: readonly string[]): AlertsSettings['channels'] {
  return Object.fromEntries(Object.entries(channels).filter(([name]) => names.includes(name)))
}
