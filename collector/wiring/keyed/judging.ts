// One share of the keys at work: folds what comes, hands over what is for others, and tells verdicts to their alerts.

import { hash } from 'node:crypto'
import { type Engine, openEngine } from '../../../detectors/engine/engine.ts'
import { Levels } from '../../../detectors/engine/levels.ts'
import { mostHandOvers } from '../../../detectors/engine/share.ts'
import { SharedFolding } from '../../../detectors/engine/shared-folding.ts'
import type { VerdictRecord } from '../../../schemas/findings.ts'
import type { LogRecord } from '../../log/log.ts'
import { latenessOfEach } from '../settings/lateness.ts'
import type { openDetectors } from '../settings/open-detectors.ts'
import type { Settings } from '../settings/settings.ts'
import { type Handed, handedFrame } from './frame.ts'
import { KeyedInput } from './keyed-input.ts'
import type { KeyedPlace } from './keyed-place.ts'
import type { Outgoing } from './outgoing.ts'
import { sendFindings } from './send-findings.ts'

export interface JudgingOptions {
  readonly settings: Settings['detectors']
  readonly running: ReturnType<typeof openDetectors>
  readonly own: number
  readonly partitions: { readonly ingest: number; readonly keyed: number; readonly findings: number }
  readonly outgoing: Pick<Outgoing, 'send'>
}

/** How often at most the others hear how far this share has come, where there is nothing to hand over. */
const announceMs = 250

/** Restore the engine's state first; then `resume`, and `judge` record by record. */
export class Judging {
  readonly engine: Engine
  private readonly options: JudgingOptions
  private readonly levels: Levels
  private readonly expected: readonly number[]
  private readonly hops: number
  private input = new KeyedInput()
  private folding: SharedFolding
  private place: KeyedPlace | undefined
  /** Not sent yet, by share. */
  private readonly handed: Handed[][]
  private offset = -1
  /** Offset up to which each share was told last. */
  private sent: number[]
  /** Levels as they were told last, and when, monotonic ms. */
  private announced = { levels: '', at: Number.NEGATIVE_INFINITY }
  private verdicts: VerdictRecord[] = []

  constructor(options: JudgingOptions) {
    const { running, own, partitions, settings } = options
    const digest = (text: string): string => hash('sha256', text, 'hex')
    this.options = options
    this.hops = mostHandOvers({ detectors: running, digest })
    this.expected = [partitions.ingest, ...Array.from({ length: this.hops }, () => partitions.keyed)]
    this.levels = new Levels(this.expected)
    this.engine = openEngine({
      detectors: running,
      digest,
      latenessMs: latenessOfEach(running, settings),
      maxKeys: settings.maxKeys,
      share: {
        own,
        of: partitions.keyed,
        levels: this.levels,
        hand: (to, hops, signal) => void this.handed[to]?.push({ hops, at: this.offset, signal }),
      },
    })
    this.handed = Array.from({ length: partitions.keyed }, () => [])
    this.sent = Array.from({ length: partitions.keyed }, () => -1)
    this.folding = this.openFolding()
  }

  /** Goes on behind a place; returns the offset to read on from. @param firstOffset where there is no place */
  resume(place: KeyedPlace | undefined, firstOffset: number): number {
    if (place === undefined) return firstOffset
    this.place = place
    this.levels.restore(place.folded)
    this.input = new KeyedInput(place.through)
    this.folding = this.openFolding()
    this.offset = place.offset
    this.sent = [...place.sent]
    return Math.min(place.offset + 1, ...place.waiting.map(([offset]) => offset))
  }

  /** In order of offset. @throws MalformedFrame, FramesMissing */
  judge(record: LogRecord): void {
    const { offset } = record.coordinate
    const { place } = this
    if (place !== undefined && offset <= place.offset) {
      const isWaiting = place.waiting.some(([at]) => at === offset)
      if (isWaiting) this.folding.putBack(offset, this.input.again(record))
      return
    }
    this.offset = offset
    this.folding.fold(offset, this.input.take(record), this.verdicts)
  }

  /** Sends what the records so far have caused, and now and then how far this share has come. @param now monotonic ms */
  send(now: number): void {
    const { own, outgoing } = this.options
    const levels = Array.from({ length: this.hops }, (_, hops) => finite(this.levels.at(hops)))
    const text = JSON.stringify(levels)
    const isNews = text !== this.announced.levels && this.sent.some((to) => to < this.offset)
    const isDue = isNews && now >= this.announced.at + announceMs
    if (isDue) this.announced = { levels: text, at: now }
    for (const [share, waiting] of this.handed.entries()) {
      const handed = waiting.splice(0)
      if (handed.length === 0 && !isDue) continue
      const stretch = { from: `keyed/${own}`, previous: this.sent[share] ?? -1, to: this.offset }
      outgoing.send('keyed', share, handedFrame(stretch, levels, handed))
      this.sent[share] = this.offset
    }
    this.tell()
  }

  position(): KeyedPlace {
    const { offset, arrived, folded, waiting } = this.folding.place()
    return {
      offset,
      arrived: [...arrived],
      folded: [...folded],
      waiting: waiting.map(([at, hops]) => [at, hops]),
      through: this.input.state(),
      sent: [...this.sent],
    }
  }

  private openFolding(): SharedFolding {
    return new SharedFolding({ engine: this.engine, folded: this.levels, expected: this.expected, place: this.place })
  }

  private tell(): void {
    const { own, partitions, outgoing } = this.options
    const records = this.verdicts
    this.verdicts = []
    sendFindings({ from: `keyed/${own}`, to: this.offset, records }, partitions.findings, outgoing)
  }
}

/** Infinity is no JSON. */
function finite(through: number): number | null {
  return Number.isFinite(through) ? through : null
}
