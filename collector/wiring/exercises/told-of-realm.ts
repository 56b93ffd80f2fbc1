// What was told of one realm of a run so far: verdicts and alerts, by the clock of the story.

import type { Alert } from '../../../schemas/alerts.ts'
import { isClosing, type JudgedRecord } from '../../../schemas/findings.ts'
import type { ToldVerdict } from '../../exercises/observed.ts'

/** Of one realm; what a story tells is far fewer. */
const maxVerdicts = 20_000
const maxAlerts = 2_000

export class ToldOfRealm {
  readonly verdicts: ToldVerdict[] = []
  private readonly byId = new Map<string, Alert>()
  /** True once a bound was reached: a score would not be one. */
  isFull = false

  get alerts(): readonly Alert[] {
    return [...this.byId.values()]
  }

  get standing(): number {
    let standing = 0
    for (const { status } of this.byId.values()) if (status !== 'withdrawn') standing += 1
    return standing
  }

  /** `toldAt`: epoch ms on the clock of the story at which a record at this offset was appended, by it and its append time. */
  judged(records: readonly JudgedRecord[], toldAt: (offset: number, appendedAt: number) => number): void {
    for (const record of records) {
      if (isClosing(record)) continue
      if (this.verdicts.length >= maxVerdicts) this.isFull = true
      else {
        const { detector, verdict, position, appendedAt } = record
        this.verdicts.push({ detector, verdict, appendedAt: toldAt(position.offset, appendedAt) })
      }
    }
  }

  applied(alert: Alert): void {
    if (this.byId.has(alert.id) || this.byId.size < maxAlerts) this.byId.set(alert.id, alert)
    else this.isFull = true
  }
}
