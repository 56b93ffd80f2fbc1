// What a source topic holds becomes records of the log: in order, scrubbed, each with how far it reaches.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tracesBytes, tracesOf } from '../../../test/support/otlp-messages.ts'
import { fullSpan } from '../../../test/support/otlp-samples.ts'
import type { DamagedRange, LogRecord, NewRecord } from '../../log/log.ts'
import { openMessageScrubber } from '../../scrub/protobuf/message-scrubber.ts'
import { openScrubber } from '../../scrub/scrubber.ts'
import { atOnce } from '../../scrub/steps.ts'
import { type SourceTaking, sourceRecords } from './source-records.ts'
import type { SourceCursor, SourceStretch } from './source-topics.ts'

const place = { topic: 'theirs', incarnation: 'i', partition: 0 }
const scrubber = openScrubber({ id: 'test', secret: Buffer.alloc(32, 1) }, { fieldNames: [] })
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJlLXRoYXQtaXMtc2VjcmV0'

type Value = string | Buffer | null

const record = (offset: number, value: Value, headers = {}): LogRecord => ({
  coordinate: { ...place, offset },
  key: undefined,
  value: value === null ? null : Buffer.from(value),
  headers,
  appendedAt: 1_000,
})

const damage = (fromOffset: number, toOffset: number): DamagedRange => ({
  ...place,
  fromOffset,
  toOffset,
  reason: 'missing',
  detail: `for the bearer of ${token}`,
})

interface Topic {
  readonly damaged?: readonly DamagedRange[]
  readonly format?: string
  /** Values come without records made of them. */
  readonly passesValues?: boolean
}

function taken(records: readonly LogRecord[], topic: Topic = {}): readonly NewRecord[] {
  return takings(records, topic).flatMap((taking) => taking.records)
}

function takings(
  records: readonly LogRecord[],
  { damaged = [], format = 'auto', passesValues = false }: Topic,
): readonly SourceTaking[] {
  const facts = {
    source: 'theirs',
    format,
    tenant: undefined,
    headersUpTo: (offset: number) => ({ to: String(offset) }),
  }
  const stretch = stretchOf(records, damaged, passesValues)
  const made: SourceTaking[] = []
  for (let next = 0; next < stretch.nextOffset; ) {
    const taking = atOnce(
      sourceRecords(stretch, next, facts, {
        scrubber,
        messages: openMessageScrubber(scrubber, { fieldNames: [] }),
        limits: { records: 1_000, depth: 32, keys: 1_024, lineBytes: 1_024 },
        formats: new Set(['audit-line', 'otlp-traces']),
      }),
    )
    made.push(taking)
    next = taking.nextOffset
  }
  return made
}

function stretchOf(
  records: readonly LogRecord[],
  damaged: readonly DamagedRange[],
  passesValues: boolean,
): SourceStretch {
  const lastOffset = Math.max(
    -1,
    ...records.map(({ coordinate }) => coordinate.offset),
    ...damaged.map((each) => each.toOffset),
  )
  return {
    records: {
      from: (offset) => {
        const left = records.filter(({ coordinate }) => coordinate.offset >= offset)
        return { next: () => left.shift(), passValues: passesValues ? passer(left) : () => undefined }
      },
    },
    damaged,
    nextOffset: lastOffset + 1,
  }
}

/** All values stand in the same bytes, with something between them. */
function passer(left: LogRecord[]): SourceCursor['passValues'] {
  const bytes = Buffer.concat(left.flatMap(({ value }) => [Buffer.from('{\n'), value ?? Buffer.alloc(0)]))
  const whole = left.length
  const ends: number[] = []
  for (const { value } of left) ends.push((ends.at(-1) ?? 0) + 2 + (value?.length ?? 0))
  return (take, heeded) => {
    for (let [first] = left; first !== undefined && first.value !== null; [first] = left) {
      const end = ends[whole - left.length] ?? 0
      if (heeded.toString() in first.headers) return
      if (!take(bytes, end - first.value.length, end, first.coordinate.offset)) return
      left.shift()
    }
  }
}

const shown = (records: readonly NewRecord[]): readonly unknown[] =>
  records.map(({ value, headers }) => [value === null ? null : Buffer.from(value).toString(), headers?.to])

describe('records of a source topic', () => {
  it('go together as lines, up to the last of them', () => {
    expect(shown(taken([record(3, 'a'), record(4, 'b\n'), record(9, '{"c":1}')]))).toEqual([['a\nb\n{"c":1}\n', '10']])
  })

  it('are parted where their format changes, and by what could not be read', () => {
    const records = [record(0, 'a'), record(1, 'b', { format: 'audit-line' }), record(5, 'c', { format: 'of-others' })]
    const found = taken(records, { damaged: [damage(2, 4)] })
    expect(shown(found)).toEqual([
      ['a\n', '1'],
      ['b\n', '2'],
      [null, '5'],
      ['c\n', '6'],
    ])
    expect(found.map(({ headers }) => headers?.format)).toEqual(['auto', 'audit-line', '', 'auto'])
    expect(found[2]?.headers?.unreadable).toMatch(/^offsets 2 to 4: missing: for the bearer of /)
  })

  it('hold no credential, wherever it stood', () => {
    const found = taken([record(0, `Authorization: Bearer ${token}`)], { damaged: [damage(1, 1)] })
    expect(
      JSON.stringify(found.map(({ value, headers }) => [value && Buffer.from(value).toString(), headers])),
    ).not.toContain(token.slice(-20))
  })

  it('leave out deletions, and tell what is empty or too long by its offset', () => {
    const found = taken([record(0, null), record(1, ''), record(2, 'x'.repeat(2_000)), record(3, 'a')])
    expect(found.map(({ headers }) => headers?.unreadable)).toEqual([
      'offset 1: the record holds no text',
      'offset 2: record 1 is longer than 1024 bytes, of the 2000 bytes there',
      undefined,
    ])
  })

  it('keep broken JSON on one line, and part an array by its values', () => {
    expect(shown(taken([record(0, '{"a":\n{"b"')]))).toEqual([['{"a": {"b"\n', '1']])
    expect(shown(taken([record(0, '[{"a":1},\n{"b":2}]')]))).toEqual([['{"a":1}\n{"b":2}\n', '1']])
  })

  it('count as taken only with the last chunk of many lines', () => {
    const many = Array.from({ length: 600 }, (_, line) => `line ${line}`).join('\n')
    expect(taken([record(7, many)]).map(({ headers }) => headers?.to)).toEqual(['7', '7', '8'])
  })

  it.each([false, true])(
    'are taken piece by piece where there are many, and what could not be read (%s)',
    (passesValues) => {
      const long = `{${'x'.repeat(999)}`
      const records = Array.from({ length: 3_000 }, (_, at) => record(2 * at, long))
      const damaged = records.map((_, at) => damage(2 * at + 1, 2 * at + 1)).filter((_, at) => at % 500 === 499)
      const all = takings(records, { damaged, passesValues })
      const found = all.flatMap((taking) => taking.records)
      expect(found.filter(({ value }) => value === null)).toHaveLength(6)
      expect(Buffer.concat(found.map(({ value }) => value ?? Buffer.alloc(0))).length).toBe(3_000 * 1_001)
      expect(found.map(({ headers }) => Number(headers?.to))).toEqual(
        found.map(({ headers }) => Number(headers?.to)).sort((one, other) => one - other),
      )
      expect(all.map((taking) => taking.taken.records)).toEqual([1_049, 1_049, 902])
    },
  )

  it('become the same, whether a record is made of each or not', () => {
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.nat(900).map((length) => `{"a":"${'x'.repeat(length)}"}`) },
      fc.constantFrom(null, '', '{', 'text', '{"a":\n1}', '{"b":1}\n', '{"b":1}\n{"c":2}\n', '[{"d":1},{"e":2}]', '\n'),
      fc.constant(`{"long":"${'y'.repeat(1_024)}"}`),
    )
    const headers = fc.oneof(
      { weight: 9, arbitrary: fc.constant({}) },
      fc.constantFrom({ trace: 'x' }, { format: 'audit-line' }, { format: 'of-others' }),
    )
    const repeats = fc.constantFrom(1, 1, 1, 3, 270)
    const piece = fc.record({ gap: fc.nat(2), value, headers, repeats, isLost: fc.nat(9) })
    const topic = fc.constantFrom('auto', 'audit-line', 'otlp-traces')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), topic, (pieces, format) => {
        const records: LogRecord[] = []
        const damaged: DamagedRange[] = []
        let offset = 0
        for (const each of pieces) {
          offset += each.gap
          if (each.isLost === 0) damaged.push(damage(offset, offset++))
          for (let left = each.repeats; left > 0; left--) records.push(record(offset++, each.value, each.headers))
        }
        const found = taken(records, { damaged, format, passesValues: true })
        const wanted = taken(records, { damaged, format })
        expect(shown(found)).toEqual(shown(wanted))
        expect(found.map(({ headers }) => headers)).toEqual(wanted.map(({ headers }) => headers))
      }),
      { numRuns: 100 },
    )
  })

  it('may be protobuf messages where their format says so', () => {
    const message = tracesBytes(tracesOf([fullSpan]))
    const [found, ...others] = taken([record(0, message)], { format: 'otlp-traces' })
    expect(others).toEqual([])
    expect(found?.headers).toMatchObject({ format: 'otlp-traces', encoding: 'protobuf', to: '1' })
    expect(taken([record(0, message.subarray(0, 9))], { format: 'otlp-traces' })[0]?.headers?.unreadable).toMatch(
      /^offset 0: /,
    )
  })
})
