// The tables of alerts and findings follow what the alerts room says, and are written only where it changed.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { AlertsHarness } from '../../../test/support/alerts-harness.ts'
import { openTestStore, type TestStore } from '../../../test/support/store.ts'
import { finding, noon, verdictRecord } from '../../../test/support/verdict-record.ts'
import { shardsOf } from '../../store/shards.ts'
import { openAlertTables } from './alert-tables.ts'

let store: TestStore
const harness = new AlertsHarness({})

beforeAll(async () => {
  store = await openTestStore()
  await harness.start()
})
afterAll(async () => {
  await harness.close()
  await store.close()
})

async function findingsStored(): Promise<readonly string[]> {
  const result = await store.reader.query({
    query:
      "SELECT concat(event_id, ' ', severity, ' ', if(standing = 1, 'stands', 'gone'), ' since ', toString(revision)) FROM findings ORDER BY event_id",
    format: 'JSONCompactEachRow',
  })
  return (await result.json<[string]>()).map(([text]) => text)
}

it('keeps each finding as the revision left it that changed it last', async () => {
  const failures: unknown[] = []
  const tables = openAlertTables({ shards: shardsOf([store.writer]), ready: () => Promise.resolve() }, (error) =>
    failures.push(error),
  )
  const [e1, e2, e3] = ['e1', 'e2', 'e3'].map((id, at) => finding(id, noon + at)) as [
    ReturnType<typeof finding>,
    ReturnType<typeof finding>,
    ReturnType<typeof finding>,
  ] // of three ids
  const revisions = [
    [e1, e2],
    [e1, e3],
    [e1, { ...e3, severity: 'critical' as const }],
    [e1, e2, e3],
  ]
  const expected = [
    ['e1 high stands since 1', 'e2 high stands since 1'],
    ['e1 high stands since 1', 'e2 high gone since 2', 'e3 high stands since 2'],
    ['e1 high stands since 1', 'e2 high gone since 2', 'e3 critical stands since 3'],
    ['e1 high stands since 1', 'e2 high stands since 4', 'e3 high stands since 4'],
  ]
  for (const [at, findings] of revisions.entries()) {
    const verdict = { findings, count: at + 10 }
    for (const applied of await harness.alerts.apply([verdictRecord({ at: at + 1, verdict })])) tables.putAlert(applied)
    await tables.drained()
    expect(await findingsStored()).toEqual(expected[at])
  }
  // After a start nobody knows what is stored: everything held is put again, and changes nothing that matters.
  const next = openAlertTables({ shards: shardsOf([store.writer]), ready: () => Promise.resolve() }, (error) =>
    failures.push(error),
  )
  for (const held of harness.alerts.held(0)) next.putAlert(held)
  await next.drained()
  expect(await findingsStored()).toEqual(['e1', 'e2', 'e3'].map((id) => `${id} high stands since 4`))
  expect(failures).toEqual([])
})
