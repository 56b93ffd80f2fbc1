// The alerts room of a live collector: real clock, real resolver, real timers.

import { lookup } from 'node:dns/promises'
import type { Logger } from 'pino'
import { type Alerts, openAlerts } from '../../alerts/alerts.ts'
import type { CardFacts } from '../../alerts/build-alert.ts'
import type { Log } from '../../log/log.ts'
import { findDetector } from '../describe.ts'
import type { Settings } from '../settings/settings.ts'
import type { Meters } from '../telemetry/meters.ts'
import type { Outages } from './outages.ts'
import { processClocks } from './process-clocks.ts'

export interface LiveAlertsOptions {
  readonly settings: Settings
  readonly log: Log
  readonly meters: Meters
  readonly logger: Logger
  readonly outages: Pick<Outages, 'set'>
}

export function openLiveAlerts({ settings, log, meters, logger, outages }: LiveAlertsOptions): Alerts {
  return openAlerts({
    log,
    settings: settings.alerts,
    exceptions: settings.exceptions,
    cards: cardOf,
    ...processClocks,
    random: Math.random,
    schedule,
    resolve: resolveName,
    telemetry: {
      transition: ({ detector, realm, transition }) =>
        meters.count('alertTransitions', 1, {
          detector,
          transition: transition.split(':', 1)[0] ?? transition,
          realm: realm === 'live' ? 'live' : 'exercise',
        }),
      attempt: ({ channel, outcome, webhookId, detail, durationMs }) => {
        meters.count('deliveries', 1, { channel, outcome })
        logger.debug({ channel, outcome, webhookId, detail, durationMs }, 'notified a channel')
      },
      deadLetter: ({ channel, webhookId, lastError }) =>
        logger.error({ channel, webhookId, lastError }, 'gave a notification up'),
      breaker: (channel, state) =>
        logger.warn({ channel, state }, state === 'open' ? 'a channel fails and rests' : 'a channel works again'),
      channelDisabled: (channel, reason) => logger.error({ channel, reason }, 'a channel gets nothing more'),
      excepted: (detector, findings) => meters.count('exceptedFindings', findings, { detector }),
      recordFailed: (error) => outages.set('deliveries', error),
      forgotten: (reason, alerts) => logger.info({ reason, alerts }, 'closed alerts are no longer held for revision'),
    },
  })
}

/** What alerts take from a detector's card; a detector that is gone leaves its alerts without. */
export function cardOf(detector: string): CardFacts {
  const { attack = [], runbook = [] } = findDetector(detector)?.card ?? {}
  return { attack, runbook }
}

export function schedule(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}

export async function resolveName(hostname: string): Promise<readonly string[]> {
  const addresses = await lookup(hostname, { all: true, verbatim: true })
  return addresses.map(({ address }) => address)
}
