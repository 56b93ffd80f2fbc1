// An alert as the log topic `alerts` keeps it: with what its next revision needs, and with the notifications it owes.

import { z } from 'zod'
import { type Alert, alertSchema, type Transition } from '../../schemas/alerts.ts'
import { findingSchema, verdictRecordSchema } from '../../schemas/verdict-record.ts'
import type { LogRecord, NewRecord } from '../log/log.ts'
import { webhookId } from './alert-id.ts'
import type { Delivery, SealedDelivery } from './delivery.ts'
import type { AlertLife } from './lifecycle.ts'

/**
 * A transition that channels are owed. It stands in the alert's own record, so that one append keeps both or neither;
 * it is dropped from later revisions once each of its deliveries has a record of its own.
 */
export interface OwedNotification {
  readonly transition: Transition
  /** Id of the event or decision that caused it. */
  readonly causedBy: string
  /** Epoch ms: when it was made, by the clock of deliveries. */
  readonly createdAt: number
  readonly channels: readonly string[]
  readonly body: string
}

export interface HeldAlert {
  readonly life: AlertLife
  /** Channels that were told of it and not yet of its withdrawal. */
  readonly told: readonly string[]
  readonly owed: readonly OwedNotification[]
}

const recordVersion = 1

const transitionForm = /^(opened|reopened|continued-after-quiet|withdrawn|closed|(severity|rung):.*)$/s
const transitionSchema = z.custom<Transition>((value) => typeof value === 'string' && transitionForm.test(value))

const storedSchema = z.strictObject({
  v: z.literal(recordVersion),
  /** Life of the ingest topic in which the position counts; records written before it was kept are of the present one. */
  incarnation: z.string().optional(),
  life: z.strictObject({
    alert: alertSchema,
    position: z.strictObject({ offset: z.number(), index: z.number() }),
    findings: z.array(findingSchema),
    gone: z.array(findingSchema),
    announced: z.boolean(),
    /** Records written before it was kept show whatever is told next. */
    teller: z.string().default(''),
    others: z.record(z.string(), verdictRecordSchema).default({}),
  }),
  told: z.array(z.string()),
  owed: z.array(
    z.strictObject({
      transition: transitionSchema,
      causedBy: z.string(),
      createdAt: z.number(),
      channels: z.array(z.string()),
      body: z.string(),
    }),
  ),
})

/** One alert has one id in every realm, so the realm is part of its key. */
export function alertKey(alert: Pick<Alert, 'id' | 'realm'>): string {
  return `${alert.id}/${alert.realm}`
}

/** @param incarnation life of the ingest topic, in which positions count */
export function encodeHeld(held: HeldAlert, incarnation: string): NewRecord {
  const value = Buffer.from(JSON.stringify({ v: recordVersion, incarnation, ...held }))
  return { key: alertKey(held.life.alert), value }
}

/** Before every position: nothing of the present log was folded yet. */
const beforeAll = { offset: -1, index: 0 }

/**
 * Throws on bytes that this version did not write: a newer collector's, or a bug. A position in another life of the
 * ingest topic than `incarnation` says nothing about the present one.
 */
export function decodeHeld(record: LogRecord, incarnation: string): HeldAlert {
  const stored = storedSchema.parse(JSON.parse(Buffer.from(record.value ?? []).toString()))
  const { life, told, owed } = stored
  const isPresent = stored.incarnation === undefined || stored.incarnation === incarnation
  return { life: isPresent ? life : { ...life, position: beforeAll }, told, owed }
}

const shownSchema = z.object({ life: z.object({ alert: alertSchema }) })

/** What a record shows to those who only look on. Undefined: this version did not write it. */
export function shownAlert({ value }: LogRecord): Alert | undefined {
  try {
    return shownSchema.parse(JSON.parse(Buffer.from(value ?? []).toString())).life.alert
  } catch {
    return undefined
  }
}

export function forgetAlert(key: string): NewRecord {
  return { key, value: null }
}

/** The deliveries that a notification stands for, in the state in which each begins. */
export function owedDeliveries(
  alert: Pick<Alert, 'id' | 'realm' | 'tenant'>,
  owed: OwedNotification,
): SealedDelivery[] {
  return owed.channels.map((channel): SealedDelivery => {
    const delivery: Delivery = {
      webhookId: webhookId(alert.realm, alert.id, channel, owed.transition, owed.causedBy),
      tenant: alert.tenant,
      realm: alert.realm,
      alertId: alert.id,
      channel,
      transition: owed.transition,
      state: 'pending',
      attempts: 0,
      replayedAfter: 0,
      createdAt: owed.createdAt,
      nextAttemptAt: owed.createdAt,
      updatedAt: owed.createdAt,
      lastError: '',
      version: 1,
    }
    return { delivery, body: owed.body }
  })
}
