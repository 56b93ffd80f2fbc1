// Losses are noted as one record that the decoder of decisions takes, tried again through an outage, and given up only when stopped.

import { describe, expect, it } from 'vitest'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import { until } from '../../../test/support/until.ts'
import { type DamagedRange, LogError, type NewRecord } from '../../log/log.ts'
import { openLiveDecoder } from '../records/live-decoder.ts'
import { defaultSettings } from '../settings/load-settings.ts'
import { lossNote } from './loss-note.ts'
import { openLossNoting } from './loss-noting.ts'

const now = Date.UTC(2026, 10, 2, 9)
const range = (fromOffset: number, toOffset: number, detail = 'it is gone'): DamagedRange => ({
  topic: 'orders',
  incarnation: 'i',
  partition: 3,
  fromOffset,
  toOffset,
  reason: 'missing',
  detail,
})

function decoded({ value, headers = {} }: NewRecord): Readonly<Record<string, string>> {
  const batch = new EventBatch(4)
  const coordinate = { topic: 'ingest', incarnation: 'i', partition: 0, offset: 7 }
  openLiveDecoder(defaultSettings()).decode({ coordinate, value, headers, appendedAt: now }, batch, [])
  const { format, tenant, action, actor, resource, outcomeReason, attributes } = batch.columns
  const columns = { format, tenant, action, actor, resource, outcomeReason, attributes }
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.text(0)]))
}

describe('a note of lost records', () => {
  it('is an event of the collector’s own, which names partition, offsets and why, and no file of the machine', () => {
    expect(decoded(lossNote(range(10, 12, '"/var/lib/secret" is gone'), 'shop', now))).toEqual({
      format: 'eastwest-decision',
      tenant: 'shop',
      action: 'records.lost',
      actor: 'eastwest',
      resource: 'orders/3',
      outcomeReason: 'they are not there any more',
      attributes: '{"note":"they are not there any more","from":10,"to":12}',
    })
  })

  it('is about the tenant of the settings where the topic has none of its own', () => {
    expect(decoded(lossNote(range(1, 1), undefined, now)).tenant).toBe('default')
  })
})

describe('noting', () => {
  const outage = new LogError('ERR_LOG_DISK_FULL', 'the disk is full', true)

  function noting(failures: number) {
    const appended: NewRecord[] = []
    const outages: boolean[] = []
    let left = failures
    const losses = openLossNoting({
      log: {
        append: async (_topic, records) => {
          if (left-- > 0) throw outage
          appended.push(...records)
          return []
        },
      },
      tenant: 'default',
      outages: { set: (_part, cause) => void outages.push(cause !== undefined) },
      now: () => now,
      onFailure: (cause) => expect.fail(String(cause)),
    })
    return { losses, appended, outages }
  }
  const stretches = (records: readonly NewRecord[]): readonly unknown[] =>
    records.map((record) => JSON.parse(decoded(record).attributes ?? '')).map(({ from, to }) => [from, to])

  it('is done before it resolves, with a note for each stretch', async () => {
    const { losses, appended } = noting(0)
    await losses.note([range(1, 1), range(2, 5), range(9, 9)])
    expect(stretches(appended)).toEqual([
      [1, 5],
      [9, 9],
    ])
  })

  it('holds nobody up while the log refuses, and is tried again', async () => {
    const { losses, appended, outages } = noting(2)
    await losses.note([range(1, 1)])
    expect(appended).toEqual([])
    await until(() => appended.length === 1, 'it is noted')
    expect(outages).toEqual([true, true, false])
  })

  it('is tried once, and no more, where everything stops', async () => {
    const taken = noting(0)
    taken.losses.stop()
    await taken.losses.note([range(1, 1)])
    expect(taken.appended).toHaveLength(1)
    const refused = noting(1)
    refused.losses.stop()
    await refused.losses.note([range(1, 1)])
    expect(refused.appended).toEqual([])
  })
})
