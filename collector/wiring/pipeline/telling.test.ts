// Verdicts on their way to the alerts room: in order, tried again, and durable or not.

import { describe, expect, it } from 'vitest'
import type { JudgedRecord, VerdictRecord } from '../../../schemas/findings.ts'
import { verdictRecord } from '../../../test/support/verdict-record.ts'
import { Telling, type TellingOptions } from './telling.ts'

class Outage extends Error {
  readonly retryable = true
}

const [one, two, three] = [1, 2, 3].map((at) => verdictRecord({ at })) as [VerdictRecord, VerdictRecord, VerdictRecord] // of three numbers

/** An alerts room whose every fold ends when the test says so. */
function openRoom(change: Partial<TellingOptions> = {}) {
  const folds: { readonly records: readonly JudgedRecord[]; end: (cause?: Error) => void }[] = []
  const failures: unknown[] = []
  const telling = new Telling({
    apply: (records) =>
      new Promise((resolve, reject) => {
        folds.push({ records, end: (cause) => (cause === undefined ? resolve() : reject(cause)) })
      }),
    onApplied: () => undefined,
    onOutage: () => undefined,
    onFailure: (error) => failures.push(error),
    wait: () => Promise.resolve(),
    ...change,
  })
  return { telling, folds, failures }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

describe('telling', () => {
  it('calls what was told before durable although more keeps coming', async () => {
    const { telling, folds } = openRoom()
    await telling.tell([one])
    let durable = false
    const reached = telling.durable().then(() => {
      durable = true
    })
    await telling.tell([two])
    await turn()
    expect(durable).toBe(false)
    folds[0]?.end()
    await turn()
    expect(folds.map(({ records }) => records)).toEqual([[one], [two]])
    expect(durable).toBe(true)
    await reached
  })

  it('gives verdicts again after an outage, before newer ones', async () => {
    const { telling, folds } = openRoom()
    await telling.tell([one])
    await telling.tell([two, three])
    folds[0]?.end(new Outage('full'))
    await turn()
    folds[1]?.end()
    await turn()
    folds[2]?.end()
    await telling.durable()
    expect(folds.map(({ records }) => records)).toEqual([[one], [one], [two, three]])
  })

  it.each([
    ['it was stopped', (room: ReturnType<typeof openRoom>) => room.telling.stop(), new Outage('full')],
    ['the alerts room failed', () => undefined, new TypeError('bug')],
  ])('never calls verdicts durable that were given up because %s', async (_why, stop, ending) => {
    const room = openRoom()
    await room.telling.tell([one])
    const asked = room.telling.durable()
    stop(room)
    room.folds[0]?.end(ending)
    await expect(asked).rejects.toMatchObject({ code: 'ERR_VERDICTS_GIVEN_UP' })
    await expect(room.telling.durable()).rejects.toMatchObject({ code: 'ERR_VERDICTS_GIVEN_UP' })
  })
})
