// Losses are noted as one record that the decoder of decisions takes, tried again through an outage, and given up only when stopped.

import { describe, expect, it } from 'vitest'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
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
  it('is an event of the collector’s own, which names partition, offsets and why', () => {
    expect(decoded(lossNote([range(10, 12)], 'shop', now))).toEqual({
      format: 'eastwest-decision',
      tenant: 'shop',
      action: 'records.lost',
      actor: 'eastwest',
      resource: 'orders/3',
      outcomeReason: 'missing: it is gone',
      attributes: '{"note":"missing: it is gone","from":10,"to":12,"records":3}',
    })
  })

  it('tells of several stretches together, and of hostile details in characters that can be shown', () => {
    const note = decoded(lossNote([range(10, 12, 'a\u202e\nb'), range(20, 20)], undefined, now))
    expect(note.outcomeReason).toBe('2 stretches, the first: missing: a\ufffd\ufffdb')
    expect(note.attributes).toContain('"from":10,"to":20,"records":4')
    expect(note.tenant).toBe('default')
  })
})

describe('noting', () => {
  const outage = new LogError('ERR_LOG_DISK_FULL', 'the disk is full', true)

  function noting(failures: number) {
    const appended: NewRecord[] = []
    const outages: boolean[] = []
    let left = failures
    const noteLost = openLossNoting({
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
    })
    return { noteLost, appended, outages }
  }

  it('is tried again while the log refuses', async () => {
    const { noteLost, appended, outages } = noting(2)
    expect(await noteLost([range(1, 1)], () => false)).toBe(true)
    expect(appended.length).toBe(1)
    expect(outages).toEqual([true, true, false])
  })

  it('is tried once, and no more, where everything stops', async () => {
    expect(await noting(0).noteLost([range(1, 1)], () => true)).toBe(true)
    const refused = noting(1)
    expect(await refused.noteLost([range(1, 1)], () => true)).toBe(false)
    expect(refused.appended).toEqual([])
  })
})
