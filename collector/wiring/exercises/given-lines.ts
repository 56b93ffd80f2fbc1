// What an exercise takes for learned, as decisions of its realm: one for each edge, more where it has many routes.

import type { Baseline } from '../../../detectors/unexpected-caller/baseline.ts'
import {
  baselineGiven,
  decisionFormat,
  decisionLine,
  decisionReceiver,
  decisionSchemaName,
  exerciseOver,
  maxGivenRoutes,
} from '../../../schemas/decision.ts'

export interface Giver {
  readonly by: string
  readonly note: string
  /** Epoch ms. */
  readonly at: number
}

/** Headers of records that hold such lines. */
export const givenHeaders = { format: decisionFormat, source: 'exercise', receiver: decisionReceiver }

export function givenLines({ version, edges }: Baseline, giver: Giver): readonly string[] {
  return edges.flatMap(({ caller, destination, reporter, routes }) =>
    partsOf(routes, maxGivenRoutes).map((part) =>
      decisionLine({
        ...saidBy(giver),
        decision: baselineGiven,
        caller,
        destination,
        version,
        reporter,
        routes: [...part],
      }),
    ),
  )
}

export function overLine(giver: Giver): string {
  return decisionLine({ ...saidBy(giver), decision: exerciseOver })
}

function saidBy({ by, note, at }: Giver) {
  return { schema: decisionSchemaName, at: new Date(at).toISOString(), by, note } as const
}

/** One part at least. */
function partsOf<Item>(items: readonly Item[], most: number): readonly (readonly Item[])[] {
  const parts: (readonly Item[])[] = [items.slice(0, most)]
  for (let from = most; from < items.length; from += most) parts.push(items.slice(from, from + most))
  return parts
}
