// What is told goes out in order for each partition, is tried until it is durable, and is given up on request.

import { expect, it } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { LogError, type NewRecord } from '../../log/log.ts'
import { Outgoing, OutgoingGivenUp } from './outgoing.ts'

const record = (text: string): NewRecord => ({ value: Buffer.from(text) })

/** A log that refuses as often as told, and keeps the rest. */
function openOutgoing(refusals: number, cause: Error = new LogError('ERR_LOG_IO', 'no broker', true)) {
  const kept: string[] = []
  const outages: unknown[] = []
  const failures: unknown[] = []
  let left = refusals
  const outgoing = new Outgoing({
    log: {
      append: async (topic, records, partition) => {
        if (left-- > 0) throw cause
        kept.push(...records.map(({ value }) => `${topic}/${partition} ${Buffer.from(value ?? []).toString()}`))
        return []
      },
    },
    wait: async () => undefined,
    onOutage: (outage) => outages.push(outage),
    onFailure: (failure) => failures.push(failure),
  })
  return { outgoing, kept, outages, failures }
}

it('keeps the order of each partition through an outage, and tells when it is over', async () => {
  const { outgoing, kept, outages } = openOutgoing(3)
  for (const text of ['a', 'b']) outgoing.send('keyed', 0, record(text))
  outgoing.send('keyed', 1, record('c'))
  outgoing.send('keyed', 0, record('d'))
  await outgoing.durable()
  expect(kept.filter((each) => each.startsWith('keyed/0'))).toEqual(['keyed/0 a', 'keyed/0 b', 'keyed/0 d'])
  expect(kept).toContain('keyed/1 c')
  expect(outages.at(-1)).toBeUndefined()
})

it('waits for what was sent before, not for what is sent after', async () => {
  const { outgoing, kept } = openOutgoing(0)
  outgoing.send('findings', 0, record('before'))
  const before = outgoing.durable()
  outgoing.send('findings', 0, record('after'))
  await before
  expect(kept).toContain('findings/0 before')
  await outgoing.durable()
  await outgoing.room()
})

it('gives up what is not durable when it is stopped', async () => {
  const { outgoing } = openOutgoing(Number.POSITIVE_INFINITY)
  outgoing.send('keyed', 0, record('a'))
  const waiting = outgoing.durable()
  outgoing.stop()
  await expect(waiting).rejects.toThrow(OutgoingGivenUp)
  await expect(outgoing.durable()).rejects.toThrow(OutgoingGivenUp)
})

it('tells what no retry mends', async () => {
  const { outgoing, failures } = openOutgoing(1, new TypeError('a bug'))
  outgoing.send('keyed', 0, record('a'))
  await until(() => failures.length === 1, 'the failure is told')
  expect(failures).toMatchObject([{ message: 'a bug' }])
})
