// What takes records over HTTP and gRPC: posted lines, decision logs of OPA, and OTLP.

import type { Logger } from 'pino'
import { decoders } from '../../decoders/catalog.ts'
import { looksGlued } from '../../decoders/glued.ts'
import type { Log } from '../../log/log.ts'
import { type EventsRouteOptions, eventsRoute } from '../../receivers/http/events-route.ts'
import { MemoryGauge } from '../../receivers/http/memory-gauge.ts'
import { opaRoute } from '../../receivers/http/opa-route.ts'
import type { Scrubber } from '../../scrub/scrubber.ts'
import { openSniffer } from '../records/sniff.ts'
import type { Settings } from '../settings/settings.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import type { HttpServerOptions } from './http-server.ts'
import { type OtlpPorts, openOtlpFront } from './otlp-front.ts'
import type { Pressure } from './pressure.ts'
import type { Status } from './status.ts'
import type { Turns } from './turns.ts'

export interface HttpReceiversOptions {
  readonly settings: Settings
  readonly log: Log
  readonly scrubber: Scrubber
  readonly pressure: Pick<Pressure, 'refusalInTime'>
  readonly turns: Turns
  readonly status: Pick<Status, 'setNote'>
  readonly meters: Telemetry['meters']
  readonly logger: Logger
}

export interface HttpReceivers {
  /** For the server on the main port. */
  readonly routes: Pick<HttpServerOptions, 'events' | 'opa' | 'otlp' | 'onRefused' | 'scrubText'>
  /** Opens the ports that exporters try by themselves. */
  openOtlp(): Promise<OtlpPorts>
  close(): Promise<void>
}

export function openHttpReceivers(options: HttpReceiversOptions): HttpReceivers {
  const { settings, log, scrubber, pressure, turns, status, meters } = options
  const sniff = openSniffer(settings.decoders)
  const gauge = new MemoryGauge(settings.receivers.http.inFlightBytes)
  const onRefused = (code: string): void => meters.count('refusedRequests', 1, { code })
  const scrubText = (text: string): string => scrubber.scrubText(text)
  const received = (receiver: string) => (records: number, bytes: number, tookMs: number) => {
    meters.count('receivedRecords', records, { receiver })
    meters.count('receivedBytes', bytes, { receiver })
    meters.time('appendSeconds', tookMs / 1000)
  }
  const posted: EventsRouteOptions = {
    settings: settings.receivers.http,
    depth: settings.decoders.limits.depth,
    log,
    scrubber,
    gauge,
    formats: decoders.map(({ id }) => id),
    pressure: () => pressure.refusalInTime(),
    looksGlued,
    turns,
    warningsOf: (lines, format, source, appendedAt) => {
      const sniffed = sniff(lines, format, source, appendedAt)
      if (sniffed === undefined) return []
      status.setNote(`skew ${source}`, sniffed.skew)
      return sniffed.warnings
    },
    onReceived: received('http'),
    onRefused,
    now: () => performance.now(),
  }
  const otlp = openOtlpFront({
    settings,
    log,
    scrubber,
    gauge,
    pressure: () => pressure.refusalInTime(),
    turns,
    status,
    meters,
    logger: options.logger,
    onRefused,
    now: () => performance.now(),
  })
  return {
    routes: {
      events: eventsRoute(posted),
      opa: opaRoute({ ...posted, onReceived: received('opa') }),
      otlp: otlp.routes,
      onRefused,
      scrubText,
    },
    openOtlp: () => otlp.open({ onRefused, scrubText }),
    close: () => otlp.close(),
  }
}
