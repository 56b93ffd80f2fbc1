// Snapshots of key groups: taken bit by bit while rows go on, restored as if nothing had happened, refused when they do not fit.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FoldPosition, VerdictRecord } from '../../schemas/findings.ts'
import { countingDetector } from '../../test/support/counting-detector.ts'
import { type Engine, openEngine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import { detectorEntry } from './entry.ts'
import { batchOf, recordedEvent } from './recording.ts'
import type { GroupSnapshot } from './snapshot.ts'
import { canonicalStanding } from './standing.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const open = (settings: unknown = {}, more: Partial<EngineOptions> = {}): Engine =>
  openEngine({ detectors: [detectorEntry(countingDetector()).open(settings)], digest, ...more })

/** Few subjects and clients, so that both stages fire. */
const story = fc.array(
  fc.record({ subject: fc.constantFrom('a', 'b', 'c', 'd', 'e'), client: fc.constantFrom('', 'x', 'y') }),
  { minLength: 1, maxLength: 40 },
)
type Story = readonly { readonly subject: string; readonly client: string }[]

const batchOfStory = (rows: Story) =>
  batchOf(
    rows.map((fields, offset) => ({
      event: recordedEvent({ kind: 'action', eventAt: offset, ...fields }),
      offset,
      appendedAt: 1_000 + offset,
    })),
  )

interface Noted {
  readonly snapshot: GroupSnapshot | undefined
  readonly position: FoldPosition
}

describe('a snapshot cycle', () => {
  it('may spread over many turns with rows in between, and a restart loses and doubles nothing', () => {
    fc.assert(
      fc.property(
        story,
        fc.integer({ min: 0, max: 40 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 12 }),
        (rows, first, turns) => {
          const batch = batchOfStory(rows)
          const straight: VerdictRecord[] = []
          open().observe(batch, 0, rows.length, straight)

          const engine = open()
          const out: VerdictRecord[] = []
          const manifest = new Map<string, Noted>()
          let row = Math.min(first, rows.length)
          engine.observe(batch, 0, row, out)
          // Two cycles: the second takes only what changed since the first.
          for (const _ of [1, 2]) {
            const groups = engine.groups()[Symbol.iterator]()
            for (const turn of [...turns, Number.POSITIVE_INFINITY]) {
              for (let count = 0; count < turn; count++) {
                const next = groups.next()
                if (next.done) break
                const { stage, group, dirty } = next.value
                const name = `${stage} ${group}`
                const snapshot = dirty ? engine.takeSnapshot(stage, group) : manifest.get(name)?.snapshot
                manifest.set(name, { snapshot, position: engine.positionAt(stage, group) })
              }
              if (row === rows.length) continue
              row += 1
              engine.observe(batch, row - 1, row, out)
            }
          }
          // The process dies here: what it told after the manifest may be told again, what it held is gone.
          const after = open()
          for (const [name, { snapshot, position }] of manifest) {
            const [stage = '', group = ''] = name.split(' ')
            const index = Number(stage)
            if (snapshot === undefined)
              expect(
                after.restoreEmpty(after.stageNames[index] ?? '', after.stateVersionOf(index), Number(group), position),
              ).toBe(true)
            else expect(after.restore(JSON.parse(JSON.stringify(snapshot)), position)).toBe('restored')
          }
          after.observe(batch, after.resumeAfter().offset + 1, rows.length, out)
          expect(canonicalStanding(out)).toBe(canonicalStanding(straight))
          expect(statesOf(after)).toEqual(statesOf(engineAfter(batch, rows.length)))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('visits readers of signals after those they read from', () => {
    expect(open().stageNames).toEqual(['counting/by-subject', 'counting/by-client'])
    const stages = [...open().groups()].map(({ stage }) => stage)
    expect(stages).toEqual(stages.toSorted())
    expect(stages).toHaveLength(512)
  })

  it('finds only changed groups dirty', () => {
    const engine = open()
    const dirty = (): number => [...engine.groups()].filter((each) => each.dirty).length
    expect(dirty()).toBe(0)
    engine.observe(batchOfStory([{ subject: 'a', client: '' }]), 0, 1, [])
    expect(dirty()).toBe(1)
    for (const { stage, group } of [...engine.groups()]) engine.takeSnapshot(stage, group)
    expect(dirty()).toBe(0)
    engine.markDirty(0, 7)
    expect([...engine.groups()].filter((each) => each.dirty)).toEqual([{ stage: 0, group: 7, dirty: true }])
  })
})

describe('a snapshot', () => {
  const taken = (): GroupSnapshot => {
    const engine = open()
    engine.observe(batchOfStory([{ subject: 'a', client: 'x' }]), 0, 1, [])
    const [dirty] = [...engine.groups()].filter((each) => each.dirty)
    return engine.takeSnapshot(dirty?.stage ?? 0, dirty?.group ?? 0)
  }

  it('says what it holds and up to where', () => {
    const snapshot = taken()
    expect(snapshot).toMatchObject({
      stage: 'counting/by-subject',
      keys: 1,
      position: { offset: 0, index: 0 },
      appendedThrough: 1_000,
    })
    expect(snapshot.digest).toBe(digest(snapshot.body))
    expect(open().restore(snapshot)).toBe('restored')
  })

  it.each<[string, (snapshot: GroupSnapshot) => GroupSnapshot, unknown, string]>([
    ['of other settings', (snapshot) => snapshot, { limit: 3 }, 'other-version'],
    ['of another version', (snapshot) => ({ ...snapshot, stateVersion: 'counting@2:x:1' }), {}, 'other-version'],
    ['with a changed byte', (snapshot) => ({ ...snapshot, body: snapshot.body.replace('"a"', '"b"') }), {}, 'damaged'],
    ['of a stage that is gone', (snapshot) => ({ ...snapshot, stage: 'counting/gone' }), {}, 'unknown-stage'],
  ])('%s is not read back, and its group is read from the start', (_, change, settings, expected) => {
    const engine = open(settings)
    expect(engine.restore(change(taken()))).toBe(expected)
    expect(engine.stageCounts()[0]?.keys).toBe(0)
    expect(engine.resumeAfter()).toEqual({ offset: -1, index: -1 })
  })

  it('of a group that was restored ahead of the rows keeps that group’s position', () => {
    const snapshot = { ...taken(), position: { offset: 9, index: 3 } }
    const engine = open()
    expect(engine.restore(snapshot)).toBe('restored')
    engine.observe(batchOfStory([{ subject: 'a', client: 'x' }]), 0, 1, [])
    expect(engine.takeSnapshot(0, snapshot.group).position).toEqual({ offset: 9, index: 3 })
    expect(engine.positionAt(0, (snapshot.group + 1) % 256)).toEqual({ offset: 0, index: 0 })
  })

  it('is the same text, and its rows are judged the same, whichever keys are at rest', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 40, maxLength: 40 })
    fc.assert(
      fc.property(story, waits, fc.integer({ min: 0, max: 40 }), (rows, wait, restartAt) => {
        // Within an hour: nothing is spent.
        let appendedAt = 1_000_000
        const placed = rows.map((fields, offset) => {
          appendedAt += wait[offset] ?? 0
          return { event: recordedEvent({ kind: 'action', eventAt: offset, ...fields }), offset, appendedAt }
        })
        const batch = batchOf(placed)
        const [never, ...others] = [0, 4, 100, 256].map((sweptPerSecond) => {
          let engine = open({}, { sweptPerSecond })
          const out: VerdictRecord[] = []
          for (let row = 0; row < rows.length; row++) {
            if (row === restartAt) {
              const before = engine
              engine = open({}, { sweptPerSecond })
              for (const { stage, group } of [...before.groups()]) engine.restore(before.takeSnapshot(stage, group))
            }
            engine.observe(batch, row, row + 1, out)
          }
          const bodies = [...engine.groups()].map(({ stage, group }) => engine.takeSnapshot(stage, group).body)
          return { out, bodies, counts: engine.stageCounts() }
        })
        for (const other of others) expect(other).toEqual(never)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps the watermark it had', () => {
    const engine = open()
    expect(engine.restore({ ...taken(), appendedThrough: 500_000, position: { offset: -1, index: -1 } })).toBe(
      'restored',
    )
    engine.observe(batchOfStory([{ subject: 'a', client: 'x' }]), 0, 1, [])
    expect(JSON.stringify(statesOf(engine))).toContain('"watermarkAt":470000')
  })
})

function engineAfter(batch: ReturnType<typeof batchOfStory>, rows: number): Engine {
  const engine = open()
  engine.observe(batch, 0, rows, [])
  return engine
}

function statesOf(engine: Engine): unknown[] {
  return [...engine.groups()].map(({ stage, group }) => JSON.parse(engine.takeSnapshot(stage, group).body))
}
