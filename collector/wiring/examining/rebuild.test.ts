// What is stored can be judged anew: rows come back as the detectors saw them, and give the answer of the running engine.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { detectorEntry } from '../../../detectors/engine/entry.ts'
import { outcomeOf } from '../../../detectors/engine/examination.ts'
import { batchOf, placed, recordedEvent } from '../../../detectors/engine/recording.ts'
import { refreshTokenReuse } from '../../../detectors/refresh-token-reuse/refresh-token-reuse.ts'
import { type Fields, login, refresh, start as reuseStart } from '../../../detectors/refresh-token-reuse/stories.ts'
import { refundBurst } from '../../../detectors/refund-burst/refund-burst.ts'
import { eventsQuery } from '../../../schemas/api/events-query.ts'
import type { PlainEvent } from '../../../schemas/api/queries.ts'
import { eventColumnNames, eventColumns } from '../../../schemas/events/columns.ts'
import { EventBatch } from '../../../schemas/events/event-batch.ts'
import { openEventCursor, plainEvent } from '../../../schemas/events/event-cursor.ts'
import { refund, start, three } from '../../../test/support/refund-stories.ts'
import { openTestStore, type TestStore } from '../../../test/support/store.ts'
import { insertEvents } from '../../store/insert-events.ts'
import { queryEvents } from '../../store/queries/events.ts'
import { rebuild } from './rebuild.ts'
import { appendStored, storedEvent } from './stored-event.ts'

let store: TestStore
const events = { events: (query: Parameters<typeof queryEvents>[1]) => queryEvents(store.reader, query) }
// Rows are kept by when they were appended.
const appendedAt = Date.now()
const stories = [...three(), refund(1, { subject: 'USR-2' })].map(recordedEvent)
const detectors = [detectorEntry(refundBurst).open({})]

beforeAll(async () => {
  store = await openTestStore()
  await insertEvents(store.writer, batchOf(placed(stories, () => appendedAt - start)))
}, 60_000)
afterAll(() => store.close())

async function stored(subject: string): Promise<readonly PlainEvent[]> {
  return (await events.events(eventsQuery.parse({ subject }))).entries
}

describe('a stored event', () => {
  it('comes back column by column as it was', async () => {
    const batch = new EventBatch(1)
    for (const [at, name] of eventColumnNames.entries()) {
      const { type } = eventColumns[name]
      const column = batch.columns[name]
      if ('setDigest' in column) column.setDigest(0, 'every column set')
      else if ('setText' in column) column.setText(0, name === 'attributes' ? '{"a":{"b":1}}' : `v'${at}\n😀`)
      else column.set(0, type === 'u8' ? 0 : name === 'appendedAt' ? appendedAt : 1_000 + at)
    }
    batch.commit()
    await insertEvents(store.writer, batch)
    const cursor = openEventCursor()
    cursor.at(batch, 0)
    const { tenant, realm } = plainEvent(cursor)
    const { entries } = await events.events(eventsQuery.parse({ tenant, realm }))
    const [back] = entries.map(storedEvent)
    expect(back).toEqual(plainEvent(cursor))
    const again = new EventBatch(1)
    if (back !== undefined) appendStored(again, back)
    cursor.at(again, 0)
    expect(plainEvent(cursor)).toEqual(back)
  })
})

describe('judging anew', () => {
  it('holds where the running engine held, and says from what', async () => {
    const [last] = await stored('USR-1')
    const rebuilt = await rebuild(last ?? {}, detectors, {}, ['subject', 'device'], events)
    const trials = rebuilt?.examined[0]?.stages[0]?.examination?.trials ?? []
    expect(trials.filter((trial) => outcomeOf(trial) === 'held').map(({ rung }) => rung)).toEqual(['3-in-6s'])
    expect(rebuilt?.from).toBe('3 stored events from 2025-03-14T11:42:00.000Z on')
  })

  it('finds a use of a refresh token that its family has settled since', async () => {
    // Calls of the session that say nothing of its refresh tokens.
    const callAt = (seconds: number): Fields => ({ ...refresh(seconds, 'A', 'B'), kind: 'access', action: 'call' })
    const later = Array.from({ length: 12 }, (_, index) => refresh(900 + 300 * index, `C${index}`, `C${index + 1}`))
    const family = [login(0, 'A'), refresh(300, 'A', 'B'), refresh(304, 'A', ''), refresh(600, 'B', 'C0'), ...later]
    const now = Date.now()
    const calls = Array.from({ length: 20 }, (_, index) => callAt(305 + index))
    const shifted = [...family, ...calls].map((fields) =>
      recordedEvent({ ...fields, eventAt: now - 6_000_000 + fields.eventAt - reuseStart }),
    )
    await insertEvents(store.writer, batchOf(placed(shifted, () => 0)))
    const { entries } = await events.events(eventsQuery.parse({ session: 'S1' }))
    const twice = entries.find(({ tokenId, outcome }) => tokenId === 'A' && outcome === 'denied') ?? {}
    const open = [detectorEntry(refreshTokenReuse).open({ profiles: [{ formats: ['keycloak*'], rotation: 'on' }] })]
    const [stage] = (await rebuild(twice, open, {}, ['family'], events))?.examined[0]?.stages ?? []
    const trials = stage?.examination?.trials ?? []
    expect(trials.filter((trial) => outcomeOf(trial) !== 'failed').map(({ rung }) => rung)).toEqual(['tab-race'])
    expect(stage?.examination?.forgotten).toBeUndefined()
  })

  it('is not tried where the event names nothing to look its kin up by', async () => {
    const [event] = await stored('USR-2')
    expect(await rebuild(event ?? {}, detectors, {}, ['session', 'token', 'service'], events)).toBeUndefined()
  })
})
