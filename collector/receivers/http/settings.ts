// Settings of the HTTP receiver: where it listens, who may send, and the limits that hold before anything is parsed.

import { z } from 'zod'

const kibi = 1024
const mebi = 1024 * kibi

export const httpReceiverSettings = z
  .strictObject({
    host: z
      .string()
      .default('127.0.0.1')
      .describe('Address to listen on. Any other than loopback needs `receivers.http.token`.'),
    port: z.int().min(0).max(65_535).default(8484).describe('Port to listen on; 0 picks a free one.'),
    token: z
      .string()
      .min(16)
      .optional()
      .describe(
        'Bearer token that senders and readers must present. At least 16 characters; `${ENV}` and `${file:…}` keep it out of the file.',
      ),
    decisionToken: z
      .string()
      .min(16)
      .optional()
      .describe(
        'Bearer token of those who may decide: close alerts, accept and deny edges, reload settings. Without it, whoever may send or read may decide too.',
      ),
    allowedHosts: z
      .array(z.string())
      .default([])
      .describe('Further `Host` names that requests may carry, beside loopback names and the listening address.'),
    allowedOrigins: z
      .array(z.string())
      .default([])
      .describe('Web origins that may call, such as `https://console.shop.example`; none by default.'),
    headerBytes: z
      .int()
      .min(kibi)
      .max(256 * kibi)
      .default(16 * kibi)
      .describe('Largest request head. Unit: bytes.'),
    bodyBytes: z
      .int()
      .min(kibi)
      .max(256 * mebi)
      .default(8 * mebi)
      .describe('Largest body as sent. Unit: bytes.'),
    inflatedBytes: z
      .int()
      .min(kibi)
      .max(512 * mebi)
      .default(32 * mebi)
      .describe('Largest body after gunzip, over all its members. Unit: bytes.'),
    lineBytes: z
      .int()
      .min(kibi)
      .max(16 * mebi)
      .default(mebi)
      .describe('Longest single record. Unit: bytes.'),
    records: z.int().min(1).max(10_000_000).default(200_000).describe('Most records in one request.'),
    inFlightBytes: z
      .int()
      .min(mebi)
      .max(1024 * mebi)
      .default(96 * mebi)
      .describe('Bodies held in memory at once, before 429. Unit: bytes.'),
    maxLagBytes: z
      .int()
      .min(mebi)
      .default(256 * mebi)
      .describe('Log bytes that detection may be behind before senders get 429. Unit: bytes.'),
    requestSeconds: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe('Longest time one request may take to arrive. Unit: seconds.'),
    connections: z.int().min(1).max(100_000).default(1024).describe('Most open connections.'),
  })
  .prefault({})

export type HttpReceiverSettings = z.infer<typeof httpReceiverSettings>
