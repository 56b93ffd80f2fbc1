// Settings of the decoders: what a record's own words leave open.

import { z } from 'zod'
import { mappableNames } from './application/facts.ts'
import type { DecoderSettings } from './decoder.ts'
import { openTimeZone } from './time-zone.ts'

const names = z.array(z.string().min(1))

export const decoderSettings = z
  .strictObject({
    timeZones: z
      .record(
        z.string(),
        z.string().refine((name) => openTimeZone(name) !== undefined, 'no IANA time zone and no ±HH:MM'),
      )
      .default({})
      .describe(
        'IANA zone or `±HH:MM` of time stamps that name none, by source; the key `""` stands for all other sources. UTC unless set.',
      ),
    currency: z
      .string()
      .regex(/^([A-Z]{3})?$/)
      .default('')
      .describe('ISO 4217 code of amounts whose record names none; such amounts count as `XXX` unless set.'),
    accessLogKeys: z
      .record(z.string(), z.string().min(1).max(64))
      .default({})
      .describe('For access logs in JSON whose keys are not ours: our name to theirs, `{ start_time: ts }`.'),
    ingress: names
      .default(['gateway', 'ingress'])
      .describe('Parts of the names of workloads or service accounts whose proxies are the first hop.'),
    trustedHops: names
      .default([])
      .describe(
        'SPIFFE ids, service accounts or `name.namespace` of the proxies whose `x-forwarded-client-cert` is believed.',
      ),
    fieldNames: z
      .record(
        z.string().refine((name) => mappableNames.includes(name), {
          error: `none of the facts that a record states: ${mappableNames.join(', ')}`,
        }),
        names,
      )
      .default({})
      .describe(
        'For audit lines and structured application logs: our fact to the keys they use, tried before the usual spellings.',
      ),
    limits: z
      .strictObject({
        depth: z.int().min(1).max(256).default(64).describe('Nesting of a JSON record. Unit: levels.'),
        keys: z.int().min(1).max(100_000).default(2000).describe('Keys of a JSON record. Unit: keys.'),
        lineBytes: z
          .int()
          .min(1024)
          .max(16 * 1024 * 1024)
          .default(256 * 1024)
          .describe('Length of a record. Unit: bytes.'),
      })
      .prefault({}),
  })
  .prefault({})

export const defaultDecoderSettings: DecoderSettings = decoderSettings.parse({})
