// What the folds tell of a token's places agrees with a plain evaluation of the whole set, however the events arrive.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { VerdictRecord } from '../../schemas/findings.ts'
import type { Engine } from '../engine/engine.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import type { GroupSnapshot } from '../engine/snapshot.ts'
import { canonicalStanding } from '../engine/standing.ts'
import { evaluateNaively, type NaiveUse } from './naive-evaluation.ts'
import { chrome, engineFor, type Fields, firefox, lastVerdicts, latenessMs, storyStart, use } from './stories.ts'

interface Told {
  readonly atMs: number
  readonly network: number
  readonly agent: number
  readonly fingerprint: number
}

const networks = ['203.0.113.9', '198.51.100.77', '192.0.2.40']
const agents = ['', chrome, firefox]
const fingerprints = ['', 'ja4-a', 'ja4-b']

function fieldsOf({ atMs, network, agent, fingerprint }: Told): Fields {
  return use(atMs / 1_000, {
    clientIp: networks[network] ?? '',
    userAgent: agents[agent] ?? '',
    tlsFingerprint: fingerprints[fingerprint] ?? '',
    requestId: `${atMs} ${network} ${agent} ${fingerprint}`,
    tokenExpiresAt: storyStart + 14_400_000,
  })
}

const told = fc.record<Told>({
  atMs: fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 12 }).map((half) => half * 500), weight: 2 },
    { arbitrary: fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * 60_000), weight: 3 },
    { arbitrary: fc.constantFrom(599_000, 599_001, 600_000, 600_001, 601_000, 1_199_000, 1_200_001), weight: 3 },
    { arbitrary: fc.integer({ min: 0, max: 7_200 }).map((seconds) => seconds * 1_000), weight: 2 },
  ),
  network: fc.integer({ min: 0, max: 2 }),
  agent: fc.integer({ min: 0, max: 2 }),
  fingerprint: fc.integer({ min: 0, max: 2 }),
})

/** Restored from the newest snapshot of each group, of which only the changed ones are taken anew. */
function restarted(engine: Engine, manifest: Map<string, GroupSnapshot>): Engine {
  const next = engineFor()
  for (const { stage, group, dirty } of [...engine.groups()]) {
    const name = `${stage} ${group}`
    if (dirty) manifest.set(name, engine.takeSnapshot(stage, group))
    const snapshot = manifest.get(name)
    if (snapshot !== undefined) expect(next.restore(snapshot, engine.positionAt(stage, group))).toBe('restored')
  }
  return next
}

it('agrees with the plain evaluation in any order within the lateness, with copies, cuts and restarts', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(
      fc.array(told, { minLength: 1, maxLength: 14, size: 'max' }),
      fc.array(fc.integer({ min: 0, max: latenessMs }), { minLength: 28, maxLength: 28 }),
      fc.array(fc.integer({ min: 0, max: 13 }), { maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 18 }), { maxLength: 2 }),
      (stories, delays, copied, cuts) => {
        const events = stories.map((each) => recordedEvent(fieldsOf(each)))
        const arrived = placed(
          [...events, ...copied.flatMap((index) => events[index] ?? [])],
          (index) => delays[index] ?? 0,
        )
        const batch = batchOf(arrived)
        const ids = new Map(arrived.map(({ event }, row) => [event.digest, batch.columns.eventId.text(row)]))
        const uses = new Map<string, NaiveUse>()
        for (const [index, each] of stories.entries()) {
          const id = ids.get(events[index]?.digest ?? '') ?? ''
          const [network = '', agent = '', fingerprint = ''] = [
            networks[each.network],
            agents[each.agent],
            fingerprints[each.fingerprint],
          ]
          uses.set(id, { id, at: storyStart + each.atMs, network, agent, fingerprint })
        }
        const out: VerdictRecord[] = []
        let engine = engineFor()
        const manifest = new Map<string, GroupSnapshot>()
        let from = 0
        for (const cut of [...cuts, batch.length].map((at) => Math.min(at, batch.length)).sort((a, b) => a - b)) {
          engine.observe(batch, from, cut, out)
          from = cut
          engine = restarted(engine, manifest)
        }
        const expected = evaluateNaively([...uses.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)))
        expect(lastVerdicts(out).map(({ severity }) => severity)).toEqual(expected === undefined ? [] : [expected])
        if (expected !== undefined) seen.set(expected, (seen.get(expected) ?? 0) + 1)
        const straight: VerdictRecord[] = []
        engineFor().observe(batchOf(placed(events)), 0, events.length, straight)
        expect(canonicalStanding(out)).toBe(canonicalStanding(straight))
      },
    ),
    { numRuns: 300 },
  )
  for (const severity of ['info', 'medium', 'high']) expect(seen.get(severity) ?? 0).toBeGreaterThan(10)
})
