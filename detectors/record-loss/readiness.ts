// What the collector's word of a loss must carry: it is written by nobody else, and always does.

import { recordsLost } from '../../schemas/decision.ts'
import type { Readiness } from '../engine/detector.ts'
import type { RecordLossSettings } from './settings.ts'

export const recordLossReadiness: Readiness<RecordLossSettings> = {
  kinds: ['action'],
  isQuiet: true,
  concerns: ({ action }) => action === recordsLost,
  needs: [
    {
      name: 'topic and partition',
      essential: true,
      met: ({ resource }) => resource !== '',
      hint: () => 'no loss can be told of: only the collector’s own records count, which name both',
    },
  ],
}
