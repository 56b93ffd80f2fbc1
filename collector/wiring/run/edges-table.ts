// Keeps the table of edges like what the detector of unexpected callers has learned, a few milliseconds at a time.

import type { Engine } from '../../../detectors/engine/engine.ts'
import { type EdgeFacts, heldEdges } from '../../../detectors/unexpected-caller/edge-facts.ts'
import type { Row } from '../../store/insert-rows.ts'
import { learnedDestinations, settingsOfLearning } from '../core/learned-destinations.ts'
import { latenessOfLearning } from '../settings/lateness.ts'
import type { Settings } from '../settings/settings.ts'
import { pause } from './pause.ts'

export interface EdgesTableOptions {
  readonly engine: Pick<Engine, 'statesOf'>
  readonly settings: Settings
  readonly put: (key: string, row: Row) => void
  /** Rows put and not stored yet. */
  readonly waiting: () => number
  /** Epoch ms. */
  readonly now: () => number
  /** Monotonic milliseconds. */
  readonly clock: () => number
  readonly onFailure: (error: unknown) => void
}

/** Between two passes; within one, after each turn. */
const passEveryMs = 5_000
const turnEveryMs = 100
const turnMs = 2
/** While the store is behind, edges wait where they are. */
const maxWaiting = 5_000

/** Returns the way to stop. */
export function startEdgesTable(options: EdgesTableOptions): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  const pass = openEdgesPass(options)
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(passEveryMs, signal)
      for (const turn = pass(); !signal.aborted && turn.next().done !== true; ) await pause(turnEveryMs, signal)
    }
  }
  work().catch(options.onFailure)
  return () => stopping.abort()
}

/** One look at every destination; yields when others should have their turn. Puts the edges that changed since the last. */
export function openEdgesPass(options: EdgesTableOptions): () => Generator<void> {
  const { engine, settings, put, waiting, now, clock } = options
  const ours = settingsOfLearning(settings)
  const latenessMs = latenessOfLearning(settings)
  const written = new WeakMap<object, string>()
  /** By destination: where it was touched last when it was looked at. One at rest is another object each time. */
  let looked = new Map<string, string>()
  // The store keeps the row of the highest version: after a clock was set back that is still the newest.
  let versionAt = 0
  return function* pass() {
    const looking = new Map<string, string>()
    let startedAt = clock()
    for (const held of learnedDestinations(engine)) {
      const { tenant, realm, key, state: destination, touchedOffset, touchedIndex } = held
      const name = JSON.stringify([tenant, realm, key])
      const touched = `${touchedOffset}:${touchedIndex}`
      looking.set(name, touched)
      if (looked.get(name) === touched) continue
      for (const { identity, digest, facts } of heldEdges(destination, ours, latenessMs)) {
        for (let isOver = clock() - startedAt >= turnMs; isOver || waiting() >= maxWaiting; isOver = false) {
          yield
          startedAt = clock()
        }
        if (written.get(identity) === digest) continue
        versionAt = Math.max(versionAt, now())
        const row = edgeRow(tenant, realm, facts(), versionAt)
        put(JSON.stringify([tenant, realm, row.destination, row.caller]), row)
        written.set(identity, digest)
      }
    }
    looked = looking
  }
}

function edgeRow(
  tenant: string,
  realm: string,
  { standing, callerFrom, decision, ...facts }: EdgeFacts,
  now: number,
): Row {
  return {
    tenant,
    realm,
    destination: facts.destination,
    caller: facts.caller,
    caller_from: callerFrom,
    state: standing,
    first_seen_at: facts.firstSeenAt,
    last_seen_at: facts.lastSeenAt,
    hours: facts.hours,
    days: facts.days,
    instances: facts.instances,
    routes: facts.routes,
    decision: decision === undefined ? '' : decision.accepts ? 'accepted' : 'denied',
    decided_by: decision?.by ?? '',
    decided_at: decision?.at ?? 0,
    decision_note: decision?.note ?? '',
    updated_at: now,
    version: now,
  }
}
