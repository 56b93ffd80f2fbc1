// The alerts room over a real log and real receivers, in time that a test moves, through any number of lives.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Alerts, openAlerts } from '../../collector/alerts/alerts.ts'
import type { Delivery } from '../../collector/alerts/delivery.ts'
import { alertsSettings } from '../../collector/alerts/settings.ts'
import { type AlertsTelemetry, silentTelemetry } from '../../collector/alerts/telemetry.ts'
import type { Log } from '../../collector/log/log.ts'
import { type Cut, CuttableLog } from './cuttable-log.ts'
import { type TemporaryLog, temporaryLog } from './temporary-log.ts'
import { until } from './until.ts'
import { card } from './verdict-record.ts'
import { VirtualTime } from './virtual-time.ts'

export const testSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

/** Settings of a webhook channel to a receiver on loopback. */
export function webhookTo(url: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'webhook', url, secrets: [testSecret], allowPrivateAddresses: true, timeoutMs: 60_000, ...change }
}

export class AlertsHarness {
  // The reference library checks time stamps against the real clock.
  readonly time = new VirtualTime(Date.now())
  /** Every state of every delivery, over all lives. */
  readonly states: Delivery[] = []
  readonly told: string[] = []
  readonly #directory: TemporaryLog = temporaryLog(this.time.now)
  readonly #settings: unknown
  readonly #window: number | undefined
  #inner: Log | undefined
  #attempts = 0
  #life = 0
  cuttable: CuttableLog | undefined
  #alerts: Alerts | undefined

  constructor(settings: unknown, window?: number) {
    this.#settings = settings
    this.#window = window
  }

  get alerts(): Alerts {
    if (this.#alerts === undefined) throw new Error('not started')
    return this.#alerts
  }

  get log(): Log {
    if (this.#inner === undefined) throw new Error('not started')
    return this.#inner
  }

  /** Attempts at the channels under way. */
  get attempting(): number {
    return this.#attempts
  }

  /** Starts a life, on what the last one left; with other settings if given. */
  async start(cut?: Cut, settings: unknown = this.#settings): Promise<Alerts> {
    this.#inner = await this.#directory.open()
    this.cuttable = new CuttableLog(this.#inner, cut)
    this.#attempts = 0
    const alerts = openAlerts({
      log: this.cuttable.log,
      settings: alertsSettings.parse(settings),
      cards: () => card,
      now: this.time.now,
      clock: this.time.clock,
      random: () => 0.5,
      schedule: this.#scheduleOfThisLife(),
      resolve: async () => ['127.0.0.1'],
      telemetry: this.#telemetry(),
      ...(this.#window === undefined ? {} : { window: this.#window }),
    })
    alerts.onDelivery((delivery) => {
      this.states.push(delivery)
      if (delivery.state === 'attempting') this.#attempts += 1
    })
    this.#alerts = alerts
    alerts.load()
    // What was loaded as under way is not, in this life.
    this.#attempts = 0
    return alerts
  }

  /** Ends the life as a crash does: nothing it still does reaches the log, and its timers never fire. */
  async crash(): Promise<void> {
    this.cuttable?.kill()
    this.#life += 1
    await until(() => this.cuttable?.isIdle === true, 'appends that had begun end')
    await this.#inner?.close()
  }

  /** Between two lives: the log's records are gone, what is kept by key stays. */
  replaceRecords(): void {
    rmSync(join(this.#directory.directory, 'ingest-0'), { recursive: true })
  }

  /** Waits for `condition`, moving time on whenever nothing is under way. */
  async settle(condition: () => boolean, what: string): Promise<void> {
    await until(() => {
      if (condition()) return true
      for (let step = 0; step < 1_000 && this.cuttable?.isIdle === true && this.#attempts <= 0; step += 1) {
        this.time.advanceToNext()
      }
      return condition()
    }, what)
  }

  settled(): Promise<void> {
    return this.settle(() => this.alerts.outboxDepth() === 0, 'everything is delivered')
  }

  /** Ends the life in order, moving time on so that what hangs is cut off. */
  async stop(): Promise<void> {
    let isClosed = false
    const closing = this.#alerts?.close().then(() => {
      isClosed = true
    })
    await until(() => {
      if (!isClosed) this.time.advance(500)
      return isClosed
    }, 'the room closes')
    await closing
    await this.#inner?.close()
  }

  async close(): Promise<void> {
    await this.stop()
    this.#directory.remove()
  }

  #scheduleOfThisLife(): VirtualTime['schedule'] {
    this.#life += 1
    const life = this.#life
    return (delayMs, run) =>
      this.time.schedule(delayMs, () => {
        if (life === this.#life) run()
      })
  }

  #telemetry(): AlertsTelemetry {
    return {
      ...silentTelemetry,
      attempt: () => {
        this.#attempts -= 1
      },
      transition: ({ transition, channels }) => this.told.push(`${transition} to ${channels}`),
      breaker: (channel, state) => this.told.push(`breaker of ${channel} ${state}`),
      channelDisabled: (channel) => this.told.push(`${channel} disabled`),
      deadLetter: ({ channel, lastError }) => this.told.push(`dead letter for ${channel}: ${lastError}`),
      recordFailed: () => this.told.push('the log refused'),
      forgotten: (reason, alerts) => this.told.push(`forgot ${alerts} by ${reason}`),
    }
  }
}
