// Several engines that judge together say what one says, whatever comes first where.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { detectors } from '../catalog.ts'
import { type Engine, openEngine } from './engine.ts'
import { Levels } from './levels.ts'
import { batchOf, type PlacedEvent, placed, type Recording, readRecording, recordedEvent } from './recording.ts'
import { Routing } from './routing.ts'
import { type HandedSignal, mostHandOvers } from './share.ts'
import { type Come, SharedFolding, type SharedPlace } from './shared-folding.ts'
import { canonicalStanding } from './standing.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
/** Far beyond every lateness and every span that a detector waits for. */
const laterMs = 3_600_000
const sourceCount = 3
const hopCount = mostHandOvers({ detectors: detectors.map((detector) => detector.open({})), digest })

const recordings = detectors.flatMap(({ id }) => {
  const folder = fileURLToPath(new URL(`../${id}/recordings/`, import.meta.url))
  return readdirSync(folder).map((name): [string, string, Recording] => {
    return [`${id}/${name}`, id, readRecording(readFileSync(folder + name, 'utf8'))]
  })
})

function openAll(id: string, settings: unknown) {
  return detectors.map((detector) => detector.open(detector.id === id ? settings : {}))
}

interface Handed {
  readonly to: number
  readonly hops: number
  readonly signal: HandedSignal
}

interface OneShare {
  readonly engine: Engine
  readonly folding: SharedFolding
  readonly levels: Levels
  next: number
  readonly handed: Handed[]
}

class Sharing {
  readonly verdicts: VerdictRecord[] = []
  private readonly logs: (readonly Come[])[][]
  private readonly shares: OneShare[]
  private readonly routing: Routing
  private readonly id: string
  private readonly settings: unknown

  constructor(id: string, settings: unknown, of: number) {
    this.id = id
    this.settings = settings
    this.logs = Array.from({ length: of }, () => [])
    this.routing = new Routing({ detectors: openAll(id, settings), digest }, of)
    this.shares = this.logs.map((_, own) => this.open(own, undefined))
  }

  private open(own: number, place: SharedPlace | undefined): OneShare {
    const of = this.logs.length
    const handed: Handed[] = []
    const expected = [sourceCount, ...Array.from({ length: hopCount }, () => of)]
    const levels = new Levels(expected, place?.folded)
    const hand = (to: number, hops: number, signal: HandedSignal) => void handed.push({ to, hops, signal })
    const engine = openEngine({ detectors: openAll(this.id, this.settings), digest, share: { own, of, hand, levels } })
    const folding = new SharedFolding({ engine, folded: levels, expected, place })
    return { engine, folding, levels, next: (place?.offset ?? -1) + 1, handed }
  }

  /** Goes on from a snapshot and a place that have been through JSON. */
  restart(own: number): void {
    const before = this.shares[own]
    if (before === undefined) return
    const place: SharedPlace = JSON.parse(JSON.stringify(before.folding.place()))
    const next = this.open(own, place)
    for (const { stage, group } of [...before.engine.groups()]) {
      const snapshot = JSON.parse(JSON.stringify(before.engine.takeSnapshot(stage, group)))
      expect(next.engine.restore(snapshot)).toBe('restored')
    }
    for (const offset of new Set(place.waiting.map(([at]) => at)))
      next.folding.putBack(offset, this.logs[own]?.[offset] ?? [])
    this.shares[own] = next
  }

  /** Of a source: one event, or none and only the time. */
  read(source: number, event: PlacedEvent | undefined, through: number): void {
    const routed = event === undefined ? undefined : this.routing.route(batchOf([event]), 0, 1)
    for (const [share, log] of this.logs.entries()) {
      const rows = batchOf(event !== undefined && routed?.has(share) ? [event] : [])
      log.push([{ hops: 0, from: String(source), through, newestAt: through, rows }])
    }
  }

  /** False: there is nothing more. */
  judge(own: number): boolean {
    const share = this.shares[own]
    const come = share === undefined ? undefined : this.logs[own]?.[share.next]
    if (share === undefined || come === undefined) return false
    const before = share.levels.state()
    share.folding.fold(share.next++, come, this.verdicts)
    const isNews = JSON.stringify(before) !== JSON.stringify(share.levels.state())
    if (isNews) for (const [to, log] of this.logs.entries()) log.push(this.handedTo(share, own, to))
    share.handed.length = 0
    return true
  }

  /** Until nobody has anything more to say. */
  end(at: number): void {
    for (let round = 0; round < 3; round++) {
      for (let source = 0; source < sourceCount; source++) this.read(source, undefined, at + round)
      while (this.logs.map((_, own) => this.judge(own)).some((judged) => judged));
    }
  }

  private handedTo({ handed, levels }: { handed: readonly Handed[]; levels: Levels }, own: number, to: number): Come[] {
    return Array.from({ length: hopCount }, (_, at) => {
      const signals = handed.filter((each) => each.to === to && each.hops === at + 1).map(({ signal }) => signal)
      const through = levels.at(at)
      const newestAt = Math.max(through, ...signals.map(({ appendedAt }) => appendedAt))
      return { hops: at + 1, from: String(own), through, newestAt, handed: signals }
    })
  }
}

function alone(id: string, settings: unknown, events: readonly PlacedEvent[], endAt: number): string {
  const verdicts: VerdictRecord[] = []
  const engine = openEngine({ detectors: openAll(id, settings), digest })
  const last = [1, 2].map((more) => ({
    event: recordedEvent({ kind: 'span', eventAt: endAt + more }),
    offset: events.length + more,
    appendedAt: endAt + more,
  }))
  for (const event of [...events, ...last]) engine.observe(batchOf([event]), 0, 1, verdicts)
  return canonicalStanding(verdicts)
}

describe('engines that share the keys', () => {
  it.each(recordings)('judge %s as one does, restarted on the way', (_, id, { settings, events }) => {
    const inOrder = placed(events)
    const endAt = (inOrder.at(-1)?.appendedAt ?? 0) + laterMs
    const expected = alone(id, settings, inOrder, endAt)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat(200)), (shares, choices) => {
        const sharing = new Sharing(id, settings, shares)
        const sources = Array.from({ length: sourceCount }, (_source, source) =>
          inOrder.filter((_event, at) => at % sourceCount === source),
        )
        for (let left = inOrder.length; left > 0; ) {
          const choice = choices.next().value ?? 0
          const source = choice % sourceCount
          const event = choice < 100 ? sources[source]?.shift() : undefined
          if (choice === 200) sharing.restart(source % shares)
          if (event === undefined) sharing.judge(choice % shares)
          else {
            sharing.read(source, event, event.appendedAt)
            left -= 1
          }
        }
        sharing.end(endAt)
        expect(canonicalStanding(sharing.verdicts)).toEqual(expected)
      }),
      { numRuns: 2 },
    )
  })
})
