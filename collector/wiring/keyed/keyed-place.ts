// Where in its partition a share goes on after a restart: kept with its snapshot.

import { z } from 'zod'

const levels = z.array(z.record(z.string(), z.number()))

export const keyedPlaceSchema = z.strictObject({
  offset: z.int(),
  arrived: levels,
  folded: levels,
  waiting: z.array(z.tuple([z.int(), z.int()])),
  /** Offset up to which each partition has come, by its name. */
  through: z.record(z.string(), z.int()),
  /** Offset of this partition up to which each share was told last. */
  sent: z.array(z.int()),
})

export type KeyedPlace = z.infer<typeof keyedPlaceSchema>
