// The console of a running collector in a real browser, watched: what it asks of the policy, what it logs, where it goes.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export interface ConsolePage {
  readonly page: Page
  /** What a page that is well never has: violations of its policy, errors, dialogs, requests to anywhere else. */
  readonly troubles: readonly string[]
  goTo(hash: string): Promise<void>
  /** Rules of axe that it breaks seriously, each with what breaks it. */
  breaches(): Promise<readonly string[]>
  close(): Promise<void>
}

export async function openConsole(
  browser: Browser,
  url: string,
  hash = '#/',
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A reply that is no success is logged by the browser itself, and shown by the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(`logged: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:'))
      troubles.push(`asked: ${request.url()}`)
  })
  await page.goto(`${url}/${hash}`)
  return {
    page,
    troubles,
    goTo: async (next) => {
      await page.evaluate(`location.hash = ${JSON.stringify(next)}`)
    },
    breaches: async () => {
      // It is large, and stays in a document once it is there.
      if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe)
      return page.evaluate(worstBreaches)
    },
    close: () => context.close(),
  }
}

/** Runs in the page. */
const worstBreaches = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')))`
