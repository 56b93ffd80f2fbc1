// Rows noted and settled are the rows that setting each column by itself would have made.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventBatch } from './event-batch.ts'
import { openEventCursor, plainEvent } from './event-cursor.ts'
import { KnownRows } from './known-rows.ts'

interface Step {
  readonly method: string
  readonly status: number
  readonly isKnown: boolean
  /** Rows that are dropped before it. */
  readonly dropped: number
  readonly isSettled: boolean
}

const steps = fc.array(
  fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    status: fc.nat(599),
    isKnown: fc.boolean(),
    dropped: fc.nat(2),
    isSettled: fc.boolean(),
  }),
)

function write(batch: EventBatch, known: KnownRows | undefined, { method, status, isKnown }: Step): void {
  const { columns } = batch
  if (known !== undefined && isKnown) known.note([columns.method.dictionary.codeOf(method), status])
  else {
    columns.method.setText(batch.row, method)
    columns.httpStatus.set(batch.row, status)
  }
  batch.commit()
}

function eventsOf(batch: EventBatch): unknown {
  const cursor = openEventCursor()
  return Array.from({ length: batch.length }, (_, row) => {
    cursor.at(batch, row)
    return plainEvent(cursor)
  })
}

describe('known rows', () => {
  it('become what setting them one by one makes, whatever is set between them, dropped or settled early', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const quick = new EventBatch(2)
        const plain = new EventBatch(2)
        const known = new KnownRows(quick, [quick.columns.method, quick.columns.httpStatus])
        for (const step of all) {
          for (const batch of [quick, plain]) batch.truncate(Math.max(0, batch.length - step.dropped))
          write(quick, known, step)
          write(plain, undefined, step)
          if (step.isSettled) quick.settle()
        }
        quick.settle()
        expect(eventsOf(quick)).toEqual(eventsOf(plain))
      }),
    )
  })

  it('are forgotten with the batch they were noted for', () => {
    const batch = new EventBatch(2)
    const known = new KnownRows(batch, [batch.columns.httpStatus])
    known.note([200])
    batch.commit()
    batch.clear()
    batch.commit()
    known.note([404])
    batch.commit()
    batch.settle()
    expect([0, 1].map((row) => batch.columns.httpStatus.value(row))).toEqual([-1, 404])
  })
})
