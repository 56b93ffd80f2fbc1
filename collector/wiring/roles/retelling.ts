// Tells again what people decided on edges, where a share of the keys had to be made anew.

import type { Log } from '../../log/log.ts'
import { keepsDecisions, tellEarlierDecisions } from '../run/earlier-decisions.ts'
import type { Outages } from '../run/outages.ts'
import type { Queries } from '../run/queries.ts'
import { repeat } from '../run/repeat.ts'
import type { Settings } from '../settings/settings.ts'

export interface RetellingOptions {
  readonly settings: Settings
  /** Spreads over `ingest`. */
  readonly log: Pick<Log, 'append'>
  readonly events: Queries['events']
  readonly outages: Outages
  readonly onFailure: (cause: unknown) => void
  /** Epoch ms. */
  readonly now: () => number
}

export interface Retelling {
  /** What the detection says of a stage that it reads the log again for. */
  rebuilt(stage: string): void
  close(): void
}

const everyMs = 1_000

export function openRetelling(options: RetellingOptions): Retelling {
  const { settings, log, events, now } = options
  let forgotDecisions = false
  const close = repeat(everyMs, options, async () => {
    if (!forgotDecisions) return
    // What the topic `keyed` surely holds is read again anyway, and what was told again by another is among it.
    const heldFrom = now() - (settings.log.retentionSeconds * 1000) / 2
    const isHeld = ({ appendedAt }: { readonly appendedAt?: unknown }) => Date.parse(String(appendedAt)) > heldFrom
    await tellEarlierDecisions({ log, events, tenant: settings.tenant, isHeld })
    forgotDecisions = false
  })
  return {
    rebuilt: (stage) => {
      if (keepsDecisions(stage)) forgotDecisions = true
    },
    close,
  }
}
