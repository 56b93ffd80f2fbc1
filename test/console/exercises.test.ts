// An exercise is chosen and run from the console, and scored there; what it raises is shown apart from what is real.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { tabTo } from '../support/console/tab-to.ts'
import { takePictures } from '../support/console/take-pictures.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'

let collector: RunningCollector
let browser: Browser

beforeAll(async () => {
  ;[collector, browser] = await Promise.all([runCollector(), openBrowser()])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

describe('an exercise', () => {
  it('is one click away from the first page, runs, is scored, and touches nothing real', async () => {
    const { page, troubles, breaches, goTo, close } = await openConsole(browser, collector.url, '#/')
    await page.click('button:has-text("Run it")')
    await page.waitForSelector('.mark:has-text("detected in time")', { timeout: 60_000 })
    await page.waitForSelector('text=No false alert on the harmless twin.', { timeout: 60_000 })
    expect(await breaches()).toEqual([])
    await page.click('text=See the alert')
    await page.waitForSelector('#realm-banner:has-text("not to reality")')
    await page.waitForSelector('h2:has-text("Why it fired")')
    expect((await collector.get('/api/alerts?severity=info')).json).toEqual({ alerts: [] })
    await page.click('text=Back to live')
    await page.waitForSelector('text=No alert so far.')
    await page.waitForSelector('.banner:has-text("Look there")')
    await goTo('#/exercises')
    await page.waitForSelector('#speed-refund-3-in-6s')
    expect(await breaches()).toEqual([])
    expect(troubles).toEqual([])
    await close()
  }, 90_000)

  it('gives the pictures that the README shows', async () => {
    const pictures = await takePictures(browser, collector.url, ['exercise', 'alert'], { untilScored: false })
    for (const [name, png] of pictures) {
      // Width and height stand in the header; a page without content takes a tenth of the bytes.
      expect([name, png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([name, 1280, 860])
      expect(png.length, name).toBeGreaterThan(40_000)
    }
    expect([...pictures.keys()]).toEqual(['exercise', 'alert'])
  }, 90_000)

  it('is chosen, started and looked at by keyboard alone, in the dark', async () => {
    const { page, troubles, breaches, close } = await openConsole(browser, collector.url, '#/', { colorScheme: 'dark' })
    await tabTo(page, 'a:has-text("Choose an exercise")')
    await page.keyboard.press('Enter')
    await page.waitForSelector('#speed-refund-3-in-6s')
    expect(await breaches()).toEqual([])
    await tabTo(page, '#speed-refund-3-in-6s')
    await page.keyboard.type('as fast as it goes')
    expect(await page.inputValue('#speed-refund-3-in-6s')).toBe('0')
    await tabTo(page, '.card:has(#speed-refund-3-in-6s) button', 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.mark:has-text("detected in time")', { timeout: 60_000 })
    expect(await breaches()).toEqual([])
    await tabTo(page, 'a:has-text("See the alert")')
    await page.keyboard.press('Enter')
    await page.waitForSelector('h2:has-text("Why it fired")')
    expect(troubles).toEqual([])
    await close()
  }, 90_000)
})
