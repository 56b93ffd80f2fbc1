// OTLP that asks for much work gets no more than its length is worth. Time is the processor's own, however busy the machine.

import { describe, expect, it } from 'vitest'
import { expectAccounted } from '../../test/support/accounted.ts'
import { leastCpuMs } from '../../test/support/cpu-time.ts'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import { attributesOf, logsBytes, logsOf, tracesBytes, tracesOf } from '../../test/support/otlp-messages.ts'
import { fullLogRecord as record, fullSpan as span } from '../../test/support/otlp-samples.ts'

describe('a message that asks for much work', () => {
  const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `k${at}`)
  it.each<[string, (size: number) => Buffer | string]>([
    [
      'a long value',
      (size) => tracesBytes(tracesOf([{ ...span, attributes: attributesOf({ 'url.path': '/a1'.repeat(size / 3) }) }])),
    ],
    ['a long list', (size) => tracesBytes(tracesOf([{ ...span, attributes: attributesOf({ own: many(size / 8) }) }]))],
    [
      'keys that are all new',
      (size) =>
        tracesBytes(
          tracesOf(
            Array.from({ length: size / 1200 }, (_, at) => ({
              ...span,
              attributes: attributesOf(Object.fromEntries(many(100).map((key) => [`${key}.${at}`, at]))),
            })),
          ),
        ),
    ],
    ['empty resources', (size) => Buffer.alloc(size).fill(Buffer.of(0x0a, 0x00))],
    ['empty attributes', (size) => spanOf(Buffer.alloc(size).fill(Buffer.of(0x4a, 0x00)))],
    ['events', (size) => spanOf(Buffer.alloc(size).fill(Buffer.of(0x5a, 0x00)))],
    ['quotes in JSON', (size) => JSON.stringify(tracesOf([{ ...span, name: '"'.repeat(size / 2) }]))],
    ['commas in JSON', (size) => `{"resourceSpans":[${'0,'.repeat(size / 2)}0]}`],
    ['a body of brackets', (size) => logsBytes(logsOf([{ ...record, body: { stringValue: '[{'.repeat(size / 2) } }]))],
    [
      'a body of digits',
      (size) =>
        logsBytes(
          logsOf([{ ...record, body: { stringValue: `[2026-11-02T09:14:22.318Z] "${'1 '.repeat(size / 2)}` } }]),
        ),
    ],
  ])('with %s takes time in proportion to its length', (_, make) => {
    const decode = openLineDecoder()
    const timed = (size: number): number => {
      const value = make(size)
      const headers =
        typeof value === 'string'
          ? {}
          : { encoding: 'protobuf', format: value.includes('U1') ? 'otlp-logs' : 'otlp-traces' }
      return leastCpuMs(() => expectAccounted(decode(value, headers)))
    }
    timed(12_000)
    // Quadratic work would be 64 times as much; the rest is room for a collection of garbage.
    expect(timed(480_000)).toBeLessThan(timed(60_000) * 24 + 60)
  })
})

/** A message of one span whose fields are its ids, its start and these bytes. */
function spanOf(fields: Buffer): Buffer {
  const own = Buffer.concat([
    Buffer.of(0x0a, 16),
    Buffer.alloc(16, 1),
    Buffer.of(0x12, 8),
    Buffer.alloc(8, 1),
    Buffer.of(0x39),
    Buffer.alloc(8, 0x11),
    fields,
  ])
  return [0x12, 0x12, 0x0a].reduce(
    (inner, tag) => Buffer.concat([Buffer.of(tag), longVarint(inner.length), inner]),
    own,
  )
}

function longVarint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest])
    bytes.push((rest & 0x7f) | 0x80)
  }
}
