// Beyond loopback the page asks for the token that the API asks for, keeps it in its window, and sends it with everything.

import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'

const token = 'a-token-for-the-console-of-a-test'
const decisionToken = 'a-token-for-those-who-decide-in-it'
const lines = [1, 5, 7].map(
  (second) => `2025-03-14 11:42:0${second} | user_id=USR-1 | action=REFUND | order=O-${second} | amount=10.00`,
)
const giverOf =
  (page: Page) =>
  async (given: string): Promise<void> => {
    await page.fill('#token', given)
    await page.keyboard.press('Enter')
  }
let collector: RunningCollector
let browser: Browser

beforeAll(async () => {
  // A token is asked for wherever one is set; tests bind to loopback only.
  const settings = { receivers: { http: { token, decisionToken } }, detectors: { latenessMs: 500 } }
  collector = await runCollector({ settings })
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

describe('a collector with a token', () => {
  it('shows its page to everybody, and nothing else', async () => {
    expect((await collector.get('/')).status).toBe(200)
    expect((await collector.get('/api/alerts')).status).toBe(401)
    expect((await collector.get('/api/stream')).status).toBe(401)
  })

  it('is looked at and decided on with the tokens for it, which stay in the window', async () => {
    const { page, troubles, close } = await openConsole(browser, collector.url, '#/alerts')
    const give = giverOf(page)
    await page.waitForSelector('dialog[open]:has-text("This collector needs a token")')
    await give('a wrong one')
    await page.waitForSelector('text=That token was not accepted.')
    await give(token)
    await page.waitForSelector('#stream-state.live')
    await collector.post(`${lines.join('\n')}\n`, {
      headers: { 'content-type': 'text/plain', authorization: `Bearer ${token}` },
    })
    await page.click('tr:has-text("USR-1:") a')
    await page.click('text=Close …')
    await page.fill('#note', 'ours')
    await page.fill('#by', 'anna')
    await page.click('text=Close the alert')
    await page.waitForSelector('dialog[open]:has-text("Who decides here needs a token")')
    await give(decisionToken)
    await page.waitForSelector('text=closed: benign')
    await page.reload()
    await page.waitForSelector('text=closed: benign')
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage) + location.href')).not.toContain(
      'a-token',
    )
    expect(troubles).toEqual([])
    await close()
  })

  it('gives the report of an exercise to be saved, which a link without the token would not get', async () => {
    const { page, troubles, close } = await openConsole(browser, collector.url, '#/exercises')
    const give = giverOf(page)
    await give(token)
    await page.selectOption('#speed-refund-3-in-6s', '0')
    await page.click('.card:has(#speed-refund-3-in-6s) button')
    await page.waitForSelector('dialog[open]:has-text("Who decides here needs a token")')
    await give(decisionToken)
    await page.waitForSelector('button:has-text("Save the report")', { timeout: 60_000 })
    const save = async (label: string): Promise<readonly [string, string]> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`button:has-text("${label}")`)])
      return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')]
    }
    expect(await save('Save the report')).toEqual([
      'exercise-refund-3-in-6s.html',
      expect.stringMatching(/^<!doctype html>[\s\S]*detected/i),
    ])
    expect(await save('Save it as Markdown')).toEqual([
      'exercise-refund-3-in-6s.md',
      expect.stringMatching(/^# [\s\S]*detected/),
    ])
    expect(await page.locator('a:has-text("The report")').count()).toBe(0)
    expect(troubles).toEqual([])
    await close()
  }, 90_000)
})
