// Says what one presentation of a token inside the mesh counts for: whether it can have come there from an ingress.

import type { SecurityEvent } from '../../../schemas/events/columns.ts'
import { shortName } from '../../calls/names.ts'
import { boundedText } from '../../engine/bounded-text.ts'
import type { ExamineContext } from '../../engine/detector.ts'
import type { Examination } from '../../engine/examination.ts'
import { wordGate } from '../../engine/gates.ts'
import { slotName, slotStart } from '../../engine/slot.ts'
import { type PresenterState, rememberedHours, rememberedMs } from '../by-presenter.ts'
import { hourMs, type TokenReplaySettings } from '../settings.ts'

const alsoEntered =
  'a theft also takes that the token was seen where requests enter, which its own stage knows: a token of the mesh itself raises nothing'

export function examinePresenter(
  { unreached }: PresenterState,
  event: SecurityEvent,
  { watermarkAt }: Pick<ExamineContext<TokenReplaySettings>, 'watermarkAt'>,
): Examination {
  const hourAt = slotStart(event.eventAt, hourMs)
  const name = shortName(event.caller)
  const passed = unreached.includes(hourAt)
  const isBeyondBound = unreached.length >= rememberedHours && hourAt < (unreached[0] ?? hourAt)
  if (!passed && (isBeyondBound || hourAt + rememberedMs < watermarkAt))
    return { trials: [], notes: [`of ${name} what led there in that hour is not held any more`], forgotten: true }
  const text = passed
    ? `no way led from an ingress to ${name} in that hour`
    : `a way led from an ingress to ${name} in that hour, or who calls it and its callers was not known for long enough to rule one out`
  return {
    trials: [
      {
        rule: 'in-mesh-theft',
        rung: 'no-path',
        severity: 'high',
        gates: [
          wordGate(
            'ways from an ingress to the presenter',
            passed,
            passed ? 'none' : 'a way, or not ruled out',
            'none',
            text,
          ),
        ],
        slot: slotName(hourAt),
        // The stage's own key is cut where a name is long.
        entity: { keyspace: 'caller', key: boundedText(event.caller, 512) },
      },
    ],
    notes: passed ? [alsoEntered] : [],
  }
}
