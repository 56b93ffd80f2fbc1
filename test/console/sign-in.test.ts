// Beyond loopback the page asks for the token that the API asks for, keeps it in its window, and sends it with everything.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'

const token = 'a-token-for-the-console-of-a-test'
const decisionToken = 'a-token-for-those-who-decide-in-it'
const lines = [1, 5, 7].map(
  (second) => `2025-03-14 11:42:0${second} | user_id=USR-1 | action=REFUND | order=O-${second} | amount=10.00`,
)
let collector: RunningCollector
let browser: Browser

beforeAll(async () => {
  // A token is asked for wherever one is set; tests bind to loopback only.
  collector = await runCollector({ settings: { receivers: { http: { token, decisionToken } } } })
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
    const give = async (given: string): Promise<void> => {
      await page.fill('#token', given)
      await page.keyboard.press('Enter')
    }
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
})
