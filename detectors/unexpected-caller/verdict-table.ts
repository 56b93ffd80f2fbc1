// The table of the detector: declared, learned and reply make a row.

import type { Severity } from '../../schemas/findings.ts'
import type { Declared } from './declared.ts'

export type Rule =
  /** A caller that is not known: one alert for the edge, however its calls are answered. */
  | 'new-edge'
  /** A known caller that is denied, or accepted although it is declared denied. */
  | 'known-edge'
  /** A caller with a grant that is denied all the same. */
  | 'grant-denied'
  | 'would-be-blocked'
  | 'dormant-edge'
  | 'undeclared-edge'
  | 'new-route'
  | 'new-scope'
  | 'scanning'
  | 'new-identity'
  | 'probing'

export interface Row {
  readonly rule: Rule
  readonly rung: string
  readonly severity: Severity
}

export interface Case {
  readonly declared: Declared
  /** The edge was known as of the event. */
  readonly known: boolean
  /** The destination was learned as of the event. */
  readonly learned: boolean
  readonly denied: boolean
}

/**
 * Undefined: nothing. The severity is that of one call alone; a new edge rises to medium with the number of its denied
 * calls. While a destination is learning, only what was declared fires. An undeclared dependency (none, known, accepted) is told once for the edge, not for its calls.
 */
export function rowOf({ declared, known, learned, denied }: Case): Row | undefined {
  switch (declared) {
    case 'allow':
      if (denied) return { rule: 'grant-denied', rung: 'grant-denied', severity: 'info' }
      return known ? undefined : { rule: 'new-edge', rung: 'first-use', severity: 'info' }
    case 'deny':
      if (!denied) return { rule: known ? 'known-edge' : 'new-edge', rung: 'enforcement-gap', severity: 'critical' }
      return known
        ? { rule: 'known-edge', rung: 'now-denied', severity: 'medium' }
        : { rule: 'new-edge', rung: 'denied', severity: 'low' }
    case 'none':
      if (known && !denied) return undefined
      if (known) return { rule: 'known-edge', rung: 'now-denied', severity: learned ? 'medium' : 'info' }
      if (denied) return { rule: 'new-edge', rung: 'denied', severity: learned ? 'low' : 'info' }
      return { rule: 'new-edge', rung: 'accepted', severity: learned ? 'high' : 'info' }
    default:
      return declared satisfies never
  }
}
