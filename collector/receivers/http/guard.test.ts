// Who may call, and where the collector may listen.

import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isLoopback, openGuard, refuseToListen } from './guard.ts'

const settings = { host: '127.0.0.1', allowedHosts: ['logs.shop.example'], allowedOrigins: ['https://console.example'] }
const token = 'a-token-of-enough-length'

function request(headers: Readonly<Record<string, string>>, url = '/api/alerts'): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  message.url = url
  message.headers = headers
  return message
}

describe('the guard on loopback', () => {
  const guard = openGuard(settings)
  it.each<readonly [Record<string, string>, string | undefined]>([
    [{ host: '127.0.0.1:8484' }, undefined],
    [{ host: 'LOCALHOST:8484' }, undefined],
    [{ host: '[::1]:8484' }, undefined],
    [{ host: 'logs.shop.example' }, undefined],
    [{}, 'foreign-host'],
    [{ host: 'evil.example:8484' }, 'foreign-host'],
    [{ host: '127.0.0.1.evil.example' }, 'foreign-host'],
    [{ host: 'localhost:8484', origin: 'http://localhost:8484' }, undefined],
    [{ host: 'localhost:8484', origin: 'https://console.example' }, undefined],
    [{ host: 'localhost:8484', origin: 'https://evil.example' }, 'foreign-origin'],
    [{ host: 'localhost:8484', origin: 'null' }, 'foreign-origin'],
  ])('answers %o with %s', (headers, code) => {
    expect(guard(request(headers))?.code).toBe(code)
  })
})

describe('the guard with a token', () => {
  const guard = openGuard({ ...settings, host: '0.0.0.0', token })
  it.each<readonly [string, Record<string, string>, string, string | undefined]>([
    ['the token', { host: 'any', authorization: `Bearer ${token}` }, '/api/alerts', undefined],
    ['no token', { host: 'any' }, '/api/alerts', 'token-required'],
    ['a part of it', { host: 'any', authorization: `Bearer ${token.slice(0, -1)}` }, '/v1/events', 'token-required'],
    ['more than it', { host: 'any', authorization: `Bearer ${token}x` }, '/v1/events', 'token-required'],
    ['another scheme', { host: 'any', authorization: `Basic ${token}` }, '/v1/events', 'token-required'],
    ['no token where a probe asks', { host: 'any' }, '/livez?verbose', undefined],
    ['no token for the page that asks for it', { host: 'any' }, '/', undefined],
    ['no token for what the page is made of', { host: 'any' }, '/console/0f3a/main.js', undefined],
    ['no token beyond the page', { host: 'any' }, '/console', 'token-required'],
    ['no token for what looks like the page', { host: 'any' }, '//console/', 'token-required'],
  ])('judges %s', (_, headers, url, code) => {
    expect(guard(request(headers, url))?.code).toBe(code)
  })
})

describe('the guard with a token of those who may decide', () => {
  const decisionToken = 'a-token-of-those-who-decide'
  const asked = (method: string, url: string, bearer: string): IncomingMessage => {
    const message = request({ host: '127.0.0.1', ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) }, url)
    message.method = method
    return message
  }
  const guard = openGuard({ ...settings, token, decisionToken })
  it.each([
    ['POST', '/v1/events', token, undefined],
    ['POST', '/v1/logs', token, undefined],
    ['GET', '/api/edges', token, undefined],
    ['POST', '/api/edges/accept', token, 'decision-token-required'],
    ['POST', '/API/edges/accept', token, 'decision-token-required'],
    ['POST', '/api/config/reload', '', 'decision-token-required'],
    ['POST', 'http://127.0.0.1/api/edges/accept', token, 'decision-token-required'],
    ['POST', '/api/alerts/x/close?a=/v1/', token, 'decision-token-required'],
    ['POST', '/api/edges/accept', decisionToken, undefined],
    ['POST', '/v1/events', decisionToken, undefined],
    ['GET', '/api/edges', decisionToken, undefined],
    ['GET', '/api/edges', '', 'token-required'],
  ])('answers %s %s of "%s" with %s', (method, url, bearer, code) => {
    expect(guard(asked(method, url, bearer))?.code).toBe(code)
  })

  it('keeps decisions to them where everybody may send and read', () => {
    const open = openGuard({ ...settings, decisionToken })
    expect(open(asked('POST', '/v1/events', ''))).toBeUndefined()
    expect(open(asked('POST', '/api/edges/deny', ''))?.code).toBe('decision-token-required')
  })
})

describe('where it may listen', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['[::1]', true],
    ['::ffff:127.0.0.1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['localhost.evil.example', false],
  ])('%s is loopback: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback)
    expect(refuseToListen({ ...settings, host }) === undefined).toBe(loopback)
    expect(refuseToListen({ ...settings, host, token })).toBeUndefined()
  })

  it('is told with the setting that would allow it', () => {
    expect(refuseToListen({ ...settings, host: '0.0.0.0' })).toContain('receivers.http.token')
  })
})
