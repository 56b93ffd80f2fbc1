// The hints miss no string in which a search of that string alone would find something, wherever it stands in its body.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchorsFor } from '../anchors.ts'
import { fieldNames } from '../field-names.ts'
import { buildScan } from '../scan.ts'
import { openScrubber } from '../scrubber.ts'
import { Hints } from './hints.ts'

const scan = buildScan(anchorsFor([], 'message'))
const names = fieldNames([])
const scrubber = openScrubber({ id: 'k1', secret: new Uint8Array(32).fill(7) }, { fieldNames: [] })

const pieces = [
  ...[
    'password=q8Zr4TnX2cVb',
    'pwd',
    '%70wd=q8Zr4TnX2cVb',
    '\\u0070wd=x',
    'a:b@c',
    'https://u:p4ss@h',
    'code=200',
    'code=',
  ],
  ...['q8Zr4TnX2cVb7LmPw1Ks', 'status_code', 'key', '?key=', '%', '\\', '@', 'J', '.', ' ', 'x', 'Bearer ', 'eyJa'],
]
const string = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => Buffer.from(parts.join('')))

/** What stands before a string of a message, a tag and a length at least. It may be any bytes. */
const between = fc.uint8Array({ minLength: 2, maxLength: 4 })

describe('hints', () => {
  it('miss nothing that is found in a string by itself, whatever stands beside it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(between, string), { minLength: 1, maxLength: 8 }), between, (parts, after) => {
        const body = Buffer.concat([...parts.flat(), after])
        const hints = new Hints(body, scan, names)
        let at = 0
        for (const [before, bytes] of parts) {
          const start = at + before.length
          at = start + bytes.length
          const isSuspect = hints.suspects(start, at)
          const line = Buffer.from(JSON.stringify({ text: bytes.toString() }))
          if (scrubber.scrub(line) !== line) expect([bytes.toString(), isSuspect]).toEqual([bytes.toString(), true])
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('come to the end of bodies of any length without an anchor', () => {
    for (const length of [10, 65_535, 65_536, 65_537, 200_000]) {
      const hints = new Hints(Buffer.alloc(length, 'x'), scan, names)
      let suspects = 0
      for (let at = 0; at + 7 < length - 8; at += 7) if (hints.suspects(at, at + 7)) suspects++
      expect(suspects).toBe(0)
    }
  })
})
