// Whoever claimed last owns what stands; an owner that slept through it takes nothing away.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { temporaryLog } from '../../test/support/temporary-log.ts'
import { openClaimedLog } from './claimed-log.ts'
import { forwarded } from './forwarded.ts'
import type { Log, LogRecord } from './log.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

function standing(log: Log): Record<string, string> {
  return Object.fromEntries(
    [...log.readCompacted('alerts')].map(({ key = '', value }) => [key, Buffer.from(value ?? []).toString()]),
  )
}

/** Shows of each key the newest record only, and nothing of keys taken away: what compaction may leave. */
function compacted(log: Log): Log {
  return {
    ...forwarded(log),
    read: (topic, offset, options, partition) => {
      const result = log.read(topic, offset, options, partition)
      const { firstOffset } = log.bounds(topic, partition)
      const { records } = log.read(topic, firstOffset, { maxBytes: 1024 * 1024 * 1024 }, partition)
      const newest = new Map(records.map((record) => [record.key, record.coordinate.offset]))
      const stands = ({ key, value, coordinate }: LogRecord) => value !== null && newest.get(key) === coordinate.offset
      return { ...result, records: result.records.filter(stands) }
    },
  }
}

async function withLog(use: (log: Log) => Promise<void>): Promise<void> {
  const temporary = temporaryLog()
  const log = await temporary.open()
  try {
    await use(log)
  } finally {
    await log.close()
    temporary.remove()
  }
}

it('keeps what stood at the claim and what its owner wrote since, whatever an older owner still writes', async () => {
  await withLog(async (log) => {
    const older = await openClaimedLog(log, 1, ['alerts'])
    await older.append('alerts', [
      { key: 'a', value: bytes('first') },
      { key: 'b', value: bytes('first'), headers: { of: 'b' } },
    ])
    const newer = await openClaimedLog(log, 2, ['alerts'])
    expect(standing(newer)).toEqual({ a: 'first', b: 'first' })
    await older.append('alerts', [
      { key: 'a', value: bytes('asleep') },
      { key: 'b', value: null },
      { key: 'c', value: bytes('asleep') },
    ])
    await newer.append('alerts', [{ key: 'd', value: bytes('second') }])
    const newest = await openClaimedLog(log, 3, ['alerts'])
    expect(standing(newest)).toEqual({ a: 'first', b: 'first', d: 'second' })
    const [record] = [...newest.readCompacted('alerts')]
    if (record === undefined) throw new Error('nothing stands')
    expect(newest.read('alerts', record.coordinate.offset, { maxBytes: 1, maxRecords: 1 }).records).toMatchObject([
      { key: record.key, value: record.value },
    ])
  })
})

it.each([
  ['whole', (log: Log) => log],
  ['compacted', compacted],
])('gives each owner in turn what a map of its own would hold, of a %s log, whoever slept', async (_, view) => {
  const write = fc.record({
    asleep: fc.option(fc.nat(9)),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.option(fc.nat(9)),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.constant('claim' as const), write), { maxLength: 25 }), async (steps) => {
      await withLog(async (log) => {
        const expected = new Map<string, string>()
        const claim = (epoch: number) => openClaimedLog(view(log), epoch, ['alerts'])
        const owners = [await claim(1)]
        for (const step of steps) {
          if (step === 'claim') {
            const owner = await claim(owners.length + 1)
            expect(standing(owner)).toEqual(Object.fromEntries(expected))
            owners.push(owner)
            continue
          }
          const { asleep, key, value } = step
          const writer = asleep === null ? owners.length - 1 : asleep % owners.length
          await owners[writer]?.append('alerts', [{ key, value: value === null ? null : bytes(`${value}`) }])
          if (writer < owners.length - 1) continue
          if (value === null) expected.delete(key)
          else expected.set(key, `${value}`)
        }
        const last = await claim(owners.length + 1)
        expect(standing(last)).toEqual(Object.fromEntries(expected))
      })
    }),
    { numRuns: 20 },
  )
})

it('takes away the claims of earlier owners, which would be more with each', async () => {
  await withLog(async (log) => {
    for (let epoch = 1; epoch <= 5; epoch++) await openClaimedLog(log, epoch, ['alerts'])
    expect([...log.readCompacted('alerts')].map(({ key }) => key)).toEqual(['5/claim'])
  })
})

it('is for compacted topics', async () => {
  await withLog(async (log) => {
    await expect(openClaimedLog(log, 1, ['ingest'])).rejects.toThrow('not compacted')
  })
})
