// Settings of the detectors: one section each, under its id, and what all of them share.

import { z } from 'zod'
import { detectors } from '../../../detectors/catalog.ts'
import { decoders } from '../../decoders/catalog.ts'

const lateness = z.int().min(0).max(7_200_000)
/** As names of settings, so that a wrong one is told with the nearest. */
const latenessOfFormats: Record<string, z.ZodType<number | undefined>> = Object.fromEntries(
  decoders.map(({ id }) => [id, lateness.optional()]),
)

const shared = {
  disabled: z.array(z.string()).default([]).describe('Ids of detectors that do not run.'),
  latenessMs: lateness
    .default(30_000)
    .describe(
      'How much later than a later-stamped event of its key an event may be appended and still be judged in full. Unit: ms.',
    ),
  latenessByFormat: z
    .strictObject(latenessOfFormats)
    .default({})
    .describe(
      'The same for formats that come later, such as `opa-decision`, which OPA uploads in batches: a detector waits for the slowest format of the kinds it reads, and never less than `latenessMs`. By format, unit: ms.',
    ),
  maxKeys: z
    .int()
    .min(256)
    .max(50_000_000)
    .default(200_000)
    .describe('Most keys that one stage of a detector holds; the longest idle go first, counted.'),
  snapshotSeconds: z
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe('How often changed detector state is written to the log. Unit: seconds.'),
}

/** Each section is the detector's own schema; what it parsed is accepted by the detector again. */
const sections: Record<string, z.ZodType> = Object.fromEntries(
  detectors.map(({ id, settings }) => [id, settings.prefault({})]),
)

export const detectorSettings = z.strictObject({ ...shared, ...sections }).prefault({})
