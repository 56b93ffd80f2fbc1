// Where OTLP comes in: routes for the main port, and the two ports that exporters try by themselves.

import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { openGuard } from '../../receivers/http/guard.ts'
import { type GrpcServer, openGrpcServer } from '../../receivers/otlp/grpc-server.ts'
import { type HttpRoutesOptions, otlpRoutes } from '../../receivers/otlp/http-routes.ts'
import { openMessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import type { Settings } from '../settings/settings.ts'
import type { Telemetry } from '../telemetry/open-telemetry.ts'
import { type HttpServer, type HttpServerOptions, openHttpServer } from './http-server.ts'
import type { Status } from './status.ts'

export interface OtlpFrontOptions
  extends Pick<HttpRoutesOptions, 'log' | 'scrubber' | 'gauge' | 'pressure' | 'turns' | 'onRefused' | 'now'> {
  readonly settings: Settings
  readonly status: Pick<Status, 'setNote'>
  readonly meters: Telemetry['meters']
  readonly logger: Logger
}

export interface OtlpPorts {
  /** Undefined where it is switched off or taken. */
  readonly http: number | undefined
  readonly grpc: number | undefined
}

export interface OtlpFront {
  /** For the main port. */
  readonly routes: RequestHandler
  /** Opens the ports beside the main one; one that is taken is told and done without. */
  open(server: Pick<HttpServerOptions, 'onRefused' | 'scrubText'>): Promise<OtlpPorts>
  close(): Promise<void>
}

export function openOtlpFront(options: OtlpFrontOptions): OtlpFront {
  const { settings, scrubber, status, meters } = options
  const { http, otlp } = settings.receivers
  const { depth, keys, lineBytes } = settings.decoders.limits
  const taking: HttpRoutesOptions = {
    ...options,
    settings: http,
    limits: { records: http.records, depth, keys, lineBytes: Math.min(lineBytes, http.lineBytes) },
    messages: openMessageScrubber(scrubber, settings.scrub),
    onReceived: (receiver, items, bytes, tookMs) => {
      meters.count('receivedRecords', items, { receiver })
      meters.count('receivedBytes', bytes, { receiver })
      meters.time('appendSeconds', tookMs / 1000)
    },
    onRejected: (rejections, signal) => {
      for (const [reason, count] of rejections.entries()) meters.count('rejectedItems', count, { reason })
      status.setNote(
        `otlp ${signal.name}`,
        `otlp: of the last request that was not taken whole ${rejections.message(signal)}`,
      )
    },
    onMetrics: () => status.setNote('otlp metrics', 'otlp: metrics are sent here and not kept'),
  }
  const routes = otlpRoutes(taking)
  const opened: (HttpServer | GrpcServer)[] = []

  async function openPort(name: string, port: number, open: () => Promise<HttpServer | GrpcServer>) {
    if (port === 0) return undefined
    try {
      const server = await open()
      opened.push(server)
      return server.port
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const note = `${name} does without its own port ${port}: ${why}`
      options.logger.warn({ port }, note)
      status.setNote(name, note)
      return undefined
    }
  }

  return {
    routes,
    open: async ({ onRefused, scrubText }) => ({
      http: await openPort('otlp/http', otlp.port, () =>
        openHttpServer({
          settings: { ...http, port: otlp.port },
          portOption: '--otlp-port',
          otlp: routes,
          events: passOn,
          opa: passOn,
          api: passOn,
          onRefused,
          scrubText,
        }),
      ),
      grpc: await openPort('otlp/grpc', otlp.grpcPort, () =>
        openGrpcServer({ ...taking, http, otlp, guard: openGuard(http), schedule }),
      ),
    }),
    close: async () => {
      await Promise.all(opened.map((server) => server.close()))
    },
  }
}

const passOn: RequestHandler = (_request, _response, next) => next()

function schedule(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs)
  return () => clearTimeout(timer)
}
