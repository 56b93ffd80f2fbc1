// Rows in, the same rows out: through the cursor, and through the real ClickHouse engine by a Native block.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { snakeCase } from './column.ts'
import { EventBatch } from './event-batch.ts'
import { openEventCursor, plainEvent } from './event-cursor.ts'
import { encodeNativeBlock } from './native-block.ts'

interface Engine {
  query(sql: string, format: string): string
  close(): void
}

const directory = mkdtempSync(join(tmpdir(), 'eastwest-native-'))
let engine: Engine

beforeAll(async () => {
  const { Session } = await import('chdb')
  engine = new Session(join(directory, 'data'))
})

afterAll(() => {
  engine.close()
  rmSync(directory, { recursive: true, force: true })
})

function readBack(batch: EventBatch, rows?: Uint32Array): Record<string, unknown>[] {
  const file = join(directory, 'block.native')
  writeFileSync(file, Buffer.concat([...encodeNativeBlock(batch, rows)]))
  const sql = `SELECT * FROM file('${file}', 'Native') SETTINGS output_format_json_quote_64bit_integers=0`
  return engine
    .query(sql, 'JSONEachRow')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

interface Row {
  readonly subject: string
  readonly caller: string
  readonly amountMinor: number
  readonly httpStatus: number
  readonly eventAt: number
  readonly digest: string
}

function fill(batch: EventBatch, rows: readonly Row[]): void {
  for (const row of rows) {
    batch.columns.eventId.setDigest(batch.row, row.digest)
    if (row.subject !== '') batch.columns.subject.setText(batch.row, row.subject)
    batch.columns.caller.setText(batch.row, row.caller)
    batch.columns.amountMinor.set(batch.row, row.amountMinor)
    batch.columns.httpStatus.set(batch.row, row.httpStatus)
    batch.columns.eventAt.set(batch.row, row.eventAt)
    batch.commit()
  }
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.constant('ü'.repeat(100)),
)
const rows = fc.array(
  fc.record<Row>({
    subject: text,
    caller: fc.constantFrom('', 'spiffe://cluster.local/ns/shop/sa/cart', 'ünïcode', 'b'),
    amountMinor: fc.maxSafeInteger(),
    httpStatus: fc.integer({ min: -1, max: 999 }),
    eventAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    digest: fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      minLength: 16,
      maxLength: 16,
    }),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('a batch of events', () => {
  it.each([3, 300, 70_000])('gives %i different words back through ClickHouse, and its absent numbers', (words) => {
    const batch = new EventBatch(words)
    for (let row = 0; row < words; row++) {
      batch.columns.eventId.setDigest(row, String(row).padEnd(16))
      batch.columns.caller.setText(row, `caller-${row}`)
      if (row % 2 === 0) batch.columns.durationMs.set(row, row * 1_000_000_007)
      batch.commit()
    }
    const stored = readBack(batch)
    expect(stored.map(({ caller }) => caller)).toEqual(Array.from({ length: words }, (_, row) => `caller-${row}`))
    expect(stored.map(({ duration_ms }) => duration_ms)).toEqual(
      Array.from({ length: words }, (_, row) => (row % 2 === 0 ? row * 1_000_000_007 : -1)),
    )
  })

  it('gives every value back through the cursor and through ClickHouse', () => {
    fc.assert(
      fc.property(rows, (input) => {
        const batch = new EventBatch(4)
        fill(batch, input)
        const stored = readBack(batch)
        expect(stored).toHaveLength(input.length)
        const cursor = openEventCursor()
        for (const [at, row] of input.entries()) {
          cursor.at(batch, at)
          expect(cursor.subject).toBe(row.subject)
          expect(cursor.caller).toBe(row.caller)
          expect(cursor.amountMinor).toBe(row.amountMinor)
          expect(stored[at]).toMatchObject({
            event_id: cursor.eventId,
            subject: row.subject,
            caller: row.caller,
            amount_minor: row.amountMinor,
            http_status: row.httpStatus,
            destination: '',
            grpc_status: -1,
          })
          expect(Date.parse(`${String(stored[at]?.event_at).replace(' ', 'T')}Z`)).toBe(row.eventAt)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('encodes a choice of rows in the order given', () => {
    const batch = new EventBatch(2)
    fill(
      batch,
      ['a', 'b', 'c', 'd'].map((subject, at) => ({
        subject,
        caller: subject,
        amountMinor: -at,
        httpStatus: at,
        eventAt: at,
        digest: subject.repeat(16),
      })),
    )
    expect(readBack(batch, Uint32Array.of(3, 1)).map((row) => [row.subject, row.caller, row.amount_minor])).toEqual([
      ['d', 'd', -3],
      ['b', 'b', -1],
    ])
  })

  it('forgets an abandoned row and a cleared batch wholly', () => {
    const batch = new EventBatch(2)
    fill(batch, [{ subject: 'kept', caller: 'x', amountMinor: 1, httpStatus: 200, eventAt: 5, digest: '0'.repeat(16) }])
    batch.columns.subject.setText(batch.row, 'dropped')
    batch.columns.attempt.set(batch.row, 7)
    batch.columns.method.setText(batch.row, 'GET')
    batch.abandon()
    fill(batch, [{ subject: '', caller: '', amountMinor: 0, httpStatus: -1, eventAt: 6, digest: '1'.repeat(16) }])
    const cursor = openEventCursor()
    cursor.at(batch, 1)
    expect([cursor.subject, cursor.attempt, cursor.method]).toEqual(['', -1, ''])
    batch.clear()
    expect(readBack(batch)).toEqual([])
    fill(batch, [{ subject: 'again', caller: 'x', amountMinor: 2, httpStatus: 1, eventAt: 7, digest: '2'.repeat(16) }])
    expect(readBack(batch)).toMatchObject([{ subject: 'again', attempt: -1, method: '' }])
  })

  it('shows ids as version 8 UUIDs', () => {
    const batch = new EventBatch(1)
    fill(batch, [{ subject: 's', caller: '', amountMinor: 0, httpStatus: 0, eventAt: 0, digest: '\xff'.repeat(16) }])
    const cursor = openEventCursor()
    cursor.at(batch, 0)
    expect(plainEvent(cursor).eventId).toBe('ffffffff-ffff-8fff-bfff-ffffffffffff')
  })

  it('names columns for ClickHouse in snake case', () => {
    expect(snakeCase('sourceIp')).toBe('source_ip')
  })
})
