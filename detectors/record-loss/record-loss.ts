// Records that were gone before they were read: whatever they said was judged by nobody.

import { decisionFormat, recordsLost } from '../../schemas/decision.ts'
import { type DetectorDeclaration, defineStage } from '../engine/detector.ts'
import { recordLossCard } from './card.ts'
import { type Losses, observeLoss, openLosses, spentAfter } from './losses.ts'
import { recordLossReadiness } from './readiness.ts'
import { type RecordLossSettings, recordLossSettings } from './settings.ts'

export const recordLoss: DetectorDeclaration<RecordLossSettings> = {
  id: 'record-loss',
  version: 1,
  card: recordLossCard,
  settings: recordLossSettings,
  stages: [
    defineStage<Losses, RecordLossSettings>({
      id: 'by-partition',
      keyspace: 'source',
      reads: 'events',
      kinds: ['action'],
      // Only the collector's own word counts: a log line that calls itself so is of another format.
      keyOf: (event) => (event.action === recordsLost && event.format === decisionFormat ? event.resource : ''),
      open: openLosses,
      observe: observeLoss,
      spentAfter,
    }),
  ],
  readiness: recordLossReadiness,
}
