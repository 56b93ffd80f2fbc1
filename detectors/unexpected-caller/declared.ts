// What people said beforehand about a caller and a destination: lists, classes, gateways and a given baseline.

import type { EdgeReporter } from '../../schemas/decision.ts'
import { fittingPattern, matchesPattern } from '../calls/pattern.ts'
import type { BaselineEdge } from './baseline.ts'
import type { GivenEdge } from './given.ts'
import type { UnexpectedCallerSettings } from './settings.ts'

export type Declared = 'allow' | 'deny' | 'none'

/** Everything the settings say of one edge. */
export interface Standing {
  readonly declared: Declared
  /** Which list, pattern or class said so, as the end of a sentence; `''` where nothing is declared. */
  readonly because: string
  readonly isGateway: boolean
  /** Version of the given baseline where it names the destination, else `''`. */
  readonly baseline: string
  /** What the given baseline says of the edge. */
  readonly known: Pick<GivenEdge, 'routes'> | undefined
}

/** What of a destination's state a baseline is looked up by. */
export interface Destination {
  readonly destination: string
  /** In an exercise its own baseline holds, and that of the settings does not. */
  readonly given?: readonly GivenEdge[]
}

type EdgesByCaller = ReadonlyMap<string, BaselineEdge>

// Settings are the same object for as long as a detector runs; a baseline of many edges is indexed once.
const baselines = new WeakMap<UnexpectedCallerSettings, ReadonlyMap<string, EdgesByCaller>>()

export function standingOf(settings: UnexpectedCallerSettings, destination: Destination, caller: string): Standing {
  return {
    ...declarationOf(settings, destination.destination, caller),
    isGateway: fittingPattern(settings.gateways, caller) !== undefined,
    ...knownOf(settings, destination, caller),
  }
}

/**
 * Whether the given baseline names the destination, taught by the same reports: then it is learned from the start. Gateways
 * and callers may name another than the destination does, whom a baseline of its own reports cannot know.
 */
export function isInBaseline(
  settings: UnexpectedCallerSettings,
  { destination, given }: Destination,
  reporter: EdgeReporter,
): boolean {
  const isTaught = (edge: Pick<GivenEdge, 'reporter'>): boolean => (edge.reporter ?? reporter) === reporter
  if (given !== undefined) return given.some(isTaught)
  if (settings.baseline === null) return false
  for (const edge of baselineOf(settings).get(destination)?.values() ?? []) if (isTaught(edge)) return true
  return false
}

function knownOf(
  settings: UnexpectedCallerSettings,
  { destination, given }: Destination,
  caller: string,
): Pick<Standing, 'baseline' | 'known'> {
  if (given !== undefined)
    return { baseline: given[0]?.version ?? '', known: given.find((each) => each.caller === caller) }
  const edges = baselineOf(settings).get(destination)
  return { baseline: edges === undefined ? '' : (settings.baseline?.version ?? ''), known: edges?.get(caller) }
}

function declarationOf(
  settings: UnexpectedCallerSettings,
  destination: string,
  caller: string,
): Pick<Standing, 'declared' | 'because'> {
  const lists = settings.declared.filter((list) => matchesPattern(list.destination, destination))
  const denied = lists.find(({ deny }) => fittingPattern(deny, caller) !== undefined)
  if (denied !== undefined) return { declared: 'deny', because: `the list for "${denied.destination}" denies it` }
  const allowed = lists.find(({ allow }) => fittingPattern(allow, caller) !== undefined)
  if (allowed !== undefined) return { declared: 'allow', because: `the list for "${allowed.destination}" allows it` }
  const ofClass = settings.classes.find(({ callers }) => fittingPattern(callers, caller) !== undefined)
  if (ofClass !== undefined) return { declared: 'allow', because: `it is of the class "${ofClass.name}"` }
  const [covering] = lists
  if (covering !== undefined)
    return { declared: 'deny', because: `no entry of the list for "${covering.destination}" allows it` }
  return { declared: 'none', because: '' }
}

function baselineOf(settings: UnexpectedCallerSettings): ReadonlyMap<string, EdgesByCaller> {
  const indexed = baselines.get(settings)
  if (indexed !== undefined) return indexed
  const byDestination = new Map<string, Map<string, BaselineEdge>>()
  for (const edge of settings.baseline?.edges ?? []) {
    const edges = byDestination.get(edge.destination) ?? new Map<string, BaselineEdge>()
    byDestination.set(edge.destination, edges.set(edge.caller, edge))
  }
  baselines.set(settings, byDestination)
  return byDestination
}
