// Strings of attackers in every field of an event: on every page they are text, and add no element, attribute or request.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Alert, alertSchema } from '../../schemas/alerts.ts'
import { openBrowser } from '../support/console/open-browser.ts'
import { openConsole } from '../support/console/open-console.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { until } from '../support/until.ts'

let collector: RunningCollector
let browser: Browser

/** Each as long as the other, so that what they are cut to is alike. */
const hostile = `"'><img src=x onerror=alert(1)><script>alert(2)</script><svg/onload=alert(3)>{{7*7}}\${7}javascript:alert(4)//`
const harmless = 'h'.repeat(hostile.length)

beforeAll(async () => {
  collector = await runCollector()
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await collector.remove()
})

/** One event of every kind with `text` in each field that takes text, and three refunds of it. */
function eventsWith(text: string): readonly object[] {
  const said = {
    subject: text,
    actor: `${text}a`,
    client: text,
    session: text,
    workload: text,
    requestId: text,
    outcomeReason: text,
    attributes: { [text]: text, nested: { [text]: [text] } },
  }
  const at = (second: number): string => new Date(Date.parse('2026-11-02T09:00:00Z') + second * 1_000).toISOString()
  return [
    { kind: 'authn', at: at(0), action: text, outcome: 'denied', ...said },
    {
      kind: 'access',
      at: at(1),
      caller: text,
      destination: `${text}d`,
      method: 'POST',
      path: `/${text}`,
      httpStatus: 200,
      outcome: 'allowed',
      ...said,
    },
    { kind: 'authz', at: at(2), action: text, resource: text, outcome: 'denied', ...said },
    ...[3, 4, 5].map((second) => ({
      kind: 'action',
      at: at(second),
      action: 'refund',
      payment: `${text}${second}`,
      operationId: `${text}${second}`,
      amount: '1.00',
      currency: 'EUR',
      outcome: 'allowed',
      ...said,
    })),
  ]
}

async function send(text: string, tenantless: string): Promise<Alert> {
  const { status, text: reply } = await collector.post(
    eventsWith(text)
      .map((event) => JSON.stringify(event))
      .join('\n'),
    {
      path: `/v1/events?format=eastwest-event&source=${tenantless}`,
      headers: { 'content-type': 'application/x-ndjson' },
    },
  )
  expect([status, reply]).toEqual([200, reply])
  await collector.post(`${text} is a line of no format\n`)
  let found: Alert | undefined
  await until(async () => {
    const { json } = await collector.get(`/api/alerts?entity=${encodeURIComponent(text)}`)
    found = alertSchema.array().parse((json as { alerts: unknown }).alerts)[0] // the schema checks what is inside
    return found !== undefined
  }, 'the alert is raised')
  await until(async () => {
    const { json } = await collector.get(`/api/events?user=${encodeURIComponent(text)}`)
    return (json as { events: unknown[] }).events.length === 6 // the API's own schema
  }, 'all events are stored')
  if (found === undefined) throw new Error('no alert')
  return found
}

/** Elements by name, and the names of all attributes: what a string may not change. Text in them is left out. */
const shape = `(() => {
  const counts = {}
  for (const node of document.querySelectorAll('*')) {
    counts[node.tagName] = (counts[node.tagName] ?? 0) + 1
    for (const { name } of node.attributes) counts['@' + name] = (counts['@' + name] ?? 0) + 1
  }
  return counts
})()`

describe('strings of attackers', () => {
  it('make the same page as harmless ones do, everywhere', async () => {
    const [bad, good] = [await send(hostile, 'bad'), await send(harmless, 'good')]
    const { page, troubles, goTo, close } = await openConsole(browser, collector.url, '#/lists')
    await page.waitForSelector('h1:has-text("Lists")')
    const shapeAt = async (hash: string, ready: string): Promise<unknown> => {
      await goTo('#/nowhere')
      await page.waitForSelector('h1:has-text("Not found")')
      await goTo(hash)
      await page.waitForSelector(ready, { state: 'attached' })
      await page.evaluate(`document.querySelectorAll('main details').forEach((each) => { each.open = true })`)
      return page.evaluate(shape)
    }
    const pagesOf = (text: string, { id }: Alert): readonly (readonly [string, string])[] => [
      [`#/alerts?entity=${encodeURIComponent(text)}`, 'tbody tr'],
      [`#/alert/${id}`, '.events li:nth-child(3) .facts'],
      [`#/search?user=${encodeURIComponent(text)}`, '.event:nth-child(6)'],
      [`#/subject?user=${encodeURIComponent(text)}&expand=false`, '.events li:nth-child(7)'],
    ]
    const goodPages = pagesOf(harmless, good)
    for (const [index, [hash, ready]] of pagesOf(hostile, bad).entries()) {
      const [goodHash = '', goodReady = ''] = goodPages[index] ?? []
      expect([hash, await shapeAt(hash, ready)]).toEqual([hash, await shapeAt(goodHash, goodReady)])
      expect(await page.locator('main').textContent()).toContain(
        goodHash.includes('#/alert/') ? harmless : harmless.slice(0, 20),
      )
    }
    await goTo('#/sources')
    await page.waitForSelector('.event:has-text("unknown-format")')
    await goTo('#/map')
    await page.waitForSelector('h1:has-text("Service map")')
    expect(
      await page.evaluate(
        `document.querySelectorAll('main img, main script, main iframe, [onerror], [onload], [onclick]').length`,
      ),
    ).toBe(0)
    expect(troubles).toEqual([])
    await close()
  })

  it('in the address of the page are text, too', async () => {
    const { page, troubles, goTo, close } = await openConsole(
      browser,
      collector.url,
      `#/${encodeURIComponent(hostile)}`,
    )
    await page.waitForSelector('h1:has-text("Not found")')
    for (const hash of [
      `#/alert/${encodeURIComponent(hostile)}`,
      `#/alerts?realm=${encodeURIComponent(hostile.slice(0, 90))}`,
      '#/%',
      '#/search?kind=%zz',
    ]) {
      await goTo(hash)
      await page.waitForSelector('h1')
    }
    expect(await page.evaluate(`document.querySelectorAll('main img, main script').length`)).toBe(0)
    expect(troubles).toEqual([])
    await close()
  })
})

describe('the page', () => {
  it('comes with a policy that lets nothing else in, and is kept by its tag', async () => {
    const { headers, text } = await collector.get('/')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/)
    const again = await fetch(`${collector.url}/`, { headers: { 'If-None-Match': headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    const [main = ''] = /console\/[0-9a-f]+\/main\.js/.exec(text) ?? []
    expect((await collector.get(`/${main}`)).headers.get('cache-control')).toContain('immutable')
  })

  it.each([
    '/console/',
    '/console/main.js',
    '/console/../package.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/..%2f..%2fpackage.json',
    '/console/x/../../../etc/passwd',
  ])('answers 404 to %s', async (path) => {
    const { request } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      request({ port: collector.port, host: '127.0.0.1', path }, (reply) => resolve(reply.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(404)
  })
})
