// Settings of the OTLP receivers: their ports and what holds for gRPC alone; all other limits are those of HTTP.

import { z } from 'zod'

const kibi = 1024
const mebi = 1024 * kibi

export const otlpReceiverSettings = z
  .strictObject({
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(4318)
      .describe(
        'Port for OTLP/HTTP beside `receivers.http.port`, on the same address; 0 for none. Where it is taken the collector says so and does without.',
      ),
    grpcPort: z
      .int()
      .min(0)
      .max(65_535)
      .default(4317)
      .describe('Port for OTLP/gRPC, on the same address; 0 for none. Where it is taken the collector does without.'),
    grpcMessageBytes: z
      .int()
      .min(64 * kibi)
      .max(64 * mebi)
      .default(4 * mebi)
      .describe('Largest gRPC message, as sent and after gunzip. Unit: bytes.'),
    grpcStreams: z.int().min(1).max(10_000).default(100).describe('Most requests under way on one gRPC connection.'),
    grpcMessageSeconds: z
      .int()
      .min(1)
      .max(600)
      .default(10)
      .describe('Longest time one gRPC message may take to arrive. Unit: seconds.'),
  })
  .prefault({})
  .describe('OTLP over HTTP and gRPC. Address, token, connections and body limits are those of `receivers.http`.')

export type OtlpReceiverSettings = z.infer<typeof otlpReceiverSettings>
