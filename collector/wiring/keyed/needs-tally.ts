// Counts what detectors need and do not get, over all that this process normalizes.

import type { OpenDetector } from '../../../detectors/engine/entry.ts'
import { abstains, ReadinessTally, type SourceCount } from '../../../detectors/engine/readiness-tally.ts'
import type { EventBatch } from '../../../schemas/events/event-batch.ts'
import { openEventCursor } from '../../../schemas/events/event-cursor.ts'
import type { Abstention } from '../../api/ports.ts'

export class NeedsTally {
  private readonly tally: ReadinessTally
  private readonly cursor = openEventCursor()

  constructor(detectors: readonly OpenDetector[]) {
    this.tally = new ReadinessTally(detectors)
  }

  /** Looks at a sample of the rows `[from, to)`. */
  look(batch: EventBatch, from: number, to: number): void {
    const { kind, format, source } = batch.columns
    let counts: SourceCount | undefined
    let ofKind = ''
    let ofFormat = ''
    let ofSource = ''
    for (let row = from; row < to; row++) {
      const rowKind = kind.text(row)
      const rowFormat = format.text(row)
      const rowSource = source.text(row)
      if (counts === undefined || rowKind !== ofKind || rowFormat !== ofFormat || rowSource !== ofSource) {
        counts = this.tally.countsOf(rowFormat, rowSource, rowKind)
        ofKind = rowKind
        ofFormat = rowFormat
        ofSource = rowSource
      }
      if (!this.tally.isDue(counts)) continue
      this.cursor.at(batch, row)
      this.tally.sample(counts, this.cursor)
    }
  }

  /** Where a detector cannot fire, or not wholly, and where nothing that concerns it has come. */
  abstentions(): readonly Abstention[] {
    return this.tally.rows().filter(abstains)
  }
}
