// Conditions about absence: keys are judged when the watermark passes the instant they asked for, whatever happens meanwhile.

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { silenceDetector, silenceMs } from '../../test/support/silence-detector.ts'
import { type Engine, openEngine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import { detectorEntry } from './entry.ts'
import type { KeyState } from './key-state.ts'
import type { RealmStates } from './realms.ts'
import { batchOf, type EventFields, type PlacedEvent, placed, recordedEvent } from './recording.ts'
import { canonicalStanding, standingSummary } from './standing.ts'
import { Wakes } from './wakes.ts'

const latenessMs = 30_000

function open({ judged, ...more }: Partial<EngineOptions> & { readonly judged?: string[] } = {}): Engine {
  return openEngine({
    detectors: [detectorEntry(silenceDetector(judged)).open({})],
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    latenessMs: { silence: latenessMs },
    ...more,
  })
}

let events = 0
/** One record of one event of the subject, appended then, right after what the engine has observed. */
function heard(engine: Engine, subject: string, appendedAt: number, fields: EventFields = {}): VerdictRecord[] {
  events += 1
  const event = recordedEvent({ kind: 'action', subject, eventAt: events, ...fields })
  const out: VerdictRecord[] = []
  engine.observe(batchOf([{ event, offset: engine.position.offset + 1, appendedAt }]), 0, 1, out)
  return out
}

const silent = (records: readonly VerdictRecord[]): readonly string[] =>
  records.flatMap(({ verdict: { entity, findings } }) => (findings.length > 0 ? [entity.key] : []))

describe('a key that asked to be judged', () => {
  it('is judged once the watermark has passed the instant, and not before', () => {
    const engine = open()
    heard(engine, 'anna', 100_000)
    expect(silent(heard(engine, 'ben', 100_000 + silenceMs + latenessMs))).toEqual([])
    const out = heard(engine, 'ben', 100_000 + silenceMs + latenessMs + 1)
    expect(silent(out)).toEqual(['anna'])
    expect(silent(heard(engine, 'ben', 10_000_000))).toEqual([])
  })

  it('tells its verdict at the row that moved the watermark, which is after everything told before', () => {
    const engine = open()
    heard(engine, 'anna', 100_000)
    const out = heard(engine, 'ben', 300_000).filter(({ verdict }) => verdict.entity.key === 'anna')
    expect(out).toMatchObject([{ position: { offset: 1, index: 0 }, appendedAt: 300_000, late: false }])
    expect(out[0]?.causedBy).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is judged with the next row when the log was read on without one', () => {
    const engine = open()
    heard(engine, 'anna', 100_000)
    engine.tick(300_000)
    expect(silent(heard(engine, 'ben', 300_000))).toEqual(['anna'])
  })

  it('waits for the later instant when it asks again', () => {
    const judged: string[] = []
    const engine = open({ judged })
    for (let at = 100_000; at <= 400_000; at += 50_000) heard(engine, 'anna', at)
    expect(judged).not.toContain('anna silent')
    heard(engine, 'ben', 400_000 + silenceMs + latenessMs + 1)
    expect(judged.filter((each) => each === 'anna silent')).toHaveLength(1)
  })

  it('is not judged when it asked not to be, until it asks again', () => {
    const engine = open()
    heard(engine, 'anna', 100_000)
    heard(engine, 'anna', 110_000, { outcome: 'denied' })
    expect(silent(heard(engine, 'ben', 300_000))).toEqual([])
    heard(engine, 'anna', 310_000)
    expect(silent(heard(engine, 'ben', 500_000))).toContain('anna')
  })

  it('is judged once with an event of its own that moves the watermark', () => {
    const judged: string[] = []
    const engine = open({ judged })
    heard(engine, 'anna', 100_000)
    heard(engine, 'anna', 300_000)
    expect(judged).toEqual(['anna heard', 'anna heard'])
  })

  it('is judged as of its own row, and again as of a later one that is handed over with it', () => {
    const judged: string[] = []
    const engine = open({ judged })
    const rows = [
      ['anna', 100_000],
      ['ben', 300_000],
    ] as const
    const arrived = rows.map(([subject, appendedAt], offset) => ({
      event: recordedEvent({ kind: 'action', subject, eventAt: offset }),
      offset,
      appendedAt,
    }))
    engine.observe(batchOf(arrived), 0, 2, [])
    expect(judged.at(-1)).toBe('ben heard')
    expect(judged).toContain('anna silent')
  })

  it('hands its signals on before the later stage is judged, once', () => {
    const engine = open()
    heard(engine, 'anna', 100_000, { client: 'app' })
    heard(engine, 'cleo', 100_000, { client: 'app' })
    const out = heard(engine, 'ben', 300_000)
    const ofClient = out.filter(({ verdict }) => verdict.entity.key === 'app')
    expect(ofClient.map(({ verdict }) => verdict.count)).toEqual([2])
  })

  it('is not judged any more when it was put out, or its realm forgotten', () => {
    const judged: string[] = []
    const engine = open({ judged, maxKeys: 256, maxRealms: 2 })
    heard(engine, 'anna', 100_000)
    heard(engine, 'dora', 100_000, { realm: 'exercise:1' })
    for (let index = 0; index < 3_000; index++) heard(engine, `flood-${index}`, 100_000)
    heard(engine, 'emma', 100_000, { realm: 'exercise:2' })
    heard(engine, 'ben', 300_000)
    const told = judged.filter((each) => each.endsWith('silent'))
    expect(told.length).toBeLessThanOrEqual(258)
    expect(told).toContain('emma silent')
    expect(told).not.toContain('anna silent')
    expect(told).not.toContain('dora silent')
  })
})

describe('a flood of keys that are put out again', () => {
  it('leaves no more instants behind than twice those of keys that are held', () => {
    const held = new Set<KeyState>()
    const wakes = new Wakes(({ entry }) => held.has(entry))
    const states: RealmStates = { tenant: 'default', realm: 'live', stages: [], touchedOffset: 0, touchedIndex: 0 }
    let largest = 0
    for (let offset = 0; offset < 20_000; offset++) {
      const place = { touchedOffset: offset, touchedIndex: 0 }
      const entry = { key: `${offset}`, hash: 0, state: null, weight: 1, evictions: 0, ...place }
      held.add(entry)
      wakes.ask(states, entry, offset)
      const [oldest] = held
      if (oldest !== undefined && held.size > 2_000) held.delete(oldest)
      largest = Math.max(largest, wakes.size)
    }
    expect(largest).toBeLessThan(2.1 * 2_000)
    expect(wakes.takeDue(20_000).map(({ entry }) => entry.key)).toEqual([...held].map(({ key }) => key))
    expect(wakes.size).toBe(0)
  })
})

describe('what stands in the end', () => {
  const story = fc.array(
    fc.record({
      subject: fc.constantFrom('anna', 'ben', 'cleo', 'dora'),
      waitMs: fc.integer({ min: 0, max: 120_000 }),
      delayMs: fc.integer({ min: 0, max: latenessMs }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  type Rows = typeof story extends fc.Arbitrary<infer Value> ? Value : never

  function arrivals(rows: Rows): readonly PlacedEvent[] {
    let eventAt = 1_000_000
    const told = rows.map(({ subject, waitMs }) => {
      eventAt += waitMs
      return recordedEvent({ kind: 'action', subject, client: subject === 'dora' ? '' : 'app', eventAt })
    })
    const last = recordedEvent({ kind: 'action', subject: 'zoe', eventAt: eventAt + 10 * silenceMs })
    return placed([...told, last], (index) => rows[index]?.delayMs ?? 0)
  }

  it('does not depend on where rows are cut, nor on a restart at any of them', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 25 }), (rows, one, other) => {
        const events = arrivals(rows)
        const batch = batchOf(events)
        const straight: VerdictRecord[] = []
        const single = open()
        for (let row = 0; row < events.length; row++) single.observe(batch, row, row + 1, straight)
        const restartAt = Math.min(one, events.length)
        const cut = Math.min(Math.max(restartAt, other), events.length)
        const out: VerdictRecord[] = []
        const before = open()
        before.observe(batch, 0, restartAt, out)
        const after = restarted(before)
        after.observe(batch, 0, restartAt, [])
        after.observe(batch, restartAt, cut, out)
        after.observe(batch, cut, events.length, out)
        expect(standingSummary(out)).toEqual(standingSummary(straight))
        expect(canonicalStanding(out)).toBe(canonicalStanding(straight))
      }),
      { numRuns: 60 },
    )
  })

  function restarted(engine: Engine): Engine {
    const next = open()
    for (const { stage, group } of [...engine.groups()])
      expect(next.restore(JSON.parse(JSON.stringify(engine.takeSnapshot(stage, group))))).toBe('restored')
    return next
  }
})
