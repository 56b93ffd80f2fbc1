// What a person sees of an alert: it comes by itself, opens, explains itself and is closed; also with keys alone.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTcpProxy } from '../faults/proxy/tcp-proxy.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector
let browser: Browser

beforeAll(async () => {
  collector = await runCollector()
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

async function sendRefunds(user: string): Promise<void> {
  const lines = [1, 5, 7].map(
    (second) =>
      `2025-03-14 11:42:0${second} | user_id=${user} | action=REFUND | order=${user}-${second} | amount=10.00`,
  )
  expect((await collector.post(`${lines.join('\n')}\n`)).status).toBe(200)
}

const rowOf = (user: string): string => `tr:has-text("${user}:")`
const now = 'performance.now()'
/** Resolves with the page's own clock at the moment a row of `user` stands in its document. */
const appearedAt = (user: string): string => `new Promise((resolve) => {
  const look = () => [...document.querySelectorAll('tbody tr')].some((row) => row.textContent.includes('${user}:')) && resolve(${now})
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
  look()
})`

describe('the list of alerts', () => {
  it('shows an alert within a second of the event that made it, without being asked again', async () => {
    const { page, troubles, close } = await openConsole(browser, collector.url, '#/alerts')
    await page.waitForSelector('#stream-state.live')
    // The promise is about people: this bound is what the issue asks for.
    const tookMs: number[] = []
    for (const user of ['USR-1', 'USR-2', 'USR-3', 'USR-4', 'USR-5']) {
      const sentAt = Number(await page.evaluate(now))
      const [at] = await Promise.all([page.evaluate(appearedAt(user)), sendRefunds(user)])
      tookMs.push(Number(at) - sentAt)
    }
    // Of several, since the machine may do something else at times.
    expect(tookMs.sort((a, b) => a - b)[2]).toBeLessThan(1_000)
    expect(await page.locator(rowOf('USR-1')).textContent()).toContain('3 refunds in 6 seconds')
    await until(async () => (await page.locator('#voice').textContent())?.includes('USR-') ?? false, 'it is said')
    expect(troubles).toEqual([])
    await close()
  })

  it('neither loses nor doubles anything when the line is cut again and again', async () => {
    const proxy = await openTcpProxy()
    proxy.forwardTo(collector.port)
    const { page, troubles, close } = await openConsole(browser, `http://${proxy.address}`, '#/alerts')
    await page.waitForSelector('#stream-state.live')
    const users = Array.from({ length: 12 }, (_, nth) => `CUT-${nth}`)
    for (const [nth, user] of users.entries()) {
      if (nth % 4 === 1) proxy.inject({ kind: 'reset' })
      if (nth % 4 === 3) {
        proxy.heal()
        proxy.inject({ kind: 'latency', delayMs: 20 })
      }
      await sendRefunds(user)
      await until(
        async () => (await collector.get(`/api/alerts?entity=${user}`)).text.includes(user),
        'it is raised and stored',
      )
      if (nth % 4 === 2) await page.waitForSelector('#stream-state:not(.live)')
    }
    proxy.heal()
    await page.waitForSelector('#stream-state.live')
    for (const user of users) await page.waitForSelector(rowOf(user))
    const told: unknown = await page.evaluate(
      `[...document.querySelectorAll('tbody tr')].map((row) => row.dataset.alert)`,
    )
    const ids = told as readonly string[] // attributes are text
    expect(new Set(ids).size).toBe(ids.length)
    expect(troubles.filter((trouble) => !trouble.includes('ERR_'))).toEqual([])
    await close()
    await proxy.close()
  })

  it('is told by a stream that begins where its reader left it', async () => {
    for (const user of ['RES-1', 'RES-2', 'RES-3']) await sendRefunds(user)
    const told = async (query: string, headers: Record<string, string>, last: string): Promise<readonly string[]> => {
      const line = new AbortController()
      const reply = await fetch(`${collector.url}/api/stream${query}`, { headers, signal: line.signal })
      const decoder = new TextDecoder()
      let text = ''
      for await (const piece of reply.body ?? []) {
        text += decoder.decode(piece, { stream: true })
        if (text.includes(last)) break
      }
      line.abort()
      return text
        .split('\n')
        .filter((each) => each.startsWith('id: '))
        .map((each) => each.slice(4))
    }
    await until(async () => (await collector.get('/api/alerts?entity=RES-3')).text.includes('RES-3'), 'all are raised')
    const ids = await told('?recent=3', {}, 'RES-3')
    expect(ids).toHaveLength(3)
    expect(await told('', { 'Last-Event-ID': ids[0] ?? '' }, 'RES-3')).toEqual(ids.slice(1))
    expect(await told('?recent=2', { 'Last-Event-ID': 'of another life' }, 'RES-3')).toEqual(ids.slice(1))
    expect((await collector.get('/api/stream?recent=many')).status).toBe(400)
  })

  it('shows what was missed of a collector that was away', async () => {
    const proxy = await openTcpProxy()
    proxy.forwardTo(collector.port)
    const { page, close } = await openConsole(browser, `http://${proxy.address}`, '#/alerts')
    await page.waitForSelector('#stream-state.live')
    await page.waitForSelector('tbody tr')
    proxy.inject({ kind: 'reset' })
    await page.waitForSelector('#stream-state:not(.live)')
    // Its memory of what it told is gone with it: what it stored is asked for.
    const { data } = collector
    await sendRefunds('AWAY-1')
    await until(async () => (await collector.get('/api/alerts?entity=AWAY-1')).text.includes('AWAY-1'), 'it is stored')
    await collector.stop()
    collector = await runCollector({ data })
    proxy.forwardTo(collector.port)
    proxy.heal()
    await page.evaluate(`dispatchEvent(new Event('online'))`)
    await page.waitForSelector(rowOf('AWAY-1'))
    await close()
    await proxy.close()
  })
})

describe('one alert', () => {
  it('says why, shows its evidence whole, and is closed with a verdict', async () => {
    await sendRefunds('USR-7')
    const { page, troubles, close } = await openConsole(browser, collector.url, '#/alerts')
    await page.click(`${rowOf('USR-7')} a`)
    await page.waitForSelector('h1:has-text("USR-7")')
    const text = await page.locator('main').textContent()
    for (const part of ['Why it fired', 'It would not have fired if', 'What to do', 'Evidence: 3 events'])
      expect(text).toContain(part)
    await page.click('.event summary')
    expect(await page.locator('.event[open] .facts').textContent()).toContain('USR-7-1')
    await page.click('text=What did each detector make of it?')
    await page.waitForSelector('.why-not:has-text("refund-burst")')
    await page.click('text=Close …')
    await page.fill('#note', 'a test of ours')
    await page.fill('#by', 'anna')
    await page.click('text=Close the alert')
    await page.waitForSelector('text=closed: benign')
    expect((await collector.get('/api/alerts?entity=USR-7')).json).toMatchObject({
      alerts: [{ status: 'closed', feedback: { as: 'benign', by: 'anna', note: 'a test of ours' } }],
    })
    expect(troubles).toEqual([])
    await close()
  })

  it('is copied as a curl line that works, as SQL and as Markdown', async () => {
    await sendRefunds("O'Hara [x](http://evil.example)")
    const { page, close } = await openConsole(browser, collector.url, '#/alerts', {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.click('tr:has-text("Hara") a')
    const copied = async (what: string): Promise<string> => {
      await page.click(`text=Copy as ${what}`)
      await page.waitForSelector('text=Copied')
      return String(await page.evaluate('navigator.clipboard.readText()'))
    }
    expect(await copied('curl')).toMatch(
      new RegExp(`^curl -s '${collector.url}/api/alerts/[0-9a-f]{32}/explain\\?tenant=default'$`),
    )
    expect(await copied('SQL')).toContain("SELECT * FROM alerts WHERE tenant = 'default' AND realm = 'live' AND id = '")
    const markdown = await copied('Markdown')
    expect(markdown).toContain('| When (UTC) | What | Event |')
    expect(markdown).not.toContain('](http')
    await close()
  })

  it('is found, read and closed with keys alone', async () => {
    await sendRefunds('USR-8')
    const { page, close } = await openConsole(browser, collector.url, '#/alerts')
    await page.waitForSelector(rowOf('USR-8'))
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:has-text("USR-8")')
    await page.keyboard.press('?')
    await page.waitForSelector('dialog[open] h2:has-text("Keys")')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog[open]', { state: 'detached' })
    const press = async (wanted: string): Promise<void> => {
      const reached = `document.activeElement.textContent.includes(${JSON.stringify(wanted)})`
      await until(async () => {
        await page.keyboard.press('Tab')
        return page.evaluate(reached) as Promise<boolean> // a comparison
      }, `the keyboard reaches "${wanted}"`)
    }
    await press('Close …')
    await page.keyboard.press('Enter')
    await page.keyboard.type('seen')
    await page.keyboard.press('Tab')
    await page.keyboard.type('anna')
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=closed: benign')
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.waitForSelector('h1:has-text("Alerts")')
    await close()
  })
})
