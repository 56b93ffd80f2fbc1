// What the robustness table leans on does what it says: copies, disorder, lateness, wrong clocks, and logs as they are by default.

import { describe, expect, it } from 'vitest'
import type { SourceLines } from '../../collector/exercises/story-folder.ts'
import { findStory } from '../../collector/wiring/exercises/find-stories.ts'
import { asDefault } from './default-formats.ts'
import { mutationsOf } from './mutations.ts'

const line = (at: number, pod: string): string =>
  JSON.stringify({
    start_time: new Date(Date.parse('2025-03-14T09:00:00.250Z') + at * 1000).toISOString(),
    method: 'GET',
    path: '/v1/orders',
    protocol: 'HTTP/2',
    response_code: 200,
    response_flags: '-',
    pod,
    ns: 'shop',
    source_principal: 'spiffe://cluster.local/ns/shop/sa/web',
    jwt_iat: 1741942800 + at,
  })
const mesh: SourceLines = {
  name: 'mesh',
  format: 'auto',
  lines: Array.from({ length: 400 }, (_, at) => line(at, `orders-${at % 2}`)),
}
const audit: SourceLines = {
  name: 'audit',
  format: 'auto',
  lines: ['2025-03-14 09:00:00 | user_id=USR-1 | action=REFUND | order=O-1 | amount=1.00'],
}
const named = (name: string) => mutationsOf(['mesh', 'audit']).filter((each) => each.name === name)

describe('a mutation', () => {
  it('copies one line in twenty, after all others, so that these keep their numbers', () => {
    const [first] = named('5 % copies').flatMap(({ apply }) => apply([mesh]))
    expect(first?.lines.slice(0, 400)).toEqual(mesh.lines)
    const copies = first?.lines.slice(400) ?? []
    expect(copies.length).toBeGreaterThan(8)
    expect(copies.length).toBeLessThan(36)
    expect(copies.every((copy) => mesh.lines.includes(copy))).toBe(true)
  })

  it('brings lines out of order, each within the lateness of its source', () => {
    const [first] = named('disorder of 25 s').flatMap(({ apply }) => apply([mesh]))
    const delays = mesh.lines.map((_, at) => first?.delayMs?.(at) ?? 0)
    expect(Math.max(...delays)).toBeLessThan(30_000)
    expect(
      delays.filter((delay, at) => delay + at * 1000 < (delays[at - 1] ?? 0) + (at - 1) * 1000).length,
    ).toBeGreaterThan(100)
  })

  it('holds up each source in turn', () => {
    const late = named('600 s late').map(({ apply }) => apply([mesh, audit]).map(({ delayMs }) => delayMs?.(0) ?? 0))
    expect(late).toEqual([
      [600_000, 0],
      [0, 600_000],
    ])
  })

  it('gives each instance a clock of its own, and moves no claim', () => {
    for (const { apply } of named('clocks ± 2 s')) {
      const [moved] = apply([mesh, audit])
      const stamps = moved?.lines.slice(0, 2).map((text) => JSON.parse(text) as { start_time: string; jwt_iat: number })
      const [one, two] = stamps?.map(({ start_time }) => Date.parse(start_time)) ?? []
      expect(Math.abs((two ?? 0) - (one ?? 0) - 1000)).toBe(4_000)
      expect(stamps?.map(({ jwt_iat }) => jwt_iat)).toEqual([1741942800, 1741942801])
      // It is the clock that is wrong: lines arrive when they did.
      expect((one ?? 0) + (moved?.delayMs?.(0) ?? 0)).toBe(Date.parse('2025-03-14T09:00:00.250Z'))
    }
  })
})

describe('logs in default format', () => {
  const blind = { fields: ['x'], without: ['user_id'], withoutSources: [] }

  it('name no caller and hold no claims', () => {
    const [first] = asDefault([mesh], blind)
    expect(Object.keys(JSON.parse(first?.lines[0] ?? '{}'))).toEqual([
      'start_time',
      'method',
      'path',
      'protocol',
      'response_code',
      'response_flags',
    ])
  })

  it('lack what the story takes away', () => {
    expect(asDefault([audit], blind)[0]?.lines).toEqual([
      '2025-03-14 09:00:00 | action=REFUND | order=O-1 | amount=1.00',
    ])
    expect(asDefault([audit], { ...blind, withoutSources: ['audit'] })).toEqual([])
  })

  it('hold of Keycloak’s events the errors alone, as its own log has them, under their old numbers', () => {
    const { attack } = findStory('rt-fork')
    const [events] = attack
    const [log] = asDefault(attack, blind)
    const isError = (text: string): boolean => /"type":"[A-Z_]+_ERROR"/.test(text)
    expect(log?.lines.map((text) => text !== '')).toEqual(events?.lines.map(isError))
    const shown = log?.lines.find((text) => text !== '')
    expect(shown).toMatch(
      /^2025-03-14 \d\d:\d\d:\d\d,\d{3} WARN {2}\[org\.keycloak\.events\] .* type="[A-Z_]+_ERROR", realmId="/,
    )
  })
})
