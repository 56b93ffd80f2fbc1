// What the table of edges says of a caller, at each stage of its life.

import { describe, expect, it } from 'vitest'
import { dayMs, hourMs } from '../calls/hours.ts'
import { placed } from '../engine/recording.ts'
import { type EdgeFacts, heldEdges } from './edge-facts.ts'
import { type UnexpectedCallerSettings, unexpectedCallerSettings } from './settings.ts'
import type { DestinationState } from './state.ts'
import {
  type Call,
  callEvent,
  engineFor,
  foldPlaced,
  identity,
  latenessMs,
  learnedDay,
  storyStart,
  usual,
} from './stories.ts'

const settings: UnexpectedCallerSettings = unexpectedCallerSettings.parse({})

function factsAfter(calls: readonly Call[]): ReadonlyMap<string, EdgeFacts> {
  const engine = engineFor()
  foldPlaced(engine, placed(calls.map(callEvent)))
  const facts = [...engine.statesOf('unexpected-caller/by-destination')]
    // States of this stage are what this detector keeps of a destination.
    .flatMap(({ state }) => heldEdges(state as unknown as DestinationState, settings, latenessMs))
    .map((edge) => edge.facts())
  return new Map(facts.map((each) => [each.caller.split('/').at(-1) ?? '', each]))
}

const busy = (at: number): Call => ({ caller: 'busy', destination: 'payments', at })

describe('the facts of an edge', () => {
  it('say who called whom, when, how often supported and by which routes', () => {
    const more = { method: 'POST', route: '/v1/refunds' }
    const facts = factsAfter([...usual('cart', 'payments'), ...usual('cart', 'payments', more)])
    expect(facts.get('cart')).toEqual({
      caller: identity('cart'),
      destination: identity('payments'),
      callerFrom: 'mtls',
      standing: 'known',
      firstSeenAt: storyStart + hourMs + 300_000,
      lastSeenAt: storyStart + 3 * hourMs,
      hours: 3,
      days: 1,
      instances: 2,
      routes: ['GET /v1/orders/{id}', 'POST /v1/refunds'],
    })
  })

  it.each<[standing: string, calls: readonly Call[]]>([
    ['learning', [{ caller: 'cart', destination: 'payments', at: hourMs }]],
    ['known', usual('cart', 'payments')],
    ['quarantined', [...usual('busy', 'payments'), { caller: 'cart', destination: 'payments', at: learnedDay(1) }]],
    ['dormant', [...usual('cart', 'payments'), busy(20 * dayMs)]],
    ['forgotten', [...usual('cart', 'payments'), busy(60 * dayMs)]],
  ])('call it %s', (standing, calls) => {
    expect(factsAfter(calls).get('cart')?.standing).toBe(standing)
  })

  it('count no replica for calls that name none', () => {
    const calls = usual('cart', 'payments').map((call, nth) => ({ ...call, instance: nth === 0 ? '' : '10.0.0.1' }))
    expect(factsAfter(calls).get('cart')).toMatchObject({ instances: 1, standing: 'learning' })
  })

  it('have a digest that changes with them and stays while nothing happens', () => {
    const engine = engineFor()
    const digest = (): string | undefined => {
      const [held] = [...engine.statesOf('unexpected-caller/by-destination')]
      // As above.
      return heldEdges(held?.state as unknown as DestinationState, settings, latenessMs)[0]?.digest
    }
    const events = placed(usual('cart', 'payments').map(callEvent))
    foldPlaced(engine, events.slice(0, 1))
    const first = digest()
    expect(digest()).toBe(first)
    foldPlaced(engine, events.slice(1))
    expect(digest()).not.toBe(first)
  })
})
