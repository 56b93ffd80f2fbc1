// A learned baseline as a document: what `eastwest learn` writes, people review, and settings take back.

import { z } from 'zod'
import { edgeReporterSchema } from '../../schemas/decision.ts'

const identity = z.string().min(1).max(512)
const instant = z.iso.datetime({ precision: 3 })

export const baselineEdgeSchema = z.strictObject({
  caller: identity.describe('Identity of the calling workload.'),
  destination: identity.describe('Identity of the called workload.'),
  reporter: edgeReporterSchema.optional(),
  since: instant.describe('First accepted call seen. Unit: RFC 3339 instant.'),
  until: instant.describe('Last hour it was seen in. Unit: RFC 3339 instant.'),
  hours: z.int().min(0).describe('Distinct hours counted, up to what makes an edge known. Unit: hours.'),
  days: z.int().min(0).describe('Distinct days counted, up to what makes an edge known. Unit: days.'),
  instances: z
    .int()
    .min(0)
    .describe('Distinct caller replicas counted, up to what makes an edge known. Unit: replicas.'),
  routes: z
    .array(z.strictObject({ method: z.string().max(64), route: z.string().max(512) }))
    .max(10_000)
    .describe('Methods and route templates used; empty: new ones are not judged until they were learned here.'),
})

export const baselineSchema = z.strictObject({
  version: z.string().min(1).max(128).describe('Name of this baseline; it stands on every alert that leans on it.'),
  edges: z.array(baselineEdgeSchema).max(200_000).describe('Edges that are known from the first event on.'),
})

export type BaselineEdge = z.infer<typeof baselineEdgeSchema>
export type Baseline = z.infer<typeof baselineSchema>
