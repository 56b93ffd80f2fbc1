// Refresh tokens that are used again: theft, forks, lost responses, racing tabs and defective clients told apart.

import { type DetectorDeclaration, defineStage } from '../engine/detector.ts'
import { byClient } from './by-client.ts'
import { byFamily } from './by-family.ts'
import { refreshTokenReuseCard } from './card.ts'
import { refreshTokenReuseReadiness } from './readiness.ts'
import { type RefreshTokenReuseSettings, refreshTokenReuseSettings } from './settings.ts'

export const refreshTokenReuse: DetectorDeclaration<RefreshTokenReuseSettings> = {
  id: 'refresh-token-reuse',
  version: 2,
  card: refreshTokenReuseCard,
  settings: refreshTokenReuseSettings,
  stages: [defineStage(byFamily), defineStage(byClient)],
  readiness: refreshTokenReuseReadiness,
}
