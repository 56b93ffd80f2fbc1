// How long each detector waits for events that come late: as long as the slowest format that it reads.

import type { OpenDetector } from '../../../detectors/engine/entry.ts'
import type { EventKind } from '../../../schemas/events/event-kind.ts'
import { decoders } from '../../decoders/catalog.ts'
import { openDetectors } from './open-detectors.ts'
import type { Settings } from './settings.ts'

type Waiting = Pick<Settings['detectors'], 'latenessMs' | 'latenessByFormat'>

/** By detector id, ms. */
export function latenessOfEach(detectors: readonly OpenDetector[], waiting: Waiting): Readonly<Record<string, number>> {
  return Object.fromEntries(detectors.map((detector) => [detector.id, latenessOf(detector, waiting)]))
}

/** Of the detector of unexpected callers, whose learning tables and summaries show: ms. */
export function latenessOfLearning(settings: Pick<Settings, 'detectors'>): number {
  const { detectors } = settings
  return latenessOfEach(openDetectors(settings), detectors)['unexpected-caller'] ?? detectors.latenessMs
}

/** Of all that run: ms. */
export function longestLateness(settings: Pick<Settings, 'detectors'>): number {
  const { detectors } = settings
  return Math.max(detectors.latenessMs, ...Object.values(latenessOfEach(openDetectors(settings), detectors)))
}

function latenessOf({ stages }: OpenDetector, { latenessMs, latenessByFormat }: Waiting): number {
  const kinds = new Set<EventKind>(stages.flatMap((stage) => stage.kinds))
  const slow: Readonly<Record<string, number | undefined>> = latenessByFormat
  const read = decoders.filter((decoder) => decoder.kinds.some((kind) => kinds.has(kind)))
  return Math.max(latenessMs, ...read.map(({ id }) => slow[id] ?? 0))
}
