// The scan finds what a look at every window would find, wherever it stands and however searches take turns.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Anchor, anchorsFor } from './anchors.ts'
import { inputBytes } from './kernel/layout.ts'
import { buildScan, type Search } from './scan.ts'

function naive(anchors: readonly Anchor[], bytes: Uint8Array, from: number, to: number): [number, number] | undefined {
  for (let at = from; at + 4 <= to; at++) {
    let looks = 0
    for (const { window, looks: bits } of anchors)
      if (window.every((set, place) => set[bytes[at + place] as number] === 1)) looks |= bits // inside the window
    if (looks !== 0) return [at, looks]
  }
  return undefined
}

function next(search: Search, from: number, to: number): [number, number] | undefined {
  const at = search.next(from, to)
  return at === -1 ? undefined : [at, search.looks()]
}

// Texts made of pieces of needles, so that many windows nearly match.
const pieces = ['pass', 'pas', 'otp"', 'token=', 'eyJa', 'eyJ', 'Beare', 'SAML', 'RIVA', 'a_co', '://', '"', ' ', 'x']
const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 })), { maxLength: 30 })
/** Bytes that match an anchor, and some that do but for the last one or two. */
function windowOf(anchors: readonly Anchor[]): fc.Arbitrary<Uint8Array> {
  return fc
    .constantFrom(...anchors)
    .chain(({ window }) =>
      fc
        .tuple(fc.tuple(...window.map((set) => fc.constantFrom(...membersOf(set)))), fc.integer({ min: 2, max: 4 }))
        .map(([bytes, length]) => Uint8Array.from(bytes.slice(0, length))),
    )
}

function membersOf(set: Uint8Array): readonly number[] {
  return [...set.keys()].filter((byte) => set[byte] === 1)
}

const settings = fc.array(fc.stringMatching(/^[a-z]{2,6}$/), { maxLength: 40 })

describe('the scan', () => {
  it('finds the first window of any text that any anchor matches, and all that match there', () => {
    fc.assert(
      fc.property(settings, text, fc.nat(20), fc.nat(20), (names, parts, from, cut) => {
        const anchors = anchorsFor(names)
        const bytes = Buffer.from(parts.join(''))
        const to = Math.max(0, bytes.length - cut)
        expect(next(buildScan(anchors).open(bytes), from, to)).toEqual(naive(anchors, bytes, from, to))
      }),
      { numRuns: 100 },
    )
  })

  it.each(['text', 'message'] as const)('passes over no window of any bytes, with the anchors for a %s', (edges) => {
    const anchors = anchorsFor(['pin', 'id', 'x-shop-pin'], edges)
    const scan = buildScan(anchors)
    const parts = fc.array(fc.oneof(windowOf(anchors), fc.uint8Array({ maxLength: 5 })), { maxLength: 40 })
    fc.assert(
      fc.property(parts, (pieces) => {
        const bytes = Buffer.concat(pieces)
        const search = scan.open(bytes)
        for (let from = 0; from <= bytes.length; ) {
          const found = next(search, from, bytes.length)
          expect(found).toEqual(naive(anchors, bytes, from, bytes.length))
          from = found === undefined ? bytes.length + 1 : found[0] + 1
        }
      }),
      { numRuns: 300 },
    )
  })

  it('finds windows wherever they stand in more bytes than it looks at in one go', () => {
    const anchors = anchorsFor([])
    const scan = buildScan(anchors)
    const bytes = Buffer.alloc(inputBytes * 2 + 100, 0x20)
    const places = [0, inputBytes - 7, inputBytes - 2, inputBytes + 40, inputBytes * 2 - 3, bytes.length - 4]
    for (const place of places) bytes.write('RIVA', place, 'latin1')
    const found: number[] = []
    const search = scan.open(bytes)
    for (let at = search.next(0, bytes.length); at !== -1; at = search.next(at + 1, bytes.length)) found.push(at)
    expect(found).toEqual(places)
  })

  it('keeps searches that take turns apart', () => {
    const scan = buildScan(anchorsFor([]))
    const one = Buffer.from('  RIVA    RIVA ')
    const other = Buffer.from('    eyJa  ')
    const first = scan.open(one)
    const second = scan.open(other)
    expect(first.next(0, one.length)).toBe(2)
    expect(second.next(0, other.length)).toBe(4)
    expect(first.next(3, one.length)).toBe(10)
    expect(second.next(5, other.length)).toBe(-1)
  })

  it('has room for all names that settings may add', () => {
    const names = Array.from({ length: 500 }, (_, at) => `name${String.fromCharCode(97 + (at % 26))}${at}`)
    expect(buildScan(anchorsFor(names)).open(Buffer.from(' RIVA')).next(0, 5)).toBe(1)
  })
})
