// Several keys may tell of one alert while its slot moves from one to another: each speaks for itself only.

import { stands, type VerdictRecord } from '../../schemas/findings.ts'

/** What an alert keeps of those who tell of it. */
export interface Tellers {
  /** Whose verdict it shows, or showed before it was withdrawn; `''`: that was not kept. */
  readonly teller: string
  /** By teller: verdicts that stand as well, oldest first; shown once nothing of the teller's stands. */
  readonly others: Readonly<Record<string, VerdictRecord>>
}

export interface Heard extends Tellers {
  /** What the alert has to show from now on, as if it had been told just now; undefined: what it shows stays. */
  readonly shown: VerdictRecord | undefined
}

/** More of them say nothing new. */
const mostOthers = 16

/**
 * The outcome is the same in whatever order the words of different tellers come: a slot leaves its old key and comes to its
 * new one at the same time, and either may be heard of first.
 * @param isShown the alert is not withdrawn
 */
export function hear({ teller, others }: Tellers, isShown: boolean, record: VerdictRecord): Heard {
  const rest = without(others, record.teller)
  if (teller !== '' && record.teller !== teller && isShown) {
    if (stands(record.verdict) && Object.keys(rest).length < mostOthers)
      return { teller, others: { ...rest, [record.teller]: record }, shown: undefined }
    return { teller, others: rest, shown: undefined }
  }
  const [next] = stands(record.verdict) ? [] : Object.values(rest)
  if (next === undefined) return { teller: record.teller, others: rest, shown: record }
  const { position, appendedAt, causedBy } = record
  return {
    teller: next.teller,
    others: without(rest, next.teller),
    shown: { ...next, position, appendedAt, causedBy },
  }
}

function without(others: Tellers['others'], teller: string): Tellers['others'] {
  return Object.fromEntries(Object.entries(others).filter(([name]) => name !== teller))
}
