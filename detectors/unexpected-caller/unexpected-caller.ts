// Callers that a service does not know, and doors that policy should have kept shut.

import { type DetectorDeclaration, defineStage } from '../engine/detector.ts'
import { byCaller } from './by-caller.ts'
import { byDestination } from './by-destination.ts'
import { unexpectedCallerCard } from './card.ts'
import { unexpectedCallerReadiness } from './readiness.ts'
import { type UnexpectedCallerSettings, unexpectedCallerSettings } from './settings.ts'

export const unexpectedCaller: DetectorDeclaration<UnexpectedCallerSettings> = {
  id: 'unexpected-caller',
  version: 2,
  card: unexpectedCallerCard,
  settings: unexpectedCallerSettings,
  lookUps: ['baseline'],
  stages: [defineStage(byDestination), defineStage(byCaller)],
  readiness: unexpectedCallerReadiness,
}
