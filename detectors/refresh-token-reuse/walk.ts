// Goes through a family's events in order and says what each is: the reuses, and how much of the beginning is settled.

import { slotName, slotStart } from '../engine/slot.ts'
import { afterwards, type Classification, type Classified, classify } from './classify.ts'
import type { KeptEvent } from './kept-event.ts'
import { advance, type Lineage } from './lineage.ts'
import { type Reuse, severityOf, useOf, withUse } from './reuse.ts'
import type { RefreshTokenReuseSettings } from './settings.ts'

/** What a family was after some of its events. */
export interface Standing {
  readonly lineage: Lineage
  readonly reuses: readonly Reuse[]
}

export interface Walked {
  /** After the last event. */
  readonly end: Standing
  /** After the events that no later one can change the meaning of. */
  readonly settled: Standing
  readonly settledEvents: number
}

/** One event, and the family around it. */
export interface Step {
  readonly index: number
  readonly event: KeptEvent
  /** As many of those that come after it as may bear on it, in order. */
  readonly after: readonly KeptEvent[]
  readonly before: Standing
  readonly then: Standing
  /** Proxies tried again under one request id: nothing is made of it. */
  readonly isRepeat: boolean
  readonly said: Classification
}

const unjoinedSlotMs = 3_600_000

/**
 * @param from what was settled before the events
 * @param events in order
 * @param complete how many of them have all events before them that are still to come
 * @param joined false for what names no session
 */
export function walk(
  from: Standing,
  events: readonly KeptEvent[],
  complete: number,
  joined: boolean,
  settings: RefreshTokenReuseSettings,
): Walked {
  let end = from
  let settled = from
  let settledEvents = 0
  for (const { index, event, isRepeat, said, then } of stepsOf(from, events, joined, settings)) {
    end = then
    const isPlain =
      said.found === undefined && !said.open && !isRepeat && (event.accepted || event.doing !== 'presents')
    if (settledEvents === index && index + (isPlain ? 0 : afterwards) < complete) {
      settled = end
      settledEvents = index + 1
    }
  }
  return { end, settled, settledEvents }
}

/** @param events in order */
export function* stepsOf(
  from: Standing,
  events: readonly KeptEvent[],
  joined: boolean,
  settings: RefreshTokenReuseSettings,
): Iterable<Step> {
  let before = from
  for (const [index, event] of events.entries()) {
    const after = events.slice(index + 1, index + 1 + afterwards)
    const isRepeat = events.slice(Math.max(0, index - afterwards), index).some((other) => isSameRequest(other, event))
    const said = isRepeat ? nothing : classify(before.lineage, event, after, joined, settings)
    const then = step(before, event, said, joined, settings)
    yield { index, event, after, before, then, isRepeat, said }
    before = then
  }
}

const nothing: Classification = { found: undefined, open: false }

/** Proxies try again under one request id. */
function isSameRequest(a: KeptEvent, b: KeptEvent): boolean {
  return a.request !== '' && a.request === b.request && a.node === b.node && a.doing === 'presents'
}

function step(
  { lineage, reuses }: Standing,
  event: KeptEvent,
  { found }: Classification,
  joined: boolean,
  settings: RefreshTokenReuseSettings,
): Standing {
  const slot = found === undefined ? '' : slotOf(lineage, reuses, event, found, joined)
  let after = reuses
  if (found !== undefined) {
    const use = useOf(event, found.class, severityOf(found, joined))
    after = withReuse(after, withUse(reuseAt(after, slot), slot, use, found))
  }
  const killed = killSlotOf(lineage)
  if (event.doing === 'presents' && event.accepted && killed !== '' && event.at - lineage.killedAt > settings.raceMs) {
    const use = useOf(event, 'kill-ineffective', 'high')
    const plain = { rotation: null, owner: '', places: 'unknown', usual: false } as const
    after = withReuse(after, withUse(reuseAt(after, killed), killed, use, plain))
  }
  const isReuse = found !== undefined && found.class !== 'aftermath' && found.class !== 'persistence'
  return { lineage: advance(lineage, event, isReuse ? slot : '', settings), reuses: after }
}

/** Of the alert on what is still accepted after the issuer ended the session; `''`: it did not. */
export function killSlotOf({ killedAt }: Pick<Lineage, 'killedAt'>): string {
  return killedAt < 0 ? '' : `kill ${slotName(killedAt)}`
}

/** The reused token; what a reuse brought about is told with it, and reports without lineage once for a session. */
export function slotOf(
  lineage: Lineage,
  reuses: readonly Reuse[],
  event: KeptEvent,
  found: Pick<Classified, 'class'>,
  joined: boolean,
): string {
  if (!joined) return slotName(slotStart(event.at, unjoinedSlotMs))
  if (found.class === 'aftermath' && lineage.reusedAs !== '') return lineage.reusedAs
  if (found.class === 'reported') {
    const first = reuses.find(({ uses }) => uses.some((use) => use.class === 'reported'))
    if (first !== undefined) return first.slot
  }
  return event.node === '' ? 'unnamed' : event.node
}

function reuseAt(reuses: readonly Reuse[], slot: string): Reuse | undefined {
  return reuses.find((reuse) => reuse.slot === slot)
}

function withReuse(reuses: readonly Reuse[], changed: Reuse): readonly Reuse[] {
  return reuses.some(({ slot }) => slot === changed.slot)
    ? reuses.map((reuse) => (reuse.slot === changed.slot ? changed : reuse))
    : [...reuses, changed]
}
