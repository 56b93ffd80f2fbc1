// The service map shows an edge that is new, in words and drawn, and what people say of it; the lists show what they said.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessLineWith } from '../support/access-line.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { tabTo } from '../support/console/tab-to.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector
let browser: Browser
const identityOf = (name: string): string => `spiffe://cluster.local/ns/shop/sa/${name}`
const payments = identityOf('payments')

beforeAll(async () => {
  ;[collector, browser] = await Promise.all([runCollector(), openBrowser()])
  const line = accessLineWith({
    start_time: '2026-11-02T09:10:00Z',
    source_principal: identityOf('reports'),
    xfcc: `By=${payments};Hash=ab;URI=${identityOf('reports')}`,
  })
  expect((await collector.post(`${line}\n`)).status).toBe(200)
  await until(async () => (await collector.get('/api/edges')).text.includes('reports'), 'the edge is written', 60_000)
}, 120_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

describe('the service map', () => {
  it('shows a new edge, and takes what a person says of it', async () => {
    await until(async () => (await collector.get('/api/sources')).text.includes('istio-json'), 'its event is stored')
    expect((await collector.get('/api/sources')).json).toMatchObject({
      sources: [{ source: 'http', format: 'istio-json', events: 1 }],
    })
    const { page, troubles, goTo, close } = await openConsole(browser, collector.url, '#/map')
    const row = 'tr:has-text("shop/reports")'
    await page.waitForSelector(`${row}:has-text("new, learning")`)
    await page.waitForSelector('#map canvas')
    await tabTo(page, `${row} button:has-text("Deny")`)
    await page.keyboard.press('Enter')
    await page.keyboard.type('nobody reports from payments')
    await page.keyboard.press('Tab')
    await page.keyboard.type('anna')
    await page.keyboard.press('Enter')
    await page.waitForSelector(`${row}:has-text("denied by anna: nobody reports from payments")`)
    await until(
      async () => (await collector.get('/api/events?format=eastwest-decision')).text.includes('anna'),
      'it is stored',
    )
    await goTo('#/lists')
    await page.waitForSelector('tr:has-text("edge.deny"):has-text("nobody reports from payments")')
    expect(troubles).toEqual([])
    await close()
  })
})
