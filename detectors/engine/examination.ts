// What a detector says of one event when it is asked: which conditions it put to it, and which of them were met.

import type { Keyspace, Severity } from '../../schemas/findings.ts'

/** One condition with the figure found and the one it takes. */
export interface Gate {
  /** `distinct refunds in 6 s` */
  readonly name: string
  readonly passed: boolean
  readonly value: number | string
  readonly limit: number | string
  /** `''` where the figures have none. */
  readonly unit: string
  /** The same as half a sentence: `2 distinct refunds in 6 s; limit 3`. Holds attacker-written text: typed, capped at 300 characters. */
  readonly text: string
  /** Not passed, it makes the finding info instead of none. */
  readonly lowers?: true
}

/** A rung or row of a rule, put to an event: it holds where every gate is passed. */
export interface Trial {
  readonly rule: string
  readonly rung: string
  /** Of the finding if it holds. */
  readonly severity: Severity
  readonly gates: readonly Gate[]
  /** Where the rule would gather it; `''`: not known before it holds. */
  readonly slot: string
  /** Whose alert it would be, where that is not the stage's own key. */
  readonly entity?: { readonly keyspace: Keyspace; readonly key: string }
}

/** An answer over what the state holds now: the set of events, whatever the order in which they came. */
export interface Examination {
  readonly trials: readonly Trial[]
  /** What no trial says, in sentences: what the event counts as, what is not judged of it, what is forgotten. */
  readonly notes: readonly string[]
  /** True: the state holds too little around the event for the trials to mean anything. */
  readonly forgotten?: true
}

/** `held`: all gates passed. `info`: all but those that lower it. */
export function outcomeOf({ gates, severity }: Trial): 'held' | 'info' | 'failed' {
  if (gates.some(({ passed, lowers }) => !passed && lowers !== true)) return 'failed'
  return severity === 'info' || gates.some(({ passed }) => !passed) ? 'info' : 'held'
}

/** More than any trial has. */
const mostGates = 100

/** How near a gate that was not passed came, from 0 to 1. Figures that are words say nothing of it. */
function nearness({ value, limit }: Gate): number {
  if (typeof value !== 'number' || typeof limit !== 'number' || value <= 0 || limit <= 0) return 0
  return Math.min(value / limit, limit / value)
}

/** The trial that came closest: one that is info only first, then fewest gates not passed, then the nearest; the first of equals. */
export function nearestMiss<Each extends Trial>(trials: readonly Each[]): Each | undefined {
  let nearest: { readonly trial: Each; readonly missed: number } | undefined
  for (const trial of trials) {
    const gates = trial.gates.filter(({ passed }) => !passed)
    if (gates.length === 0) continue
    const required = gates.filter(({ lowers }) => lowers !== true).length
    const near = gates.reduce((sum, gate) => sum + nearness(gate), 0) / gates.length
    // Whole numbers by how many, the rest by how far.
    const missed = required * mostGates + gates.length + (1 - near) / 2
    if (nearest === undefined || missed < nearest.missed) nearest = { trial, missed }
  }
  return nearest?.trial
}
