// What arrives is seen on the page of sources while it arrives, and what waits is not called broken.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector
let browser: Browser

beforeAll(async () => {
  ;[collector, browser] = await Promise.all([runCollector(), openBrowser()])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

it('draws the records of each second, and says what waits for data', async () => {
  const { page, troubles, breaches, close } = await openConsole(browser, collector.url, '#/sources')
  await page.waitForSelector('figcaption:has-text("just now 0")')
  const waiting = page.locator('.event:has(.mark:has-text("waits for data")) .event-what')
  expect(await waiting.allTextContents()).toEqual([
    'refund-burst',
    'unexpected-caller',
    'token-replay',
    'refresh-token-reuse',
  ])
  expect(await page.locator('.mark:has-text("cannot fire")').count()).toBe(0)
  await until(async () => {
    await collector.post('2025-03-14 11:42:01 | user_id=U-1 | action=LOGIN | order=O-1\n')
    return (
      (await page
        .locator('figcaption')
        .filter({ hasText: /just now [1-9]/ })
        .count()) > 0
    )
  }, 'what arrives is drawn')
  expect(await breaches()).toEqual([])
  expect(troubles).toEqual([])
  await close()
}, 60_000)
