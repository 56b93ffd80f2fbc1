// Decodes bytes to see what would become of them, without names and coordinates: for warnings, previews and sorting.

import { EventBatch } from '../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../schemas/quarantine.ts'
import { openRecordDecoder } from './decode-record.ts'
import type { Decoder, DecoderSettings } from './decoder.ts'

export interface Trial {
  readonly events: EventBatch
  readonly quarantine: readonly QuarantineRow[]
}

const noDigest = '\0'.repeat(32)

/** Gives what the lines are, until it is asked again. */
export function openTrialDecoder(
  decoders: readonly Decoder[],
  settings: DecoderSettings,
): (lines: Uint8Array, format: string, source: string, appendedAt: number) => Trial {
  const decoder = openRecordDecoder({ decoders, settings, digest: () => noDigest, recentIds: 16 })
  const events = new EventBatch(64)
  const coordinate = { topic: '', incarnation: '', partition: 0, offset: 0 }
  return (lines, format, source, appendedAt) => {
    const quarantine: QuarantineRow[] = []
    events.clear()
    decoder.decode({ coordinate, value: lines, headers: { format, source }, appendedAt }, events, quarantine)
    return { events, quarantine }
  }
}
