// Settings of the scrubber: which fields of this deployment hold credentials besides the usual ones.

import { z } from 'zod'

export const scrubSettings = z
  .strictObject({
    fieldNames: z
      .array(z.string().regex(/^[A-Za-z0-9_.$-]{2,64}$/, 'two to 64 letters, digits, `_`, `-`, `.` or `$`'))
      .max(500)
      .default([])
      .describe(
        'Names of fields, headers or parameters whose values are taken out besides the built-in ones, in any case and with words joined in any way.',
      ),
  })
  .prefault({})
  .describe('What counts as a credential.')

export type ScrubSettings = z.infer<typeof scrubSettings>
