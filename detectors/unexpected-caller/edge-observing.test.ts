// What the stage of a caller hears of an edge, whatever arrives first.

import { describe, expect, it } from 'vitest'
import { hourMs } from '../calls/hours.ts'
import {
  type Call,
  callEvent,
  engineFor,
  foldPlaced,
  identity,
  learnedDay,
  storyStart,
  told,
  usual,
} from './stories.ts'

const settings = {
  learningClock: 'event-time',
  declared: [{ destination: identity('payments'), allow: [identity('cart')], deny: [] }],
}

/** Everything arrives within the lateness, in the order given. */
function toldOf(calls: readonly Call[]): readonly string[] {
  const appendedAt = storyStart + learnedDay(11)
  const events = calls.map((call, offset) => ({ event: callEvent(call), offset, appendedAt }))
  return told(foldPlaced(engineFor(settings), events))
}

describe('a first call that was denied in spite of a grant', () => {
  const others = ['orders', 'refunds', 'stock']
  const learned = others.flatMap((destination) => usual('checkout', destination))
  const before: Call = { caller: 'cart', destination: 'payments', at: hourMs, status: 403 }
  const firsts = ['payments', ...others].map((destination, nth) => ({
    caller: 'cart',
    destination,
    at: learnedDay(10, nth),
  }))

  it.each([
    ['first', [...learned, before, ...firsts]],
    ['last', [...learned, ...firsts, before]],
  ])('shows that the caller is no new identity when it arrives %s', (_, calls) => {
    expect(toldOf(calls)).toEqual(others.map((destination) => `new-edge high cart → ${destination} (accepted)`))
  })
})
