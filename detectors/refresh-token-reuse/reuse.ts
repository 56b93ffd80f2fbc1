// A reuse as one alert tells it: the token, its uses, and what is known of the family around them.

import { compareSeverity, type Severity } from '../../schemas/findings.ts'
import type { Dated } from '../engine/ordered-set.ts'
import type { Classified, ReuseClass } from './classify.ts'
import type { Comparison, Context } from './context.ts'
import type { KeptEvent } from './kept-event.ts'
import type { Rotation } from './lineage.ts'

/** One use, and what it is. */
export interface Use extends Dated {
  readonly class: ReuseClass
  readonly severity: Severity
  /** Epoch ms of append time. */
  readonly appendedAt: number
  readonly context: Context
  readonly client: string
  readonly accepted: boolean
  readonly verdict: string
}

/** JSON-safe; a function of the family's events. */
export interface Reuse {
  readonly slot: string
  /** In order; in a flood the first and the last ones. */
  readonly uses: readonly Use[]
  /** All uses above info, else all. */
  readonly count: number
  /** Of the gravest use: */
  readonly rotation: Rotation | null
  readonly owner: string
  readonly places: Comparison
}

const maxUses = 20

const severities: Readonly<Record<ReuseClass, Severity>> = {
  theft: 'critical',
  persistence: 'high',
  aftermath: 'info',
  'theft-likely': 'high',
  'lost-response': 'info',
  'tab-race': 'info',
  fork: 'critical',
  'client-bug': 'low',
  reported: 'medium',
  'kill-ineffective': 'high',
}

/** `joined` false: no session is known that could be killed. */
export function severityOf({ class: what, usual }: Pick<Classified, 'class' | 'usual'>, joined: boolean): Severity {
  if (what === 'reported' && usual) return 'info'
  return what === 'theft' && !joined ? 'medium' : severities[what]
}

export function useOf(event: KeptEvent, what: ReuseClass, severity: Severity): Use {
  const { at, id, appendedAt, context, client, accepted, verdict } = event
  return { at, id, class: what, severity, appendedAt, context, client, accepted, verdict }
}

/** The use that names the alert: the gravest, of equals the first. */
export function gravestOf({ uses }: Pick<Reuse, 'uses'>): Use | undefined {
  return uses.reduce<Use | undefined>(
    (most, use) => (most === undefined || compareSeverity(use.severity, most.severity) > 0 ? use : most),
    undefined,
  )
}

/** Adds a later use. What is only information goes as soon as there is more, but for what the reuse brought about. */
export function withUse(
  before: Reuse | undefined,
  slot: string,
  use: Use,
  classified: Omit<Classified, 'class'>,
): Reuse {
  const { rotation, owner, places } = classified
  const gravest = before === undefined ? undefined : gravestOf(before)
  if (before === undefined || gravest === undefined) return { slot, uses: [use], count: 1, rotation, owner, places }
  const isFirstTold = gravest.severity === 'info' && use.severity !== 'info'
  if (isFirstTold) return { slot, uses: [use], count: 1, rotation, owner, places }
  const isTold = gravest.severity !== 'info'
  if (isTold && use.severity === 'info' && use.class !== 'aftermath') return before
  const uses = [...before.uses, use]
  const counts = !isTold || use.severity !== 'info'
  const graver = compareSeverity(use.severity, gravest.severity) > 0
  return {
    slot,
    uses: uses.length <= maxUses ? uses : [...uses.slice(0, maxUses / 2), ...uses.slice(-maxUses / 2)],
    count: before.count + (counts ? 1 : 0),
    ...(graver
      ? { rotation, owner, places }
      : { rotation: before.rotation, owner: before.owner, places: before.places }),
  }
}
