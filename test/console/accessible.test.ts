// Every page can be used without seeing it: axe finds nothing serious, in the light and in the dark, empty and full.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { alertSchema } from '../../schemas/alerts.ts'
import { accessLineWith } from '../support/access-line.ts'
import { tellStory } from '../support/asking-story.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let full: RunningCollector
let empty: RunningCollector
let browser: Browser
let alertId = ''

beforeAll(async () => {
  ;[full, empty, browser] = await Promise.all([tellStory(), runCollector(), openBrowser()])
  const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
  await full.post(`${accessLineWith({ start_time: '2026-11-02T09:10:00Z' })}\nnot a line of any format\n`)
  await full.post(
    JSON.stringify({
      caller: 'spiffe://cluster.local/ns/shop/sa/cart',
      destination: payments,
      by: 'anna',
      note: 'known',
    }),
    {
      path: '/api/edges/accept',
      headers: { 'content-type': 'application/json' },
    },
  )
  const { json } = await full.get('/api/alerts')
  alertId = alertSchema.array().parse((json as { alerts: unknown }).alerts)[0]?.id ?? '' // the schema checks what is inside
  await until(async () => (await full.get('/api/edges')).text.includes('payments'), 'an edge is written', 30_000)
}, 90_000)
afterAll(async () => {
  await browser.close()
  await Promise.all([full.remove(), empty.remove()])
})

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it('every page breaks no rule that matters', async () => {
    const { page, troubles, breaches, goTo, close } = await openConsole(browser, full.url, '#/alerts', { colorScheme })
    const views: readonly (readonly [string, string])[] = [
      ['#/alerts', 'tbody tr'],
      [`#/alert/${alertId}`, '.event summary'],
      ['#/search', '.event'],
      ['#/subject?user=alice', 'canvas'],
      ['#/map', '.map canvas'],
      ['#/sources', '.chart canvas'],
      ['#/lists', '.rows'],
      ['#/nowhere', '.empty'],
    ]
    for (const [hash, ready] of views) {
      await goTo(hash)
      await page.waitForSelector(ready)
      await page.evaluate(`document.querySelectorAll('main details').forEach((each) => { each.open = true })`)
      expect([hash, await breaches()]).toEqual([hash, []])
    }
    await page.keyboard.press('?')
    await page.waitForSelector('dialog[open]')
    expect(await breaches()).toEqual([])
    expect(troubles).toEqual([])
    await close()
  })
})

describe('a page that has nothing to show', () => {
  it('breaks none of them either, and says so', async () => {
    const { page, troubles, breaches, goTo, close } = await openConsole(browser, empty.url, '#/')
    await page.waitForSelector('h1:has-text("Nothing has arrived")')
    expect(await breaches()).toEqual([])
    for (const [hash, said] of [
      ['#/alerts', 'No alert so far.'],
      ['#/alerts?severity=high&realm=exercise:none', 'No alert fits these filters.'],
      ['#/search?user=nobody', 'No event fits.'],
      ['#/subject?user=nobody', 'Nothing that is stored names it.'],
      ['#/map', 'Nobody has called anybody so far.'],
      ['#/sources', 'Everything that came could be read.'],
      ['#/lists', 'Nobody decided anything so far.'],
    ] as const) {
      await goTo(hash)
      await page.waitForSelector(`text=${said}`)
      expect([hash, await breaches()]).toEqual([hash, []])
    }
    expect(troubles).toEqual([])
    await close()
  })
})

describe('a theme', () => {
  it('is switched by a key, and stays', async () => {
    const { page, close } = await openConsole(browser, empty.url, '#/alerts', { colorScheme: 'light' })
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.waitForSelector('h1')
    const light = await ground()
    await page.keyboard.press('t')
    await page.keyboard.press('t')
    expect(await ground()).not.toBe(light)
    await page.reload()
    await page.waitForSelector('h1')
    expect(await ground()).not.toBe(light)
    await close()
  })
})

describe('the first page', () => {
  it('sends its line on a click, and shows the alert by itself', async () => {
    const { page, troubles, close } = await openConsole(browser, empty.url, '#/')
    await page.click('text=Send it from here')
    await page.waitForSelector('tr:has-text("USR-99: 3 refunds in 6 seconds")')
    expect(troubles).toEqual([])
    await close()
  })
})
