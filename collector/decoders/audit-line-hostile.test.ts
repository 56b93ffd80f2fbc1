// Proves that forged and broken audit lines are refused, and that nothing makes the decoder throw or wait.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../test/support/decode-text.ts'
import { auditLine } from './audit-line.ts'

const decode = (text: string) => decodeText(auditLine, text)

describe('an audit line is refused', () => {
  const start = '2025-03-14 11:42:01 | user_id=U | action=REFUND'
  it.each([
    ['a key twice', `${start} | user_id=V`, 'duplicate-keys', '"user_id" is there twice: two records glued together'],
    ['a key twice in other letters', `${start} | USER-ID=V`, 'duplicate-keys', '"USER-ID" is there twice'],
    [
      'two glued lines',
      `${start} | amount=89.99${start}`,
      'duplicate-keys',
      'is there twice: two records glued together',
    ],
    [
      'a quote that never ends',
      `${start} | note="open | amount=5`,
      'log-injection-suspect',
      'the quotes around the value of "note"',
    ],
    [
      'text behind a quote',
      `${start} | note="a"b | amount=5`,
      'log-injection-suspect',
      'the quotes around the value of "note"',
    ],
    [
      'an escaped end quote',
      `${start} | note="a\\" | amount=5`,
      'log-injection-suspect',
      'the quotes around the value of "note"',
    ],
    ['a carriage return', `${start} | note=a\rb`, 'log-injection-suspect', 'U+000D'],
    ['a line feed', `${start} | note=a\nb`, 'log-injection-suspect', 'U+000A'],
    ['a NUL', `${start} | note=a\u0000b`, 'log-injection-suspect', 'U+0000'],
    ['colours of a terminal', `${start} | note=\u001b[31mred`, 'log-injection-suspect', 'U+001B'],
    ['a direction override', `${start} | note=\u202eDNUFER`, 'log-injection-suspect', 'U+202E'],
    ['a line separator', `${start} | note=a\u2028b`, 'log-injection-suspect', 'U+2028'],
    [
      'an impossible stamp',
      start.replace('11:42', '25:42'),
      'invalid-time',
      '"time" is "2025-03-14 25:42:01", which is no instant',
    ],
    [
      'no action',
      '2025-03-14 11:42:01 | user_id=U | order=O',
      'missing-field',
      'no action, authentication or decision in it',
    ],
    [
      'nobody',
      '2025-03-14 11:42:01 | action=REFUND | note=x',
      'missing-field',
      'names nobody and nothing that it concerns',
    ],
    [
      'an amount that is none',
      `${start} | amount=lots`,
      'invalid-field',
      '"amount" is "lots": it is no amount of money',
    ],
    [
      'too many decimals',
      `${start} | amount=1.999 | currency=EUR`,
      'invalid-field',
      '"amount" is "1.999": it has more decimals than EUR',
    ],
    [
      'an amount no computer keeps',
      `${start} | amount=1e400`,
      'invalid-field',
      '"amount" is "1e400": it is no amount of money',
    ],
    ['a currency that is none', `${start} | amount=1 | currency=EURO`, 'invalid-field', '"EURO" is no ISO 4217 code'],
    ['a name without end', `${start} | actor=${'x'.repeat(1025)}`, 'invalid-field', '"actor" is 1025 characters long'],
    [
      'pairs without end',
      `${start}${' | a'.concat('=1').repeat(1)}${Array.from({ length: 2000 }, (_, n) => ` | k${n}=1`).join('')}`,
      'too-many-keys',
      'more than 2000 pairs',
    ],
  ])('for %s', (_, line, reason, detail) => {
    const { refusal, events } = decode(line)
    expect(refusal).toMatchObject({ reason, detail: expect.stringContaining(detail) })
    expect(refusal?.detail).not.toMatch(/[\u0000-\u001f\u202e\u2028]/)
    expect(events).toEqual([])
  })
})

describe('any bytes at all', () => {
  const piece = fc.constantFrom(
    '|',
    '=',
    ':',
    '"',
    '\\',
    ' ',
    '2025-03-14 11:42:01',
    'user_id',
    'action',
    'REFUND',
    'amount',
    '1.5',
    '[',
    ']',
    '\u202e',
    '__proto__',
  )
  const hostile = fc
    .array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 40 })
    .map((pieces) => pieces.join(''))
  it('give one event or one refusal, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostile,
          hostile.map((text) => `2025-03-14 11:42:01 | action=REFUND | user_id=U | ${text}`),
        ),
        (text) => {
          const { events, refusal } = decode(text)
          expect(events.length + (refusal === undefined ? 0 : 1)).toBe(1)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('cannot change the facts before them while they stand in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const quotedText = JSON.stringify(text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ''))
        const { events } = decode(`2025-03-14 11:42:01 | user_id=U | note=${quotedText} | action=REFUND`)
        expect(events[0]).toMatchObject({ subject: 'U', action: 'refund' })
      }),
      { numRuns: 1000 },
    )
  })

  it('take time that grows with their length only', () => {
    const hostileLines = [
      '|'.repeat(200_000),
      `x=${'"'.repeat(200_000)}`,
      '= '.repeat(100_000),
      '|"='.repeat(60_000),
      `| a="${'\\'.repeat(200_000)}`,
    ]
    const before = performance.now()
    for (const line of hostileLines) {
      const { events, refusal } = decode(`2025-03-14 11:42:01 | ${line}`)
      expect(events.length + (refusal === undefined ? 0 : 1)).toBe(1)
    }
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
