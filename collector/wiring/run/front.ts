// The side that faces people and senders: HTTP receivers, file receivers and the API on one port.

import type { Logger } from 'pino'
import type { Alerts } from '../../alerts/alerts.ts'
import { apiRouter } from '../../api/api.ts'
import type { DecisionsPort, ExercisesPort } from '../../api/ports.ts'
import type { Log } from '../../log/log.ts'
import { type FileReceiver, openFileReceiver } from '../../receivers/files/file-receiver.ts'
import { lookUpCredential } from '../../scrub/look-up.ts'
import type { ScrubKey } from '../../scrub/scrub-key.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import type { CoreThread } from '../core-thread/core-thread.ts'
import { openExamining } from '../examining/open-examining.ts'
import type { Settings } from '../settings/settings.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import type { AlertStream } from './alert-stream.ts'
import { readConsoleFiles } from './console-files.ts'
import { openHttpReceivers } from './http-receivers.ts'
import { openHttpServer } from './http-server.ts'
import type { OtlpPorts } from './otlp-front.ts'
import type { Outages } from './outages.ts'
import { pause } from './pause.ts'
import { openPressure } from './pressure.ts'
import { openProcessTurns } from './process-turns.ts'
import type { Queries } from './queries.ts'
import { openSourceTopics } from './source-topics.ts'
import type { Status } from './status.ts'
import { streaming } from './streaming.ts'
import { watchAppends } from './watched-log.ts'

export interface FrontOptions {
  readonly settings: Settings
  readonly log: Log
  readonly core: CoreThread
  readonly scrubber: Scrubber
  /** The key in force first. */
  readonly keys: readonly ScrubKey[]
  readonly alerts: Alerts
  readonly stream: AlertStream
  readonly decisions: DecisionsPort
  readonly exercises: ExercisesPort
  readonly queries: Queries
  readonly status: Status
  readonly outages: Outages
  readonly telemetry: Telemetry
  readonly version: string
  readonly logger: Logger
  readonly now: () => number
  /** Nothing can go on: a bug. */
  readonly onFailure: (cause: unknown) => void
}

export interface Front {
  readonly port: number
  readonly otlpPorts: OtlpPorts
  close(): Promise<void>
}

export async function openFront(options: FrontOptions): Promise<Front> {
  const { settings, scrubber, status, telemetry, alerts, outages, now } = options
  const log = watchAppends(options.log, (outage) => outages.set('receiving', outage))
  const { meters } = telemetry
  const turns = openProcessTurns()
  const pressure = openPressure({
    lagBytes: () => status.lagBytes(),
    maxLagBytes: settings.receivers.http.maxLagBytes,
    wait: pause,
    clock: () => performance.now(),
  })
  const receiving = openHttpReceivers({ ...options, log, pressure, turns, meters })
  const api = apiRouter({
    tenant: settings.tenant,
    console: readConsoleFiles(),
    version: options.version,
    store: options.queries,
    decisions: options.decisions,
    exercises: options.exercises,
    credentials: {
      keyIds: options.keys.map(({ id }) => id),
      read: (text) => lookUpCredential(text, options.keys),
    },
    examining: openExamining({
      settings,
      store: options.queries,
      exceptions: () => alerts.exceptions(),
      live: (events) => options.core.examine(events),
    }),
    now,
    status,
    stream: options.stream,
    streaming,
    testChannel: async (name) => {
      const { delivered, text } = await alerts.sendTest(name)
      return { delivered, detail: text }
    },
  })
  const files: FileReceiver = openFileReceiver({
    settings: settings.receivers.files,
    log,
    scrubber,
    pressure: () => pressure.refusal() !== undefined,
    turns,
    onReceived: (records, bytes) => {
      meters.count('receivedRecords', records, { receiver: 'file' })
      meters.count('receivedBytes', bytes, { receiver: 'file' })
    },
    onTrouble: (path, error) =>
      status.setNote(`file ${path}`, error === undefined ? undefined : `file "${path}": ${error.message}`),
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  })
  const sourceTopics = await openSourceTopics({
    ...options,
    log,
    pressure: () => pressure.isHeld(),
    turns,
    meters,
  })
  if (sourceTopics !== undefined)
    meters.gauge('sourceLag', () => sourceTopics.behind().map(({ topic, records }) => [records, { topic }] as const))
  const server = await openHttpServer({
    settings: settings.receivers.http,
    ...receiving.routes,
    api,
  })
  const otlpPorts = await receiving.openOtlp()
  options.logger.debug({ port: server.port, at: now() }, 'listening')
  return {
    port: server.port,
    otlpPorts,
    close: async () => {
      await files.close()
      await sourceTopics?.close()
      await receiving.close()
      await server.close()
    },
  }
}
