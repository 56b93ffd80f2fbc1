// The passes over learned edges, with the real engine.

import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../detectors/engine/engine.ts'
import { type PlacedEvent, placed } from '../../../detectors/engine/recording.ts'
import { callEvent, engineFor, foldPlaced, usual } from '../../../detectors/unexpected-caller/stories.ts'
import type { Row } from '../../store/insert-rows.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { openEdgesPass } from './edges-table.ts'

interface Passes {
  readonly engine: Engine
  /** One whole pass: what it put, and in how many turns. */
  readonly pass: () => { readonly rows: readonly Row[]; readonly turns: number }
}

function openPasses(
  how: { readonly waiting?: () => number; readonly clock?: () => number; readonly now?: () => number } = {},
): Passes {
  const engine = engineFor()
  let rows: Row[] = []
  const open = openEdgesPass({
    engine,
    settings: defaultSettings(),
    put: (_, row) => rows.push(row),
    waiting: how.waiting ?? (() => 0),
    now: how.now ?? (() => 1_000),
    clock: how.clock ?? (() => 0),
    onFailure: (error) => {
      throw error
    },
  })
  return {
    engine,
    pass: () => {
      rows = []
      return { turns: [...open()].length + 1, rows }
    },
  }
}

const eventsOf = (...callers: readonly string[]): readonly PlacedEvent[] =>
  placed(callers.flatMap((caller) => usual(caller, 'payments')).map(callEvent))

describe('the table of edges', () => {
  it('gets each changed edge once, and nothing while nothing changes', () => {
    const { engine, pass } = openPasses()
    const events = eventsOf('cart', 'ledger')
    foldPlaced(engine, events.slice(0, 5))
    expect(pass().rows.map(({ caller, state }) => [caller, state])).toEqual([
      ['spiffe://cluster.local/ns/shop/sa/cart', 'known'],
      ['spiffe://cluster.local/ns/shop/sa/ledger', 'learning'],
    ])
    expect(pass().rows).toEqual([])
    foldPlaced(engine, events.slice(5))
    expect(pass().rows.map(({ caller, state }) => [caller, state])).toEqual([
      ['spiffe://cluster.local/ns/shop/sa/ledger', 'known'],
    ])
  })

  it('gets no lower version after the wall clock was set back, or the store would keep the older row', () => {
    const times = [7_200_000, 7_200_000, 3_600_000]
    const { engine, pass } = openPasses({ now: () => times.shift() ?? 0 })
    const events = eventsOf('cart', 'ledger')
    foldPlaced(engine, events.slice(0, 5))
    pass()
    foldPlaced(engine, events.slice(5))
    expect(pass().rows).toMatchObject([{ version: 7_200_000 }])
  })

  it('gets nothing again of a destination that has gone to rest', () => {
    const { engine, pass } = openPasses()
    const events = eventsOf('cart', 'ledger')
    foldPlaced(engine, events)
    expect(pass().rows).toHaveLength(2)
    const through = Math.max(...events.map(({ appendedAt }) => appendedAt))
    for (const seconds of [60, 120]) engine.tick(through + seconds * 1_000)
    const [first, second] = [1, 2].map(() => [...engine.statesOf('unexpected-caller/by-destination')][0]?.state)
    expect(first).not.toBe(second)
    expect(pass().rows).toEqual([])
  })

  it('lets others have their turn, and still puts every edge', () => {
    let at = 0
    const { engine, pass } = openPasses({ clock: () => (at += 3) })
    foldPlaced(engine, eventsOf('a', 'b', 'c', 'd'))
    const { rows, turns } = pass()
    expect(rows).toHaveLength(4)
    expect(turns).toBeGreaterThan(2)
  })

  it('puts nothing more while the store is behind', () => {
    let behind = 2
    const { engine, pass } = openPasses({ waiting: () => (behind-- > 0 ? 5_000 : 0) })
    foldPlaced(engine, eventsOf('a'))
    expect(pass()).toMatchObject({ turns: 3, rows: [{ tenant: 'default', realm: 'live' }] })
  })
})
