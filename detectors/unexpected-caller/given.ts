// The baseline of an exercise: edges that its realm takes for learned, each told by a record of that realm.

import { z } from 'zod'
import { type EdgeReporter, edgeReporterSchema } from '../../schemas/decision.ts'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { UnexpectedCallerSettings } from './settings.ts'

export interface GivenEdge {
  readonly caller: string
  /** Name of the baseline. */
  readonly version: string
  /** Undefined: whoever reports. */
  readonly reporter?: EdgeReporter | undefined
  readonly routes: readonly { readonly method: string; readonly route: string }[]
}

const givenSchema = z.object({
  routes: z.array(z.object({ method: z.string(), route: z.string() })),
  reporter: edgeReporterSchema.optional(),
})

export function givenEdgeOf({ caller, resource, attributes }: SecurityEvent): GivenEdge {
  // The decoder wrote it out of a record that only the collector itself appends.
  const parsed = givenSchema.safeParse(JSON.parse(attributes === '' ? '{}' : attributes))
  return { caller, version: resource, ...(parsed.success ? parsed.data : { routes: [] }) }
}

/**
 * The edges with one more, in order of their callers, whatever order they came in; the same where it says nothing new.
 * Several records of one edge add up. Past the bound the last callers by name say nothing.
 */
export function withGiven(
  given: readonly GivenEdge[],
  { caller, version, reporter, routes }: GivenEdge,
  { limits }: UnexpectedCallerSettings,
): readonly GivenEdge[] {
  const before = given.find((each) => each.caller === caller)
  const known = new Set(before?.routes.map(nameOf))
  const added = routes.filter((route) => !known.has(nameOf(route)))
  const isNewer = before === undefined || version > before.version
  // Taught by both, whoever reports.
  const taughtBy = before === undefined || before.reporter === reporter ? reporter : undefined
  if (!isNewer && added.length === 0 && taughtBy === before.reporter) return given
  const edge = {
    caller,
    version: isNewer ? version : before.version,
    reporter: taughtBy,
    routes: [...(before?.routes ?? []), ...added].sort(byName).slice(0, limits.routes),
  }
  return [...given.filter((each) => each !== before), edge].sort(byCaller).slice(0, limits.edges)
}

function nameOf({ method, route }: GivenEdge['routes'][number]): string {
  return `${route}\n${method}`
}

function byName(a: GivenEdge['routes'][number], b: GivenEdge['routes'][number]): number {
  return nameOf(a) < nameOf(b) ? -1 : 1
}

function byCaller(a: GivenEdge, b: GivenEdge): number {
  return a.caller < b.caller ? -1 : 1
}
