// Which messages are refused, each for its one mistake.

import { describe, expect, it } from 'vitest'
import { type Message, span } from '../../../schemas/otlp/messages.ts'
import { delimited, encode } from '../../../test/support/otlp-wire.ts'
import { openMessageScrubber } from './message-scrubber.ts'

/** Nothing is scrubbed here. */
const scrubber = openMessageScrubber({ steps: (bytes) => nothing(bytes) }, { fieldNames: [] })

function* nothing(bytes: Uint8Array): Generator<undefined, Uint8Array, void> {
  yield
  return bytes
}

function problemOf(message: Message, bytes: Buffer): unknown {
  return scrubber.open(bytes, { depth: 16, fields: 2_000 }).add(message, 0, bytes.length)
}

describe('a message', () => {
  const deep = (levels: number): Buffer => {
    let value = delimited(1, 'x')
    for (let level = 0; level < levels; level++) value = delimited(5, delimited(1, value))
    return delimited(9, Buffer.concat([delimited(1, 'k'), delimited(2, value)]))
  }
  it.each<readonly [string, Buffer, string]>([
    ['that nests too deep', deep(20), 'too-deep'],
    ['of a million empty fields', Buffer.alloc(2_000_000, Buffer.of(0x4a, 0)), 'too-many-fields'],
    ['of many unknown fields', Buffer.alloc(20_000, Buffer.from([0xf8, 0x07, 0x01])), 'too-many-fields'],
    ['whose name is no text', delimited(5, Buffer.of(0xc3, 0x28)), 'invalid-utf8'],
    ['whose long name is no text', delimited(5, Buffer.alloc(200, 0xff)), 'invalid-utf8'],
    ['that is named twice', Buffer.concat([delimited(5, 'a'), delimited(5, 'b')]), 'repeated-field'],
    [
      'with two values for a key',
      delimited(
        9,
        Buffer.concat([delimited(1, 'k'), delimited(2, Buffer.concat([delimited(1, 'a'), delimited(1, 'b')]))]),
      ),
      'repeated-field',
    ],
    ['whose trace id is no id', delimited(1, 'q8Zr4TnX2cVb7LmPw1Ks'), 'id-length'],
    ['that ends too early', encode(span, { name: 'name' }).subarray(0, -1), 'truncated'],
    ['with a group', Buffer.of(0x4b, 0x4c), 'wire-type'],
    ['with a field 0', Buffer.of(0x02, 0x00), 'field-zero'],
  ])('%s is told as such', (_, bytes, problem) => {
    expect(problemOf(span, bytes)).toBe(problem)
  })

  it('that is whole is none of them, and cut anywhere it is never taken for another', () => {
    const bytes = encode(span, {
      traceId: '5b8efff798038103d269b633813fc60c',
      name: 'POST /refunds',
      startTimeUnixNano: '1793610862318000000',
      attributes: [{ key: 'http.route', value: { arrayValue: { values: [{ intValue: '-7' }, { boolValue: true }] } } }],
      flags: 1,
    })
    expect(problemOf(span, bytes)).toBe(0)
    const ends = Array.from({ length: bytes.length }, (_, end) => problemOf(span, bytes.subarray(0, end)))
    // Where a field ends the message may end.
    expect(ends.filter((problem) => problem === 0).length).toBe(5)
    expect(new Set(ends)).toEqual(new Set([0, 'truncated']))
  })
})
