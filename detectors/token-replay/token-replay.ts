// Tokens in other hands: used from two places in turns, without their key, twice, after their end, or from where they cannot have come.

import { type DetectorDeclaration, defineStage } from '../engine/detector.ts'
import { byArtefact } from './by-artefact.ts'
import { byDestination } from './by-destination.ts'
import { byNetworks } from './by-networks.ts'
import { byPresenter } from './by-presenter.ts'
import { bySession } from './by-session.ts'
import { byToken } from './by-token.ts'
import { tokenReplayCard } from './card.ts'
import { mesh } from './mesh.ts'
import { tokenReplayReadiness } from './readiness.ts'
import { type TokenReplaySettings, tokenReplaySettings } from './settings.ts'
import { thefts } from './thefts.ts'

export const tokenReplay: DetectorDeclaration<TokenReplaySettings> = {
  id: 'token-replay',
  version: 2,
  card: tokenReplayCard,
  settings: tokenReplaySettings,
  stages: [
    defineStage(byArtefact),
    defineStage(bySession),
    defineStage(byDestination),
    defineStage(mesh),
    defineStage(byPresenter),
    defineStage(byToken),
    defineStage(byNetworks),
    defineStage(thefts),
  ],
  readiness: tokenReplayReadiness,
}
