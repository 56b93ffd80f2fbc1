// What every detector of the catalogue owes, proved on its own recordings.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { VerdictRecord } from '../../schemas/findings.ts'
import { detectors } from '../catalog.ts'
import { type Engine, openEngine } from './engine.ts'
import type { EngineOptions } from './engine-options.ts'
import type { DetectorEntry } from './entry.ts'
import { batchOf, type PlacedEvent, placed, type Recording, readRecording, recordedEvent } from './recording.ts'
import { canonicalStanding, standingSummary } from './standing.ts'

const latenessMs = 30_000
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const folderOf = (id: string): string => fileURLToPath(new URL(`../${id}/`, import.meta.url))

interface Named extends Recording {
  readonly name: string
  readonly attack: boolean
}

function recordingsOf(id: string): readonly Named[] {
  const folder = `${folderOf(id)}recordings/`
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => ({ ...readRecording(readFileSync(folder + name, 'utf8')), name, attack: name.includes('.attack.') }))
}

function engineOf(
  entry: DetectorEntry,
  settings: unknown,
  more: Pick<EngineOptions, 'maxKeys' | 'maxEntries' | 'sweptPerSecond'> = {},
): Engine {
  return openEngine({ detectors: [entry.open(settings)], digest, latenessMs: { [entry.id]: latenessMs }, ...more })
}

function run(engine: Engine, events: readonly PlacedEvent[], cuts: readonly number[] = []): VerdictRecord[] {
  const out: VerdictRecord[] = []
  const batch = batchOf(events)
  let from = 0
  for (const to of [...cuts, events.length]) {
    engine.observe(batch, from, to, out)
    from = to
  }
  return out
}

/** Snapshots of all groups, as a cycle takes them, and a new engine restored from them. */
function restarted(entry: DetectorEntry, settings: unknown, engine: Engine): Engine {
  const next = engineOf(entry, settings)
  for (const { stage, group, dirty } of [...engine.groups()]) {
    const position = engine.positionAt(stage, group)
    if (!dirty) {
      expect(next.restoreEmpty(engine.stageNames[stage] ?? '', engine.stateVersionOf(stage), group, position)).toBe(
        true,
      )
      continue
    }
    const snapshot = JSON.parse(JSON.stringify(engine.takeSnapshot(stage, group)))
    expect(next.restore(snapshot, position)).toBe('restored')
  }
  return next
}

const camelCase = (id: string): string => id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

describe.each(detectors.map((entry) => [entry.id, entry] as const))('%s', (id, entry) => {
  const recordings = recordingsOf(id)

  it('has one name: folder, file, export and id', async () => {
    expect(existsSync(`${folderOf(id)}${id}.ts`)).toBe(true)
    const module: Record<string, unknown> = await import(`../${id}/${id}.ts`)
    expect(module[camelCase(id)]).toMatchObject({ id, version: entry.version })
  })

  it('starts on its defaults, returns them unchanged and refuses settings it does not know', () => {
    const defaults = entry.settings.parse({})
    expect(entry.settings.parse(defaults)).toEqual(defaults)
    expect(() => entry.open({ noSuchSetting: 1 })).toThrow(/noSuchSetting/)
    const named = /^[a-z][A-Za-z0-9]*$/
    const schema = z.toJSONSchema(entry.settings, { io: 'input' }) as {
      properties: Record<string, { description?: string }>
    }
    for (const [name, property] of Object.entries(schema.properties)) {
      expect(name).toMatch(named)
      expect(property.description, `${name} is described`).toMatch(/\S{3}/)
    }
  })

  it('has a whole card', () => {
    const { card } = entry
    expect(card.detects).toMatch(/^Detects /)
    expect(card.attack.length).toBeGreaterThan(0)
    for (const { technique, name, tactic } of card.attack) {
      expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/)
      expect(`${name}${tactic}`).toMatch(/\S/)
    }
    for (const owasp of card.owaspApi) expect(owasp).toMatch(/^API(10|[1-9]):2023$/)
    for (const list of [card.falsePositives, card.runbook, card.blindSpots, card.references])
      expect(list.length).toBeGreaterThan(0)
    for (const reference of card.references) expect(reference).toMatch(/^https:\/\//)
  })

  it('ships at least one attack and one benign twin for each', () => {
    const twins = (attack: boolean): string[] =>
      recordings.filter((each) => each.attack === attack).map(({ name }) => name.replace(/\..*/, ''))
    expect(twins(true).length).toBeGreaterThan(0)
    expect(twins(false)).toEqual(twins(true))
  })

  it('says aloud that it cannot fire when its fields are missing, and does not', () => {
    const [attack] = recordings.filter((each) => each.attack)
    const bare = (attack?.events ?? []).map(({ fields }) => {
      const { kind = '', action = '', method = '', path = '', httpStatus = -1, eventAt } = fields
      return recordedEvent({ kind, action, method, path, httpStatus, eventAt })
    })
    const engine = engineOf(entry, attack?.settings)
    const nothing = { detector: id, format: '', source: '', seen: 0, missing: [] }
    expect(engine.readiness()).toEqual(entry.open({}).readiness.isQuiet ? [] : [nothing])
    expect(standingSummary(run(engine, placed(bare)))).toEqual([])
    const [row] = engine.readiness()
    expect(row).toMatchObject({ detector: id, format: 'recording', source: 'recording' })
    expect(row?.missing.length).toBeGreaterThan(0)
    for (const { need, hint } of row?.missing ?? []) expect(`${need}: ${hint}`).toMatch(/\S+: \S+/)
  })

  describe.each(recordings.map((recording) => [recording.name, recording] as const))('%s', (_, recording) => {
    const { events, settings, attack, expect: expected } = recording
    const straight = run(engineOf(entry, settings), placed(events))
    const standing = canonicalStanding(straight)

    it(attack ? 'fires' : 'stays silent', () => {
      expect(standingSummary(straight)).toEqual(expected)
      expect(expected.length > 0).toBe(attack)
    })

    it('gives the same standing verdicts in any order within the lateness, in any batches', () => {
      const delays = fc.array(fc.integer({ min: 0, max: latenessMs }), {
        minLength: events.length,
        maxLength: events.length,
      })
      const cuts = fc.array(fc.integer({ min: 0, max: events.length }), { maxLength: 5 })
      fc.assert(
        fc.property(delays, cuts, (delay, cut) => {
          const arrived = placed(events, (index) => delay[index] ?? 0)
          const out = run(
            engineOf(entry, settings),
            arrived,
            cut.toSorted((a, b) => a - b),
          )
          expect(canonicalStanding(out)).toBe(standing)
          for (const { late } of out) expect(late).toBe(false)
        }),
        { numRuns: runsFor(events.length) },
      )
    })

    it('takes a repeated event for the one it is', () => {
      const copies = fc.array(fc.integer({ min: 0, max: Math.max(0, events.length - 1) }), { maxLength: events.length })
      const delays = fc.array(fc.integer({ min: 0, max: latenessMs }), {
        minLength: events.length * 2,
        maxLength: events.length * 2,
      })
      fc.assert(
        fc.property(copies, delays, (copied, delay) => {
          const again = copied.flatMap((index) => events[index] ?? [])
          const arrived = placed([...events, ...again], (index) => delay[index] ?? 0)
          expect(canonicalStanding(run(engineOf(entry, settings), arrived))).toBe(standing)
        }),
        { numRuns: runsFor(events.length) },
      )
    })

    it('goes on after a restart at any row as if there had been none', () => {
      const arrived = placed(events)
      const batch = batchOf(arrived)
      const every = Math.max(1, Math.floor(events.length / 40))
      for (let cut = 0; cut <= events.length; cut += every) {
        const before = engineOf(entry, settings)
        const out: VerdictRecord[] = []
        before.observe(batch, 0, cut, out)
        const after = restarted(entry, settings, before)
        expect(after.resumeAfter()).toEqual(before.position)
        // A reader resumes where it likes at or before that position: what was folded is not folded again.
        const repeats: VerdictRecord[] = []
        after.observe(batch, 0, cut, repeats)
        expect(repeats).toEqual([])
        after.observe(batch, cut, events.length, out)
        expect(canonicalStanding(out)).toBe(standing)
      }
    })

    it('does not depend on which keys are at rest, and keeps all of them over a restart', () => {
      const arrived = placed(events)
      const batch = batchOf(arrived)
      for (const sweptPerSecond of [0, 4, 100, 256]) {
        const engine = engineOf(entry, settings, { sweptPerSecond })
        const out: VerdictRecord[] = []
        for (const [row, { appendedAt }] of arrived.entries()) {
          engine.observe(batch, row, row + 1, out)
          // Time for two sweeps, where the next row leaves it: what the first finds touched rests by the second.
          const nextAt = arrived[row + 1]?.appendedAt ?? appendedAt
          for (const at of [appendedAt + 1_000, appendedAt + 2_000]) if (at <= nextAt) engine.tick(at)
        }
        expect(canonicalStanding(out)).toBe(standing)
        expect(bodiesOf(restarted(entry, settings, engine))).toEqual(bodiesOf(engine))
      }
    })
  })

  const [attack] = recordings.filter((each) => each.attack)
  const shifted = (times: number, stepMs: number, suffix: string): readonly PlacedEvent[] => {
    const events = Array.from({ length: times }, (_, round) =>
      (attack?.events ?? []).map(({ fields }) => recordedEvent(differing(fields, round, stepMs, suffix))),
    ).flat()
    return placed(events)
  }

  it('stays bounded under a flood of one key', () => {
    const flooded = (times: number): { bytes: number; evicted: number } => {
      const engine = engineOf(entry, attack?.settings)
      const events = shifted(times, 1_000, '')
      for (let from = 0; from < events.length; from += 4_096) run(engine, events.slice(from, from + 4_096))
      return {
        bytes: bytesOf(engine),
        evicted: engine.stageCounts().reduce((sum, { evictedEntries }) => sum + evictedEntries, 0),
      }
    }
    const some = flooded(3_000)
    const more = flooded(9_000)
    expect(more.bytes).toBeLessThan(some.bytes * 1.2 + 4_096)
    expect(more.bytes).toBeLessThan(8 * 1024 * 1024)
  })

  it('stays bounded under a flood of many keys, and counts what it put out', () => {
    const engine = engineOf(entry, attack?.settings, { maxKeys: 512, maxEntries: 2_048 })
    const events = shifted(4_000, 0, '-')
    for (let from = 0; from < events.length; from += 4_096) run(engine, events.slice(from, from + 4_096))
    const counts = engine.stageCounts()
    for (const { keys } of counts) expect(keys).toBeLessThanOrEqual(512)
    expect(counts.reduce((sum, { evictedKeys }) => sum + evictedKeys, 0)).toBeGreaterThan(2_000)
    expect(bytesOf(engine)).toBeLessThan(16 * 1024 * 1024)
  })
})

/** Long recordings get fewer runs, so that all take about as long. */
function runsFor(events: number): number {
  return Math.max(5, Math.min(100, Math.floor(4_000 / Math.max(1, events))))
}

function bodiesOf(engine: Engine): readonly string[] {
  return [...engine.groups()].map(({ stage, group }) => engine.takeSnapshot(stage, group).body)
}

function bytesOf(engine: Engine): number {
  return bodiesOf(engine).reduce((bytes, body) => bytes + body.length, 0)
}

const ownOfEachRound = ['payment', 'operationId', 'idempotencyKey', 'requestId', 'nativeId', 'path', 'traceId']
const keysOfStages = [
  'resource',
  'subject',
  'actor',
  'instrument',
  'device',
  'caller',
  'destination',
  'client',
  'session',
  'token',
]

/** The same event in another round of a flood: later, another operation, and (`suffix`) of another key. */
function differing(
  fields: Readonly<Record<string, string | number>>,
  round: number,
  stepMs: number,
  suffix: string,
): Readonly<Record<string, string | number>> {
  const changed: Record<string, string | number> = { ...fields, eventAt: Number(fields.eventAt) + round * stepMs }
  for (const name of ownOfEachRound) if (changed[name] !== undefined) changed[name] = `${changed[name]}-${round}`
  if (suffix !== '')
    for (const name of keysOfStages)
      if (changed[name] !== undefined) changed[name] = `${changed[name]}${suffix}${round}`
  return changed
}
