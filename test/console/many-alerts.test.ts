// With a hundred thousand alerts stored the list paints in a second, goes on by cursor, and one alert opens.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { storeManyAlerts } from '../support/console/many-alerts.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { type ConsolePage, openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

const count = 100_000
let collector: RunningCollector
let browser: Browser
let opened: ConsolePage

const refunds = [1, 5, 7]
  .map((second) => `2025-03-14 11:42:0${second} | user_id=USR-1 | action=REFUND | order=O-${second} | amount=10.00`)
  .join('\n')

beforeAll(async () => {
  collector = await runCollector()
  browser = await openBrowser()
  await collector.post(`${refunds}\n`)
  let like: Alert | undefined
  await until(async () => {
    const { json } = await collector.get('/api/alerts')
    like = alertSchema.array().parse((json as { alerts: unknown }).alerts)[0] // the schema checks what is inside
    return like !== undefined
  }, 'an alert to copy is there')
  if (like === undefined) throw new Error('no alert')
  // All of them before the one that was raised, so that it stays the first.
  await storeManyAlerts(collector, like, count, Math.floor(Date.parse(like.raisedAt) / 1000) * 1000 - 60_000)
  opened = await openConsole(browser, collector.url, '#/alerts')
}, 90_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

describe('a hundred thousand alerts', () => {
  it('are listed a second after the page is asked for, at the latest', async () => {
    const { page, troubles } = opened
    const tookMs: number[] = []
    for (let visit = 0; visit < 5; visit++) {
      await page.reload({ waitUntil: 'commit' })
      // By the page's own clock, which starts with the visit: when the first full list was painted.
      tookMs.push(Number(await page.evaluate(paintedAt)))
    }
    expect(Math.min(...tookMs)).toBeLessThan(1_000)
    expect(await page.locator('#shown').textContent()).toContain('older ones below')
    expect(troubles).toEqual([])
  })

  it('come page by page as one scrolls, each once', async () => {
    const { page } = opened
    const names = `[...document.querySelectorAll('tbody tr .row-link')].map((link) => link.innerText)`
    await until(async () => {
      await page.evaluate(`document.querySelector('.more').scrollIntoView()`)
      return ((await page.evaluate(`${names}.length`)) as number) >= 300 // a length
    }, 'three pages are shown')
    const shown = (await page.evaluate(names)) as readonly string[] // texts
    expect(shown[0]).toContain('USR-1')
    expect(shown.slice(1, 300)).toEqual(Array.from({ length: 299 }, (_, nth) => `many: alert ${nth}`))
  })

  it('are open to filters and to a look at one of them', async () => {
    const { page, goTo } = opened
    await goTo('#/alerts?status=open&entity=many')
    await page.waitForSelector('tbody tr:first-child:has-text("many: alert 0")')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:has-text("many: alert 0")')
  })
})

const paintedAt = `new Promise((resolve) => {
  const look = () => {
    if (document.querySelectorAll('tbody tr').length < 100) requestAnimationFrame(look)
    else requestAnimationFrame(() => resolve(performance.now()))
  }
  look()
})`
