// The kinds of values that queries of the API are made of: instants, terms, lists, and what every page takes.

import { z } from 'zod'

/** RFC 3339, a date, or epoch milliseconds; read as epoch milliseconds. */
export const instant = z
  .string()
  .max(40)
  .transform((text, context) => {
    const at = /^\d{10,14}$/.test(text) ? Number(text) : Date.parse(text)
    if (!Number.isNaN(at)) return at
    context.addIssue({ code: 'custom', message: 'an instant such as 2026-11-02T09:14:22Z, or epoch milliseconds' })
    return z.NEVER
  })
  .meta({ description: 'RFC 3339 instant, date, or epoch milliseconds' })

export const term = z.string().min(1).max(1000)

/** A parameter that may be given more than once; it fits where one of its values does. */
export function listOf<Entry extends z.ZodType>(entry: Entry, description: string) {
  const { $schema: _, ...items } = z.toJSONSchema(entry, { io: 'input', unrepresentable: 'any' })
  return z
    .preprocess(
      (given) => (given === undefined || Array.isArray(given) ? given : [given]),
      z.array(entry).min(1).max(20),
    )
    .meta({ description: `${description} May be given up to 20 times; one has to fit.`, type: 'array', items })
}

export const scope = {
  tenant: z
    .string()
    .max(63)
    .optional()
    .transform((tenant) => tenant ?? 'default')
    .describe('Tenant; that of the settings unless given.'),
  realm: z.string().max(100).default('live').describe('Realm: `live`, or `exercise:<run>`.'),
}

export const page = {
  ...scope,
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Most entries of one page.'),
  cursor: z.string().max(500).optional().describe('`next` of the page before.'),
}
