// How places of one token are judged, over a whole set of uses and as plainly as it can be said: what the folds are tested against.

import type { Severity } from '../../schemas/findings.ts'

export interface NaiveUse {
  readonly id: string
  /** Epoch ms. */
  readonly at: number
  /** `''`: not known. */
  readonly network: string
  readonly agent: string
  readonly fingerprint: string
}

const leastMs = 1_000
const mostMs = 600_000
const order = ['info', 'low', 'medium', 'high', 'critical'] as const
const features = ['network', 'agent', 'fingerprint'] as const

/** Severity of the gravest two places, or undefined where nothing differs. `uses`: each once, in order. */
export function evaluateNaively(uses: readonly NaiveUse[]): Severity | undefined {
  const places = [...new Set(uses.map(placeOf))]
  const found: Severity[] = []
  for (const [index, one] of places.entries())
    for (const other of places.slice(index + 1)) {
      const severity = judge(
        uses.filter((use) => placeOf(use) === one),
        uses.filter((use) => placeOf(use) === other),
      )
      if (severity !== undefined) found.push(severity)
    }
  return found.sort((a, b) => order.indexOf(b) - order.indexOf(a))[0]
}

function placeOf({ network, agent, fingerprint }: NaiveUse): string {
  return `${network} ${agent} ${fingerprint}`
}

function judge(one: readonly NaiveUse[], other: readonly NaiveUse[]): Severity | undefined {
  const [a, b] = [one[0], other[0]]
  if (a === undefined || b === undefined) return undefined
  const known = features.filter((feature) => a[feature] !== '' && b[feature] !== '')
  const differing = known.filter((feature) => a[feature] !== b[feature])
  if (differing.length === 0) return undefined
  if (isBetween(one, other) || isBetween(other, one) || goOnBesideEachOther(one, other)) {
    if (differing.length < 2) return 'info'
    return known.includes('fingerprint') ? 'high' : 'medium'
  }
  return known.length === 3 && differing.length === 3 ? 'medium' : 'info'
}

/** The first or last use of a stretch lies between two uses from the other place, by gaps that are allowed. */
function isBetween(mine: readonly NaiveUse[], theirs: readonly NaiveUse[]): boolean {
  const isGap = (ms: number): boolean => ms >= leastMs && ms <= mostMs
  return stretches(mine).some((stretch) =>
    [stretch[0], stretch.at(-1)].some(
      (middle) =>
        middle !== undefined &&
        theirs.some(({ at }) => isGap(middle.at - at)) &&
        theirs.some(({ at }) => isGap(at - middle.at)),
    ),
  )
}

function goOnBesideEachOther(one: readonly NaiveUse[], other: readonly NaiveUse[]): boolean {
  const spans = (uses: readonly NaiveUse[]): readonly (readonly [number, number])[] =>
    stretches(uses).map((stretch) => [stretch[0]?.at ?? 0, stretch.at(-1)?.at ?? 0])
  return spans(one).some(([from, to]) =>
    spans(other).some(([start, end]) => Math.min(to, end) - Math.max(from, start) >= 2 * leastMs),
  )
}

/** Uses without a pause of more than the difference between the longest and the shortest gap. */
function stretches(uses: readonly NaiveUse[]): readonly (readonly NaiveUse[])[] {
  const found: NaiveUse[][] = []
  for (const use of uses) {
    const last = found.at(-1)?.at(-1)
    if (last !== undefined && use.at - last.at <= mostMs - leastMs) found.at(-1)?.push(use)
    else found.push([use])
  }
  return found
}
