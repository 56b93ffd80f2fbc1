// Holds the current alerts: folds verdicts into them, makes each change durable in one append, and says what is owed to whom.

import type { Alert, Transition } from '../../schemas/alerts.ts'
import {
  type ClosingRecord,
  type Finding,
  isClosing,
  type JudgedRecord,
  type VerdictRecord,
} from '../../schemas/findings.ts'
import { copyHeader, type Log, LogError, type NewRecord } from '../log/log.ts'
import {
  alertKey,
  encodeHeld,
  forgetAlert,
  type HeldAlert,
  type OwedNotification,
  owedDeliveries,
} from './alert-record.ts'
import { partsOf } from './append-parts.ts'
import { type CardFacts, verdictAlertId } from './build-alert.ts'
import type { SealedDelivery } from './delivery.ts'
import { HeldAlerts } from './held-alerts.ts'
import { closeByPerson, closeWhenQuiet, type LifecyclePolicy, reviseAlert } from './lifecycle.ts'
import { messageBody } from './message.ts'
import type { AlertsTelemetry } from './telemetry.ts'

/** One alert that changed, as it now is. */
export interface AppliedAlert {
  readonly alert: Alert
  readonly findings: readonly Finding[]
  /** Findings that stood once and do not any more. */
  readonly gone: readonly Finding[]
  /** What was worth telling, in order, whether or not a channel is told. */
  readonly transitions: readonly Transition[]
}

export interface AlertBookOptions {
  readonly log: Log
  /** As it holds just now. */
  readonly policy: () => LifecyclePolicy & { readonly forgetAfterMs: number; readonly maxAlerts: number }
  readonly cards: (detector: string) => CardFacts
  /** Channels that hear of an alert's opening and rises. */
  readonly route: (alert: Alert) => readonly string[]
  /** False for a channel that is no longer in the settings, and for one that hears nothing of the realm any more. */
  readonly isChannel: (name: string, realm: string) => boolean
  readonly isUnrecorded: (webhookId: string) => boolean
  /** Takes over what the durable records owe. */
  readonly accept: (owed: readonly SealedDelivery[]) => void
  readonly now: () => number
  readonly telemetry: AlertsTelemetry
}

interface Staged {
  readonly held: HeldAlert
  readonly told: readonly Told[]
  /** Made in this batch: part of `held.owed`. */
  readonly fresh: readonly OwedNotification[]
}

type Told = Parameters<AlertsTelemetry['transition']>[0]

const mostPerTick = 500
const mostAppendBytes = 1024 * 1024

export class AlertBook {
  readonly #options: AlertBookOptions
  readonly #held: HeldAlerts
  readonly #incarnation: string
  #last: Promise<unknown> = Promise.resolve()
  /** Durable, and not yet told to the caller because the rest of its batch was not. */
  readonly #unreported = new Map<string, AppliedAlert>()

  constructor(options: AlertBookOptions) {
    this.#options = options
    this.#held = new HeldAlerts(options.log)
    this.#incarnation = options.log.bounds('ingest').incarnation
  }

  get openCount(): number {
    return this.#held.openCount
  }

  /** `isRecorded` says of a delivery whether it has a record of its own; what is owed without one is handed on now. */
  load(isRecorded: (webhookId: string) => boolean): void {
    this.#held.load(({ life, owed }) => {
      const missing = owed.flatMap((notification) => owedDeliveries(life.alert, notification))
      this.#options.accept(missing.filter(({ delivery }) => !isRecorded(delivery.webhookId)))
    })
  }

  /**
   * Folds a batch of verdicts and of decisions to close, in order. Durable when it resolves; when it rejects, give the batch again: what had become
   * durable before is then told with the rest. Verdicts that were folded before change nothing.
   */
  apply(records: readonly JudgedRecord[]): Promise<readonly AppliedAlert[]> {
    return this.#inTurn(() => {
      const staged = new Map<string, Staged>()
      for (const record of records)
        if (isClosing(record)) this.#close(record, staged)
        else this.#fold(record, staged)
      return this.#commit(staged)
    })
  }

  /** As it now is, with every change that was durable before; undefined when it is not held. */
  alert(id: string, realm: string): Alert | undefined {
    return this.#held.read(alertKey({ id, realm }))?.life.alert
  }

  /** Closes what went quiet and forgets what rested long; `now` is append time. */
  tick(now: number): Promise<readonly AppliedAlert[]> {
    return this.#inTurn(async () => {
      const policy = this.#options.policy()
      const staged = new Map<string, Staged>()
      for (const key of this.#held.openSince(now - policy.closeAfterMs, mostPerTick)) {
        const before = this.#held.read(key)
        const life = before === undefined ? undefined : closeWhenQuiet(before.life, now, policy)
        if (before === undefined || life === undefined) continue
        const causedBy = `closed by itself at revision ${life.alert.revision}`
        staged.set(key, this.#stage(before, undefined, life, 'closed', causedBy))
      }
      await this.#forget(this.#held.restingSince(now - policy.forgetAfterMs, mostPerTick), 'age')
      return this.#commit(staged)
    })
  }

  /** Takes what has its own record by now out of the records of these alerts. */
  release(keys: Iterable<string>): Promise<void> {
    return this.#inTurn(async () => {
      const lighter: HeldAlert[] = []
      for (const key of new Set(keys)) {
        const held = this.#held.read(key)
        const owed = held === undefined ? [] : this.#stillOwed(held)
        if (held !== undefined && owed.length < held.owed.length) lighter.push({ ...held, owed })
      }
      if (lighter.length === 0) return
      const receipts = await this.#options.log.append(
        'alerts',
        lighter.map((held) => ({ ...encodeHeld(held, this.#incarnation), headers: { [copyHeader]: 'yes' } })),
      )
      for (const [index, held] of lighter.entries()) this.#held.move(held, receipts[index]?.coordinate.offset ?? 0)
    })
  }

  /** Every held alert that changed at `changedFrom` (append time, epoch ms) or later, as it now is. */
  *held(changedFrom: number): Iterable<AppliedAlert> {
    for (const key of [...this.#held.changedFrom(changedFrom)]) {
      const held = this.#held.read(key)
      if (held !== undefined) yield appliedOf(held, [])
    }
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined)
  }

  // One change at a time: each reads what the one before made durable.
  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(task, task)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  #fold(record: VerdictRecord, staged: Map<string, Staged>): void {
    const { continues, slot } = record.verdict
    const keyOf = (ofSlot: string): string => alertKey({ id: verdictAlertId(record, ofSlot), realm: record.realm })
    const key = keyOf(slot)
    const before = staged.get(key)
    const held = before?.held ?? this.#held.read(key)
    const earlier =
      continues === '' ? undefined : (staged.get(keyOf(continues))?.held ?? this.#held.read(keyOf(continues)))
    const card = this.#options.cards(record.detector)
    const revision = reviseAlert(held?.life, record, card, this.#options.policy(), earlier?.life.alert)
    if (!revision.changed) return
    staged.set(key, this.#stage(held, before, revision.life, revision.transition, record.causedBy))
  }

  #close(record: ClosingRecord, staged: Map<string, Staged>): void {
    const key = alertKey({ id: record.alertId, realm: record.realm })
    const before = staged.get(key)
    const held = before?.held ?? this.#held.read(key)
    const revision = closeByPerson(held?.life, record)
    if (!revision.changed) return
    staged.set(key, this.#stage(held, before, revision.life, revision.transition, record.causedBy))
  }

  #stage(
    held: HeldAlert | undefined,
    before: Staged | undefined,
    life: HeldAlert['life'],
    transition: Transition | undefined,
    causedBy: string,
  ): Staged {
    const owed = before?.held.owed ?? (held === undefined ? [] : this.#stillOwed(held))
    const names = (held?.told ?? []).filter((name) => this.#options.isChannel(name, life.alert.realm))
    const fresh = before?.fresh ?? []
    if (transition === undefined) {
      return { held: { life, told: names, owed }, told: before?.told ?? [], fresh }
    }
    const ends = transition === 'withdrawn' || transition === 'closed'
    const channels = ends ? names : this.#options.route(life.alert)
    const { detector, realm, severity } = life.alert
    const namesNow = transition === 'withdrawn' ? [] : [...new Set([...names, ...channels])]
    const made = channels.length === 0 ? [] : [this.#owe(life.alert, transition, causedBy, channels)]
    return {
      held: { life, told: namesNow, owed: [...owed, ...made] },
      told: [...(before?.told ?? []), { detector, realm, severity, transition, channels: channels.length }],
      fresh: [...fresh, ...made],
    }
  }

  #owe(alert: Alert, transition: Transition, causedBy: string, channels: readonly string[]): OwedNotification {
    return { transition, causedBy, createdAt: this.#options.now(), channels, body: messageBody(alert, transition) }
  }

  #stillOwed({ life, owed }: HeldAlert): readonly OwedNotification[] {
    return owed.filter((notification) =>
      owedDeliveries(life.alert, notification).some(({ delivery }) => this.#options.isUnrecorded(delivery.webhookId)),
    )
  }

  /** Appended in parts the log takes: an alert and what it owes stay in one. */
  async #commit(staged: ReadonlyMap<string, Staged>): Promise<readonly AppliedAlert[]> {
    const changes = [...staged.values()].map((change) => ({
      change,
      record: encodeHeld(change.held, this.#incarnation),
    }))
    for (const part of partsOf(changes, ({ record }) => record.value?.byteLength ?? 0, mostAppendBytes)) {
      const records = part.map(({ record }) => record)
      const receipts = await this.#options.log.append('alerts', records)
      for (const [index, { change }] of part.entries()) this.#committed(change, receipts[index]?.coordinate.offset ?? 0)
    }
    if (staged.size > 0) await this.#makeRoom()
    const applied = [...this.#unreported.values()]
    this.#unreported.clear()
    return applied
  }

  #committed({ held, fresh, told }: Staged, offset: number): void {
    const key = alertKey(held.life.alert)
    this.#held.put(held, offset)
    this.#options.accept(fresh.flatMap((owed) => owedDeliveries(held.life.alert, owed)))
    for (const each of told) this.#options.telemetry.transition(each)
    const before = this.#unreported.get(key)?.transitions ?? []
    const transitions = [...before, ...told.map(({ transition }) => transition)]
    this.#unreported.set(key, appliedOf(held, transitions))
  }

  async #makeRoom(): Promise<void> {
    const excess = this.#held.size - this.#options.policy().maxAlerts
    if (excess <= 0) return
    const longest = Number.POSITIVE_INFINITY
    const inOrder = [
      this.#held.drills(excess),
      this.#held.restingSince(longest, excess),
      this.#held.openSince(longest, excess),
    ]
    // What was committed stays committed: room is made with the next batch if the log takes nothing now.
    await this.#forget([...new Set(inOrder.flat())].slice(0, excess), 'capacity').catch((error: unknown) => {
      if (!(error instanceof LogError)) throw error
      this.#options.telemetry.recordFailed(error)
    })
  }

  async #forget(keys: readonly string[], reason: 'age' | 'capacity'): Promise<void> {
    const settled = keys.filter((key) => {
      const held = this.#held.read(key)
      return held === undefined || this.#stillOwed(held).length === 0
    })
    if (settled.length === 0) return
    const tombstones: NewRecord[] = settled.map(forgetAlert)
    await this.#options.log.append('alerts', tombstones)
    for (const key of settled) this.#held.delete(key)
    this.#options.telemetry.forgotten(reason, settled.length)
  }
}

function appliedOf({ life }: HeldAlert, transitions: readonly Transition[]): AppliedAlert {
  return { alert: life.alert, findings: life.findings, gone: life.gone, transitions }
}
