// Writes one access log entry into a row of the batch: the one place where its fields get their meaning.

import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import type { Reporter } from '../../../schemas/events/event-kind.ts'
import { type DecodeContext, type DecoderSettings, noEnvelope, type Refusal } from '../decoder.ts'
import { AddressWriter } from './address-writer.ts'
import { ClaimWriter } from './claims.ts'
import { ClientPlaceWriter } from './client-place.ts'
import type { AccessEntry } from './entry.ts'
import { ExtrasWriter } from './extras.ts'
import { field, fieldCount } from './fields.ts'
import type { ScanKernel } from './kernel/kernel.ts'
import { ownField } from './kernel/layout.ts'
import { type PartyFacts, PartyWriter, partyFields } from './parties.ts'
import { RequestWriter } from './request.ts'
import { ShapeMemo } from './shape-memo.ts'
import { vetEntry } from './vet.ts'
import { WordWriter, wordFields } from './words.ts'

/** The shape that each field belongs to: words and parties come again and again, the other fields are each request's own. */
export function shapeOfField(): Uint8Array {
  const shapes = new Uint8Array(fieldCount).fill(ownField)
  for (const name of wordFields) shapes[field[name]] = 0
  for (const name of partyFields) shapes[field[name]] = 1
  return shapes
}

export class AccessWriter {
  private readonly request = new RequestWriter()
  private readonly addresses = new AddressWriter()
  private readonly places = new ClientPlaceWriter()
  private readonly claims = new ClaimWriter()
  private readonly extras = new ExtrasWriter()
  private readonly words = new WordWriter()
  private readonly parties: PartyWriter
  private readonly knownWords: ShapeMemo<Refusal | undefined> | undefined
  private readonly knownParties: ShapeMemo<PartyFacts> | undefined

  /** With the kernel whose entries are written, words and parties that came before are found again. */
  constructor(settings: DecoderSettings, kernel?: ScanKernel) {
    this.parties = new PartyWriter(settings)
    if (kernel === undefined) return
    this.knownWords = new ShapeMemo(kernel, this.words)
    this.knownParties = new ShapeMemo(kernel, this.parties)
  }

  /**
   * Sets the columns of the row under way, or says why the entry is no good; it does not commit the row. `formatEnd`: which
   * end of the call the format's proxies are, where the entry does not say.
   */
  write(entry: AccessEntry, row: EventBatch, context: DecodeContext, formatEnd: Reporter = ''): Refusal | undefined {
    if (entry.hasLong || entry.mayHide) {
      const refusal = vetEntry(entry)
      if (refusal !== undefined) return refusal
    }
    const hasShape = entry.isScanned && !entry.hasLong // vetting cuts long values
    const words = hasShape ? this.knownWords : undefined
    const parties = hasShape && formatEnd === '' && context.envelope === noEnvelope ? this.knownParties : undefined
    const refusal =
      this.request.writeTime(entry, row, context) ??
      (words === undefined ? this.words.write(entry, row) : words.write(entry, row, context))
    if (refusal !== undefined) return refusal
    const between =
      parties === undefined ? this.parties.write(entry, row, context, formatEnd) : parties.write(entry, row, context)
    this.addresses.write(entry, row, between)
    this.places.write(entry, row)
    this.request.write(entry, row)
    this.claims.write(entry, row)
    this.extras.write(entry, row)
    return undefined
  }
}
