// Says what each rule makes of one event of an access token: its places, its key, its time, and its end.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import { shortName } from '../../calls/names.ts'
import type { ExamineContext } from '../../engine/detector.ts'
import type { Examination } from '../../engine/examination.ts'
import { noteText } from '../../engine/gates.ts'
import { vantageOf } from '../origin.ts'
import type { TokenReplaySettings } from '../settings.ts'
import { keyStrengthOf, tokenNameOf } from '../token-key.ts'
import { stretchesOf, type TokenState } from '../token-state.ts'
import { isRevocation } from '../violations.ts'
import { examinePlaces } from './places.ts'
import { bindingTrials, revocationTrial, validityTrials } from './proofs.ts'

export function examineToken(
  state: TokenState,
  event: SecurityEvent,
  { settings }: ExamineContext<TokenReplaySettings>,
): Examination {
  const vantage = vantageOf(event, settings)
  const isUse = vantage === 'gateway' || vantage === 'behind'
  const stretches = stretchesOf(state)
  const revocations = state.detail?.revocations ?? []
  const places: Examination = isUse
    ? examinePlaces(stretches, event, vantage === 'behind', settings)
    : { trials: [], notes: ['it says nothing of where the token is used'] }
  const trials = [
    ...places.trials,
    ...bindingTrials(event, vantage, settings),
    ...(isUse ? validityTrials(event, settings) : []),
    ...(isUse || isRevocation(event) ? [revocationTrial(revocations, stretches, event, settings)] : []),
  ]
  // The stage keeps tokens by a hash; alerts have their name.
  const entity = { keyspace: 'token', key: state.detail?.token ?? tokenNameOf(event) } as const
  return {
    trials: trials.map((trial) => ({ ...trial, entity })),
    notes: [...places.notes, ...notesOn(state, event, isUse)].map(noteText),
    ...(places.forgotten === true ? { forgotten: true } : {}),
  }
}

function notesOn({ detail }: TokenState, event: SecurityEvent, isUse: boolean): readonly string[] {
  const presenters = (detail?.presentations ?? []).map(({ presenter }) => shortName(presenter))
  const lost = detail?.lost ?? 0
  return [
    ...(isUse && event.tokenExpiresAt <= 0 ? ['the record does not say when the token expires'] : []),
    ...(keyStrengthOf(event) === 'claims'
      ? ['the token has no id of its own: subject, client and times may fit two tokens']
      : []),
    ...(lost > 0 ? [`${lost} stretches of its use found no room: figures are least ones`] : []),
    ...(presenters.length === 0
      ? []
      : [
          `inside the mesh it was presented by ${presenters.slice(0, 3).join(', ')}, to whom no way leads from an ingress`,
        ]),
  ]
}
