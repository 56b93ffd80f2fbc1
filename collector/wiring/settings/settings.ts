// All settings of the program: each room's own, put together under one roof.

import { z } from 'zod'
import { exceptionsSettings } from '../../alerts/exceptions.ts'
import { alertsSettings } from '../../alerts/settings.ts'
import { decoderSettings } from '../../decoders/settings.ts'
import { kafkaSettings } from '../../log/kafka/settings.ts'
import { fileReceiverSettings } from '../../receivers/files/settings.ts'
import { httpReceiverSettings } from '../../receivers/http/settings.ts'
import { kafkaReceiverSettings } from '../../receivers/kafka/settings.ts'
import { otlpReceiverSettings } from '../../receivers/otlp/settings.ts'
import { scrubSettings } from '../../scrub/settings.ts'
import { storeSettings } from '../../store/settings.ts'
import { detectorSettings } from './detector-settings.ts'
import { refuseUnreadableTopics } from './source-topics.ts'

const day = 86_400

export const logSettings = z
  .strictObject({
    retentionSeconds: z
      .int()
      .min(60)
      .default(7 * day)
      .describe('How long the log keeps records that are stored. Unit: seconds.'),
    retentionBytes: z
      .int()
      .min(1 << 20)
      .default(4 * 1024 ** 3)
      .describe('How much the log keeps of records that are stored. Unit: bytes.'),
    segmentBytes: z
      .int()
      .min(1 << 20)
      .default(64 * 1024 ** 2)
      .describe('Size at which a segment of the log is closed; segments are dropped whole. Unit: bytes.'),
    kafka: kafkaSettings.optional().describe('A Kafka cluster that keeps the log. Left out: the data folder does.'),
  })
  .prefault({})

export const telemetrySettings = z
  .strictObject({
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('Least level of our own log lines.'),
    logFormat: z
      .enum(['auto', 'json', 'text'])
      .default('auto')
      .describe('`text` for people, `json` for machines; `auto`: text on a terminal.'),
  })
  .prefault({})

export const settingsSchema = z
  .strictObject({
    tenant: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
      .default('default')
      .describe('Tenant of everything received.'),
    receivers: z
      .strictObject({
        http: httpReceiverSettings,
        otlp: otlpReceiverSettings,
        files: fileReceiverSettings,
        kafka: kafkaReceiverSettings,
      })
      .prefault({}),
    scrub: scrubSettings,
    decoders: decoderSettings,
    log: logSettings,
    store: storeSettings,
    detectors: detectorSettings,
    alerts: alertsSettings,
    exceptions: exceptionsSettings,
    telemetry: telemetrySettings,
  })
  .superRefine(refuseUnreadableTopics)

export type Settings = z.infer<typeof settingsSchema>
