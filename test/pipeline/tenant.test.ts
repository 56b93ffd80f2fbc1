// A collector whose settings name a tenant answers about that one, where nobody is named.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector

beforeAll(async () => {
  collector = await runCollector({ settings: { tenant: 'shop' } })
  const lines = [1, 5, 7].map(
    (second) => `2025-03-14 11:42:0${second} | user_id=USR-1 | action=REFUND | order=O-${second} | amount=10.00`,
  )
  await collector.post(`${lines.join('\n')}\n`, { headers: { 'content-type': 'text/plain' } })
  await until(async () => (await collector.get('/api/events')).text.includes('USR-1'), 'the events are there')
}, 60_000)
afterAll(() => collector.remove())

it.each(['alerts', 'events'])('gives its %s without being told whose', async (name) => {
  const entries = async (query: string): Promise<readonly unknown[]> => {
    const { json } = await collector.get(`/api/${name}?${query}`)
    return (json as Readonly<Record<string, readonly unknown[]>>)[name] ?? [] // the API's own form
  }
  await until(async () => (await entries('')).length > 0, `there are ${name}`)
  expect(await entries('')).toEqual(await entries('tenant=shop'))
  expect(await entries('tenant=default')).toEqual([])
})

it('finds one alert by its id alone', async () => {
  const { json } = await collector.get('/api/alerts')
  const [alert] = (json as { readonly alerts: readonly { readonly id: string }[] }).alerts // the API's own form
  expect((await collector.get(`/api/alerts/${alert?.id}`)).json).toMatchObject({ tenant: 'shop', id: alert?.id })
  expect((await collector.get(`/api/alerts/${alert?.id}?tenant=default`)).status).toBe(404)
})
