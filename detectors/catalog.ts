// Every detector there is. To add one: its folder, and one line here.

import { type DetectorEntry, detectorEntry } from './engine/entry.ts'
import { recordLoss } from './record-loss/record-loss.ts'
import { refreshTokenReuse } from './refresh-token-reuse/refresh-token-reuse.ts'
import { refundBurst } from './refund-burst/refund-burst.ts'
import { tokenReplay } from './token-replay/token-replay.ts'
import { unexpectedCaller } from './unexpected-caller/unexpected-caller.ts'

export const detectors: readonly DetectorEntry[] = [
  detectorEntry(refundBurst),
  detectorEntry(unexpectedCaller),
  detectorEntry(tokenReplay),
  detectorEntry(refreshTokenReuse),
  detectorEntry(recordLoss),
]
