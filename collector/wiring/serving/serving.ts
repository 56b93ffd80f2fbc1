// Answers people where roles share the work: the console, the API and the stream, over the store they all write to.

import type { Router } from 'express'
import type { Logger } from 'pino'
import { testChannelAlone } from '../../alerts/test-channel.ts'
import { apiRouter } from '../../api/api.ts'
import type { StatusPort } from '../../api/ports.ts'
import type { Log } from '../../log/log.ts'
import { lookUpCredential } from '../../scrub/look-up.ts'
import type { ScrubKey } from '../../scrub/scrub-key.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openExamining } from '../examining/open-examining.ts'
import { AlertStream } from '../run/alert-stream.ts'
import { readConsoleFiles } from '../run/console-files.ts'
import { resolveName, schedule } from '../run/live-alerts.ts'
import { pause } from '../run/pause.ts'
import { processClocks } from '../run/process-clocks.ts'
import type { Queries } from '../run/queries.ts'
import { streaming } from '../run/streaming.ts'
import type { Settings } from '../settings/settings.ts'
import { version } from '../version.ts'
import { examineElsewhere } from './examine-elsewhere.ts'
import { openFleetDecisions } from './fleet-decisions.ts'
import { followAlerts } from './follow-alerts.ts'

export interface ServeOptions {
  readonly settings: Settings
  /** How many there are. Alerts lie in as many as findings. */
  readonly partitions: { readonly ingest: number; readonly findings: number }
  /** Shows `alerts` from its end on; decisions go to `ingest`. */
  readonly log: Log
  readonly queries: Queries
  readonly scrubber: Scrubber
  /** The key in force first. */
  readonly keys: readonly ScrubKey[]
  readonly status: StatusPort
  readonly logger: Logger
  readonly onFailure: (cause: unknown) => void
}

export interface Serving {
  readonly routes: Router
  close(): Promise<void>
}

export function openServing(options: ServeOptions): Serving {
  const { settings, partitions, log, queries, scrubber, keys, status, logger, onFailure } = options
  const { tenant, alerts } = settings
  const { now } = processClocks
  const stream = new AlertStream()
  const stopFollowing = followAlerts({
    log,
    partitions: partitions.findings,
    tell: (alert) => stream.tell(alert),
    onUnreadable: ({ key, coordinate }) =>
      logger.warn({ key, coordinate }, 'an alert that another version wrote is not shown as it changes'),
    onFailure,
  })
  const routes = apiRouter({
    tenant,
    console: readConsoleFiles(),
    version,
    store: queries,
    credentials: { keyIds: keys.map(({ id }) => id), read: (text) => lookUpCredential(text, keys) },
    examining: openExamining({
      settings,
      store: queries,
      exceptions: () => settings.exceptions,
      live: examineElsewhere(settings),
    }),
    now,
    decisions: openFleetDecisions({
      log,
      scrubber,
      tenant,
      store: queries,
      stream,
      now,
      wait: pause,
      forgetAfterMs: alerts.forgetAfterMs,
      ingestPartitions: partitions.ingest,
    }),
    exercises: undefined,
    status,
    stream,
    streaming,
    testChannel: async (name) => {
      const ports = { ...processClocks, random: Math.random, schedule, resolve: resolveName }
      const { delivered, text } = await testChannelAlone(name, { settings: alerts, ...ports })
      return { delivered, detail: text }
    },
  })
  return { routes, close: stopFollowing }
}
