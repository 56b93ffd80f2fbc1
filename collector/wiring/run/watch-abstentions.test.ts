// Which sources are told of while the collector runs.

import { describe, expect, it } from 'vitest'
import type { Abstention } from '../../api/ports.ts'
import { watchAbstentions } from './watch-abstentions.ts'

const rowOf = (source: string, essential: boolean): Abstention => ({
  detector: 'unexpected-caller',
  format: 'istio-json',
  source,
  seen: 1,
  missing: [{ need: 'identity of the caller', hint: '', essential }],
})

function openWatch(rows: () => readonly Abstention[]): { readonly look: () => void; readonly told: readonly string[] } {
  const told: string[] = []
  let look: () => void = () => undefined
  watchAbstentions({
    abstentions: rows,
    tell: ({ source }) => told.push(source),
    every: (_, call) => {
      look = call
      return () => undefined
    },
  })
  return { look: () => look(), told }
}

describe('a detector that cannot fire on a source', () => {
  it('is told once', () => {
    let rows = [rowOf('a', true)]
    const { look, told } = openWatch(() => rows)
    look()
    rows = [...rows, rowOf('b', true)]
    look()
    look()
    expect(told).toEqual(['a', 'b'])
  })

  it('is not told while only a part of it cannot', () => {
    const { look, told } = openWatch(() => [rowOf('a', false), { ...rowOf('', true), missing: [] }])
    look()
    expect(told).toEqual([])
  })

  it('is told of no more sources than a screen holds', () => {
    const { look, told } = openWatch(() => Array.from({ length: 500 }, (_, at) => rowOf(String(at), true)))
    look()
    look()
    expect(told).toHaveLength(20)
  })
})
