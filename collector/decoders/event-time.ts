// When an identity provider's event happened: epoch milliseconds or a stamp, with a zone or in the source's own.

import type { DecodeContext } from './decoder.ts'
import type { EventDraft } from './event-draft.ts'
import { quoted } from './hidden-characters.ts'
import { instantOfNumber, parseInstant } from './instant.ts'
import type { JsonValue } from './record-view.ts'
import { openTimeZone, timeZoneNameOf, utc } from './time-zone.ts'

/** Leaves the time open, for the envelope to say, where there is none. Stamps without a zone are in the source's zone. */
export function writeTime(value: JsonValue | undefined, draft: EventDraft, context: DecodeContext): void {
  if (value === undefined || value === null || value === '') return
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : JSON.stringify(value)
  const zone = openTimeZone(timeZoneNameOf(context.source, context.settings.timeZones)) ?? utc
  const at = typeof value === 'number' ? instantOfNumber(value) : parseInstant(text, zone)
  if (at >= 0) draft.number('eventAt', at)
  else draft.refuse('invalid-time', `the time is ${quoted(text)}, which is no instant`)
}
