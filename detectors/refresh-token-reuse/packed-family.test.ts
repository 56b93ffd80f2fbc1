// A family at rest says everything that it said before, and is short.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenVerdicts } from '../../schemas/events/token-words.ts'
import type { PlacedEvent } from '../engine/recording.ts'
import { placed, recordedEvent } from '../engine/recording.ts'
import type { Family } from './family.ts'
import { everyDoing, type KeptEvent } from './kept-event.ts'
import { ancestorLength, type Chain, type Lineage, type Rotation } from './lineage.ts'
import { appendedAtOf, packed, unpacked } from './packed-family.ts'
import { dayMs } from './settings.ts'
import { engineFor, type Fields, fold, login, refresh, start } from './stories.ts'

const letters = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'abXY019-_'), minLength: length, maxLength: length })
const hash = fc.oneof(fc.constant(''), letters(8), letters(8))
const name = fc.oneof(fc.constantFrom('', 'web', 'cli', '!', 'a,b;{c}"d'), fc.string({ maxLength: 30 }), fc.uuid())
const context = fc.oneof(
  fc.constantFrom('', '203.0.113.0/24', '203.0.113.0/24\nFirefox on Linux', '\n\nd-1|x'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
)
const time = fc.oneof(fc.constant(start), fc.integer({ min: 0, max: 2 * start }))
const maybeTime = fc.oneof(fc.constant(-1), time)

const event: fc.Arbitrary<KeptEvent> = fc.record({
  at: time,
  id: fc.oneof(fc.uuid(), letters(22), letters(5)),
  appendedAt: time,
  doing: fc.constantFrom(...everyDoing),
  node: hash,
  child: hash,
  accepted: fc.boolean(),
  verdict: fc.constantFrom(...tokenVerdicts),
  client: name,
  version: name,
  user: name,
  request: hash,
  context,
  profile: fc.integer({ min: -1, max: 19 }),
})
const rotation: fc.Arbitrary<Rotation> = fc.record({
  node: letters(8),
  at: time,
  id: fc.uuid(),
  request: hash,
  client: name,
  context,
})
const chain: fc.Arbitrary<Chain> = fc.record({
  client: name,
  current: letters(8),
  parent: fc.option(rotation),
  ancestors: fc.array(letters(ancestorLength), { maxLength: 12 }),
})
const lineage: fc.Arbitrary<Lineage> = fc.record({
  user: name,
  version: name,
  client: name,
  chains: fc.array(chain, { maxLength: 8 }),
  places: fc.array(fc.tuple(context, fc.constantFrom(0 as const, 1 as const)), { maxLength: 8 }),
  endedAt: maybeTime,
  killedAt: maybeTime,
  acceptedAt: maybeTime,
  reusedAs: fc.oneof(hash, fc.constant('unnamed')),
  reported: fc.boolean(),
  clockJumped: fc.boolean(),
})
const told = fc.record({ digest: fc.nat(), count: fc.nat(20), client: name })
const family: fc.Arbitrary<Family> = fc
  .record({
    appendedAt: time,
    settledAt: maybeTime,
    lineage,
    events: fc.array(event, { maxLength: 5 }),
    days: fc.array(fc.oneof(fc.constant(Math.floor(start / dayMs)), fc.integer({ min: 20_000, max: 21_000 })), {
      maxLength: 2,
    }),
    dropped: fc.nat(2),
    told: fc.dictionary(letters(8), told, { maxKeys: 2 }),
  })
  .map(({ lineage, told, dropped, ...rest }) => {
    // Only what was told of has a name at rest.
    const isTold = dropped > 0 || Object.keys(told).length > 0
    return { ...rest, name: isTold ? 'S1' : '', told: { ...told }, dropped, settled: { lineage, reuses: [] } }
  })

/** As Keycloak's are: every id a UUID, nothing of the place but an address. */
function keycloakEvents(rotations: number): readonly Fields[] {
  const id = (number: number): string => `8d7a2b25-c4ee-4d1b-a0e5-${String(number).padStart(12, '0')}`
  const own = { session: id(900), subject: id(901), client: 'web', tokenIssuer: 'shop' }
  return [
    login(0, id(0), own),
    ...Array.from({ length: rotations }, (_, index) => refresh(300 * (index + 1), id(index), id(index + 1), own)),
  ]
}

/** Long after them, something that is no family's. */
function elsewhere(events: readonly Fields[]): Fields {
  return { kind: 'authn', action: 'credential.change', eventAt: (events.at(-1)?.eventAt ?? start) + 600_000 }
}

function stateAfter(arrived: readonly PlacedEvent[]): string {
  const engine = engineFor()
  const each = arrived.map((_, index) => index)
  expect(fold(engine, arrived, each)).toEqual([])
  const [held, ...more] = engine.statesOf('refresh-token-reuse/by-family')
  expect(more).toEqual([])
  return JSON.stringify(held?.state)
}

describe('a family at rest', () => {
  it('is the same again', () => {
    fc.assert(
      fc.property(family, (before) => {
        const state: unknown = JSON.parse(JSON.stringify(packed(before)))
        const text = typeof state === 'string' ? state : ''
        expect(unpacked(text)).toEqual(before)
        if (before.appendedAt > 0) expect(appendedAtOf(text)).toBe(before.appendedAt)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [0, 105],
    [1, 150],
    [2, 155],
    [50, 222],
  ])('of %i rotations is at most %i characters of JSON', (rotations, most) => {
    const events = keycloakEvents(rotations)
    const arrived = placed([...events, elsewhere(events)].map((fields) => recordedEvent(fields)))
    expect(stateAfter(arrived).length).toBeLessThanOrEqual(most)
  })
})
