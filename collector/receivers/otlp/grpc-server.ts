// OTLP/gRPC: the three export services on a port of their own, over HTTP/2 without TLS.

import { createServer, type Socket } from 'node:net'
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js'
import { logs, type Signal, traces } from '../../../schemas/otlp/messages.ts'
import { exportMethods } from '../../../schemas/otlp/services.ts'
import { refusalOf } from '../http/events-route.ts'
import type { GuardedRequest } from '../http/guard.ts'
import type { Refusal } from '../http/refusal.ts'
import type { HttpReceiverSettings } from '../http/settings.ts'
import { listen } from '../listen.ts'
import { exportReply } from './export-reply.ts'
import { admission, peerOf } from './grpc-admission.ts'
import { refusalStatus } from './grpc-status.ts'
import { openSlots } from './message-slots.ts'
import { metricsReply } from './metrics-reply.ts'
import type { OtlpReceiverSettings } from './settings.ts'
import { type TakeExportOptions, takeExport } from './take-export.ts'

export interface GrpcServerOptions extends TakeExportOptions {
  readonly http: Pick<HttpReceiverSettings, 'host' | 'connections' | 'inFlightBytes' | 'headerBytes'>
  readonly otlp: OtlpReceiverSettings
  readonly guard: (request: GuardedRequest) => Refusal | undefined
  readonly onMetrics: () => void
  /** Calls `run` later; what it returns calls it off. */
  readonly schedule: (delayMs: number, run: () => void) => () => void
}

export interface GrpcServer {
  readonly port: number
  /** Lets calls under way end for a moment, then closes. */
  close(): Promise<void>
}

/** A connection that has not even said that it speaks HTTP/2. */
const preface = { bytes: 24, ms: 10_000 } as const
const keepaliveMs = { time: 60_000, timeout: 20_000, idle: 600_000 } as const
const waitForSlotMs = 5_000
const graceMs = 2_000

/** @throws {ListenError} where the port is taken */
export async function openGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { http, otlp, schedule } = options
  const sockets = new Map<string, Socket>()
  const server = new Server({
    'grpc.max_receive_message_length': otlp.grpcMessageBytes,
    'grpc.max_concurrent_streams': otlp.grpcStreams,
    'grpc.keepalive_time_ms': keepaliveMs.time,
    'grpc.keepalive_timeout_ms': keepaliveMs.timeout,
    'grpc.max_connection_idle_ms': keepaliveMs.idle,
    'grpc.enable_channelz': 0,
    interceptors: [
      admission({
        ...options,
        scrubText: (text) => options.scrubber.scrubText(text),
        // A message is held as it came and inflated.
        slots: openSlots({
          slots: Math.max(1, Math.floor(http.inFlightBytes / (2 * otlp.grpcMessageBytes))),
          waitMs: waitForSlotMs,
          schedule,
        }),
        messageMs: otlp.grpcMessageSeconds * 1000,
        hangUp: (peer) => sockets.get(peer)?.destroy(),
      }),
    ],
  })
  const asIs = (bytes: Buffer): Buffer => bytes
  server.register(exportMethods.traces, exportCall(traces, options), asIs, asIs, 'unary')
  server.register(exportMethods.logs, exportCall(logs, options), asIs, asIs, 'unary')
  server.register(exportMethods.metrics, metricsCall(options), asIs, asIs, 'unary')
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const listener = createServer({ noDelay: true }, (socket) => {
    const callOff = schedule(preface.ms, () => {
      if (socket.bytesRead < preface.bytes) socket.destroy()
    })
    const peer = peerOf(socket)
    sockets.set(peer, socket)
    socket.on('error', () => undefined) // whoever goes away is no one's concern
    socket.once('close', () => {
      callOff()
      sockets.delete(peer)
    })
    injector.injectConnection(socket)
  })
  listener.maxConnections = http.connections
  const port = await listen(listener, { host: http.host, port: otlp.grpcPort }, '--otlp-grpc-port')
  return {
    port,
    close: async () => {
      const isClosed = new Promise<void>((resolve) => listener.close(() => resolve()))
      injector.drain(graceMs)
      const callOff = schedule(graceMs, () => {
        for (const socket of sockets.values()) socket.destroy()
      })
      await isClosed
      callOff()
      injector.destroy()
      server.forceShutdown()
    },
  }
}

function exportCall(signal: Signal, options: GrpcServerOptions): handleUnaryCall<Buffer, Buffer> {
  return ({ request }, callback) => {
    takeExport(request, { signal, encoding: 'protobuf', receiver: 'otlp-grpc', source: 'otlp' }, options).then(
      (partial) => callback(null, exportReply('protobuf', signal.rejected, partial)),
      (cause: unknown) => {
        const refusal = refusalOf(cause)
        options.onRefused(refusal.code)
        callback(refusalStatus(refusal, (text) => options.scrubber.scrubText(text)))
      },
    )
  }
}

function metricsCall({ onMetrics }: GrpcServerOptions): handleUnaryCall<Buffer, Buffer> {
  return (_, callback) => {
    onMetrics()
    callback(null, exportReply('protobuf', 'rejectedDataPoints', metricsReply))
  }
}
