// Says what one use or end of a session counts for: whether an end was seen, and how long after it the session was used.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import type { ExamineContext } from '../../engine/detector.ts'
import type { Examination } from '../../engine/examination.ts'
import { noteText, wordGate } from '../../engine/gates.ts'
import type { SessionState } from '../by-session.ts'
import { endingWords } from '../session-verdict.ts'
import { secondMs, type TokenReplaySettings } from '../settings.ts'
import { usedAfterGate } from './proofs.ts'
import { instantText, spanText } from './words.ts'

export function examineSession(
  { ended, lastUseAt }: SessionState,
  event: SecurityEvent,
  { settings: { endings } }: ExamineContext<TokenReplaySettings>,
): Examination {
  const [ending] = ended?.endings ?? []
  const isEnding = event.kind === 'authn'
  const graceMs = endings.graceSeconds * secondMs
  const word = endingWords[ending?.rung ?? ''] ?? 'ended'
  const gates =
    ending === undefined
      ? [wordGate('session was ended', false, 'none seen', 'an end', 'no logout or revocation of its session was seen')]
      : [
          wordGate('session was ended', true, word, 'an end', `its session was ${word} at ${instantText(ending.at)}`),
          usedAfterGate(isEnding ? lastUseAt : event.eventAt, ending.at, graceMs),
        ]
  const notes =
    ending === undefined || isEnding || lastUseAt <= event.eventAt
      ? []
      : [`the session was last used ${spanText(lastUseAt - event.eventAt)} later, at ${instantText(lastUseAt)}`]
  return {
    trials: [
      {
        rule: 'used-after-end',
        rung: ending?.rung ?? 'logout',
        severity: 'high',
        gates,
        slot: 'session',
        // The stage's own key is cut where a session's name is long.
        entity: { keyspace: 'session', key: ended?.session ?? event.session },
      },
    ],
    notes: notes.map(noteText),
  }
}
