// What the engine itself owes whatever the detectors do: keys apart, positions, watermarks, signals, bounds, readiness.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { countingDetector } from '../../test/support/counting-detector.ts'
import { type Engine, openEngine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import { detectorEntry } from './entry.ts'
import { boundsOf } from './key-states.ts'
import { batchOf, type EventFields, recordedEvent } from './recording.ts'
import { standingSummary } from './standing.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

function open(options: Partial<EngineOptions> & { readonly judged?: string[]; readonly limit?: number } = {}): Engine {
  const { judged, limit = 2, ...more } = options
  return openEngine({ detectors: [detectorEntry(countingDetector(judged)).open({ limit })], digest, ...more })
}

let events = 0
/** A new event, of anna unless said. */
function event(fields: EventFields = {}): EventFields {
  events += 1
  return { kind: 'action', action: 'counted', subject: 'anna', eventAt: events * 1_000, ...fields }
}

/** One record for each, appended as given, right after what the engine has observed. */
function observe(engine: Engine, fields: readonly EventFields[], appendedAt = 1_000_000): VerdictRecord[] {
  const offset = engine.position.offset + 1
  const rows = fields.map((each, index) => ({ event: recordedEvent(each), offset: offset + index, appendedAt }))
  const out: VerdictRecord[] = []
  engine.observe(batchOf(rows), 0, rows.length, out)
  return out
}

function stateOf(engine: Engine, stage: number): readonly (readonly unknown[])[] {
  const states: unknown[][] = []
  for (const reference of [...engine.groups()])
    if (reference.stage === stage) states.push(...JSON.parse(engine.takeSnapshot(stage, reference.group).body).states)
  return states
}

describe('verdict records', () => {
  it('say where the causing event stood, and under which settings it was judged', () => {
    const engine = open()
    observe(engine, [event({ subject: 'ben' })])
    const [record] = observe(engine, [event(), event()], 77_000)
    expect(record).toMatchObject({
      tenant: 'default',
      realm: 'live',
      detector: 'counting',
      version: 1,
      settingsDigest: digest('{"limit":2}').slice(0, 16),
      position: { offset: 2, index: 0 },
      appendedAt: 77_000,
      late: false,
      evictions: 0,
    })
    expect(record?.causedBy).toBe(record?.verdict.findings.find(({ eventId }) => eventId === record.causedBy)?.eventId)
    expect(engine.position).toEqual({ offset: 2, index: 0 })
  })
})

describe('what an event is for', () => {
  it.each<[string, EventFields[], number]>([
    ['two of one subject', [event(), event()], 1],
    ['two subjects', [event(), event({ subject: 'ben' })], 0],
    ['no subject', [event({ subject: '' }), event({ subject: '' })], 0],
    ['a kind the stage does not read', [event(), event({ kind: 'access' })], 0],
    ['two kinds it reads', [event(), event({ kind: 'authn' })], 1],
    ['two tenants', [event(), event({ tenant: 'other' })], 0],
    ['two realms', [event(), event({ realm: 'exercise:1' })], 0],
    ['tenants that would run together', [event({ tenant: 'a', realm: 'bc' }), event({ tenant: 'ab', realm: 'c' })], 0],
    ['one stamped ahead of its append', [event(), event({ skew: 1 })], 0],
  ])('%s', (_, fields, verdicts) => {
    expect(observe(open(), fields)).toHaveLength(verdicts)
  })

  it('does not mix rows whose tenant changes within a batch', () => {
    const rows = [event(), event({ tenant: 'other' }), event(), event({ tenant: 'other' })]
    expect(observe(open(), rows).map(({ tenant }) => tenant)).toEqual(['default', 'other'])
  })

  it('keeps keys of any length apart, and within bounds', () => {
    const long = (end: string): EventFields => event({ subject: 'x'.repeat(100_000) + end })
    const engine = open()
    expect(observe(engine, [long('a'), long('b')])).toHaveLength(0)
    const [record] = observe(engine, [long('a')])
    expect(record?.evictions).toBe(0)
    for (const [, , key] of stateOf(engine, 0)) expect(String(key).length).toBe(256)
  })
})

describe('signals', () => {
  it('reach the later stage under its own key, at once and in order', () => {
    const engine = open()
    const twice = (subject: string, client: string): EventFields[] => [
      event({ subject, client }),
      event({ subject, client }),
    ]
    const out = observe(engine, [...twice('anna', 'app'), ...twice('ben', 'web'), ...twice('cleo', 'app')])
    expect(standingSummary(out)).toEqual([
      'counting high client app',
      'counting high subject anna',
      'counting high subject ben',
      'counting high subject cleo',
    ])
    expect(out.at(-1)).toMatchObject({
      verdict: { entity: { key: 'app' }, count: 2 },
      position: { offset: 5, index: 0 },
    })
  })

  it('stay within tenant and realm', () => {
    const twice = (subject: string, realm: string): EventFields[] => [
      event({ subject, client: 'app', realm }),
      event({ subject, client: 'app', realm }),
    ]
    const out = observe(open(), [...twice('anna', 'live'), ...twice('ben', 'exercise:1')])
    expect(standingSummary(out)).not.toContain('counting high client app')
  })
})

describe('judgements that were put off', () => {
  it('are made once for each key after the rows handed over together', () => {
    const judged: string[] = []
    const engine = open({ judged })
    observe(engine, [event(), event(), event(), event({ subject: 'ben' }), event({ subject: 'ben' })])
    expect(judged.map((ids) => ids.split(',').length)).toEqual([3, 2])
    observe(engine, [event({ subject: 'cleo' })])
    expect(judged).toHaveLength(2)
  })
})

describe('the watermark', () => {
  const watermarks = (engine: Engine): unknown[] =>
    stateOf(engine, 0).map(([, , , , , , , state]) => (state as { watermarkAt: number | null }).watermarkAt)

  it('is the newest append time less the lateness, and never content', () => {
    const engine = open({ latenessMs: { counting: 5_000 } })
    observe(engine, [event({ eventAt: 9e12 })], 100_000)
    expect(watermarks(engine)).toEqual([95_000])
    engine.tick(200_000)
    observe(engine, [event()], 150_000)
    expect(watermarks(engine)).toEqual([195_000])
  })

  it('is 30 s behind where nothing is said', () => {
    const engine = open()
    observe(engine, [event()], 100_000)
    expect(watermarks(engine)).toEqual([70_000])
  })

  it('frees what is spent as fast as append time goes by, however large the batches are', () => {
    const engine = open()
    observe(
      engine,
      Array.from({ length: 1_000 }, (_, index) => event({ subject: `once${index}` })),
      1_000,
    )
    // An hour and a half later, in five steps of a minute: a minute is enough for every group.
    for (let minute = 90; minute < 95; minute++) engine.tick(minute * 60_000)
    expect(engine.stageCounts()[0]?.keys).toBe(0)
  })

  it('frees what is spent, bit by bit', () => {
    const engine = open()
    observe(
      engine,
      Array.from({ length: 500 }, (_, index) => event({ subject: `s${index}` })),
      1_000_000,
    )
    for (let minute = 1; minute <= 60; minute++) engine.tick(1_000_000 + 60_000 * minute)
    expect(engine.stageCounts()[0]?.keys).toBe(500)
    for (let minute = 61; minute <= 61 + 128; minute++) engine.tick(1_000_000 + 60_000 * minute)
    expect(engine.stageCounts()[0]).toMatchObject({ keys: 0, evictedKeys: 0 })
  })

  it('frees what is spent within a minute also where time goes by in parts of seconds', () => {
    const engine = open()
    observe(
      engine,
      Array.from({ length: 500 }, (_, index) => event({ subject: `s${index}` })),
      1_000_000,
    )
    for (let at = 1_000_000 + 3_625_000; at <= 1_000_000 + 3_700_000; at += 900) engine.tick(at)
    expect(engine.stageCounts()[0]?.keys).toBe(0)
  })
})

describe('bounds', () => {
  const flood = (engine: Engine, count: number): VerdictRecord[] =>
    observe(
      engine,
      Array.from({ length: count }, (_, index) => event({ subject: `flood-${index}` })),
    )

  it('put out the keys that were idle longest, each group its share, counted', () => {
    const engine = open({ maxKeys: 1_024 })
    flood(engine, 10_000)
    const [counts] = engine.stageCounts()
    expect(counts?.keys).toBeLessThanOrEqual(1_024)
    expect(counts?.evictedKeys).toBe(10_000 - (counts?.keys ?? 0))
    const newest = stateOf(engine, 0).map(([, , key]) => Number(String(key).slice(6)))
    expect(Math.min(...newest)).toBeGreaterThan(5_000)
  })

  it('are a field of what a key says that was put out and came back', () => {
    const engine = open({ maxKeys: 256 })
    observe(engine, [event({ subject: 'anna' })])
    flood(engine, 2_000)
    const [record] = observe(engine, [event({ subject: 'anna' }), event({ subject: 'anna' })])
    expect(record?.evictions).toBe(1)
  })

  it('hold for the sum of entries as well as for keys', () => {
    const engine = open({ maxEntries: 256 * 8, limit: 1_000 })
    for (let round = 0; round < 6; round++) flood(engine, 2_000)
    expect(engine.stageCounts()[0]?.evictedKeys).toBeGreaterThan(1_000)
    expect(stateOf(engine, 0).reduce((sum, [, , , weight]) => sum + Number(weight), 0)).toBeLessThanOrEqual(256 * 8)
  })

  it('let as many keys be held as were asked for, each with an entry or two', () => {
    const bounds = boundsOf({ maxKeys: 1_000_000 })
    expect(bounds.maxKeysPerGroup * 256).toBeGreaterThanOrEqual(1_000_000)
    expect(bounds.maxWeightPerGroup * 256).toBeGreaterThanOrEqual(2_000_000)
  })

  it('never let one realm put out keys of another', () => {
    const engine = open({ maxKeys: 256 })
    observe(engine, [event({ subject: 'anna' })])
    observe(
      engine,
      Array.from({ length: 5_000 }, (_, index) => event({ subject: `f${index}`, realm: 'exercise:1' })),
    )
    expect(observe(engine, [event({ subject: 'anna' })])[0]).toMatchObject({ realm: 'live', evictions: 0 })
  })

  it('forget whole realms, exercises before live ones', () => {
    const engine = open({ maxRealms: 3 })
    observe(engine, [
      event(),
      event({ realm: 'exercise:1' }),
      event({ realm: 'exercise:2' }),
      event({ realm: 'exercise:3' }),
    ])
    expect(engine.stageCounts()[0]).toMatchObject({ keys: 3, evictedKeys: 1 })
    expect(observe(engine, [event({ realm: 'exercise:1' }), event()]).map(({ realm }) => realm)).toEqual(['live'])
  })
})

describe('readiness', () => {
  it('names what no event of a source brought, by format and source', () => {
    const engine = open()
    expect(engine.readiness()).toEqual([{ detector: 'counting', format: '', source: '', seen: 0, missing: [] }])
    const bare = event({ subject: '', format: 'audit-line', source: 'till' })
    const rows = [bare, event({ format: 'app-json', source: 'shop', client: 'web' }), event({ action: 'other' }), bare]
    observe(engine, rows)
    expect(engine.readiness()).toEqual([
      {
        detector: 'counting',
        format: 'audit-line',
        source: 'till',
        seen: 2,
        missing: [
          { need: 'subject', hint: 'log the subject in audit-line', essential: true },
          { need: 'client', hint: '', essential: false },
        ],
      },
      { detector: 'counting', format: 'app-json', source: 'shop', seen: 1, missing: [] },
    ])
    observe(engine, [event({ format: 'audit-line', source: 'till' })])
    expect(engine.readiness()[0]?.missing.map(({ need }) => need)).toEqual(['client'])
  })

  it('looks at a sample once a source has shown itself, and at no more than a bounded number of sources', () => {
    const engine = open()
    for (let round = 0; round < 4; round++)
      observe(
        engine,
        Array.from({ length: 640 }, (_, index) => event({ subject: `u${index}-${round}` })),
      )
    expect(engine.readiness()[0]?.seen).toBe(256 + (2_560 - 256) / 64)
    observe(
      engine,
      Array.from({ length: 3_000 }, (_, index) => event({ source: `s${index}`, subject: `v${index}` })),
    )
    const rows = engine.readiness()
    expect(rows.length).toBeLessThanOrEqual(1_001)
    expect(rows.find(({ source }) => source === '(others)')?.seen).toBeGreaterThan(256)
  })
})
