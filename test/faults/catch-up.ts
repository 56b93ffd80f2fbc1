// How a backlog was worked off after a fault: how long until anything moved, and how fast it then went. Pure.

/** How far things were at a moment. */
export interface Look {
  /** Monotonic ms. */
  readonly at: number
  /** Records that were due by then. */
  readonly due: number
  /** Of them, how many were stored. */
  readonly stored: number
}

export interface CatchUp {
  /** From the end of the fault to the last look before something was stored again. Unit: ms. */
  readonly backAfterMs: number
  /** Records due and not stored when it began to move. */
  readonly backlog: number
  /** Speed until it had caught up, in live rates; undefined where the backlog was too small to tell. */
  readonly liveRates: number | undefined
  readonly hasCaughtUp: boolean
}

export interface CatchUpQuestion {
  /** In order, from before the fault on. */
  readonly looks: readonly Look[]
  readonly faultEndedAt: number
  readonly perSecond: number
  /** Within this of what is due it has caught up. Unit: records. */
  readonly nearEnough: number
}

/** A smaller backlog is gone before its speed can be told from the jitter of a busy machine. Unit: s of live load. */
const tellingSeconds = 5

export function catchUpOf({ looks, faultEndedAt, perSecond, nearEnough }: CatchUpQuestion): CatchUp {
  const after = looks.filter(({ at }) => at >= faultEndedAt)
  const moved = after.findIndex(({ stored }, index) => index > 0 && stored > (after[0]?.stored ?? 0))
  const before = after[Math.max(0, moved - 1)]
  const done = after.find(({ due, stored }) => due - stored <= nearEnough)
  if (before === undefined) return { backAfterMs: 0, backlog: 0, liveRates: undefined, hasCaughtUp: false }
  const backlog = before.due - before.stored
  const backAfterMs = before.at - faultEndedAt
  if (done === undefined) return { backAfterMs, backlog, liveRates: undefined, hasCaughtUp: false }
  const seconds = (done.at - before.at) / 1_000
  const isTelling = backlog >= tellingSeconds * perSecond && seconds > 0
  return {
    backAfterMs,
    backlog,
    liveRates: isTelling ? (done.stored - before.stored) / seconds / perSecond : undefined,
    hasCaughtUp: true,
  }
}
