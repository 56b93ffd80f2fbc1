// Decodes lines to look at them: as what they are read and when they happened, without keeping anything.

import { hash } from 'node:crypto'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { QuarantineRow } from '../../../schemas/quarantine.ts'
import { decoders } from '../../decoders/catalog.ts'
import { openRecordDecoder } from '../../decoders/decode-record.ts'
import type { Settings } from '../settings/settings.ts'

export interface LookedAt {
  readonly batch: EventBatch
  readonly quarantine: readonly QuarantineRow[]
}

/** Looks at lines as if they had been appended at `appendedAt`. What it returns holds until the next call. */
export type ScratchDecoder = (lines: Uint8Array, format: string, source: string, appendedAt: number) => LookedAt

/** @param receiver where the lines would have come in */
export function openScratchDecoder(settings: Settings['decoders'], receiver = ''): ScratchDecoder {
  const decoder = openRecordDecoder({
    decoders,
    settings,
    digest: (bytes) => hash('sha256', bytes, 'binary'),
    recentIds: 16,
  })
  const batch = new EventBatch(16)
  const coordinate = { topic: '', incarnation: '', partition: 0, offset: 0 }
  return (value, format, source, appendedAt) => {
    const quarantine: QuarantineRow[] = []
    batch.clear()
    decoder.decode({ coordinate, value, headers: { format, source, receiver }, appendedAt }, batch, quarantine)
    return { batch, quarantine }
  }
}
