// Which channels hear of which alerts.

import { describe, expect, it } from 'vitest'
import { matchesGlob } from './glob.ts'
import { channelsFor, type Routed } from './routing.ts'
import { alertsSettings } from './settings.ts'

const secrets = [`whsec_${Buffer.alloc(32, 1).toString('base64')}`]
const webhook = (change = {}) => ({ type: 'webhook', url: 'https://hooks.example/a', secrets, ...change })
const channels = { ops: webhook(), pager: webhook(), drill: webhook({ drills: true }) }

const alert: Routed = {
  severity: 'high',
  detector: 'refund-burst',
  rule: 'burst',
  entity: { keyspace: 'subject', key: 'USR-99', name: 'Ada (USR-99)', from: 'field' },
  labels: { route: '/v1/refunds' },
  realm: 'live',
  tenant: 'default',
}

describe('routing without routes', () => {
  const settings = alertsSettings.parse({ channels })
  it.each([
    ['a live alert reaches every channel', {}, ['ops', 'pager', 'drill']],
    ['low is enough', { severity: 'low' as const }, ['ops', 'pager', 'drill']],
    ['information reaches nobody', { severity: 'info' as const }, []],
    ['an exercise reaches drill channels alone', { realm: 'exercise:7' }, ['drill']],
  ])('%s', (_, change, expected) => {
    expect(channelsFor({ ...alert, ...change }, settings)).toEqual(expected)
  })
})

describe('a route', () => {
  it.each([
    ['severity at least', { severity: 'high' }, true],
    ['severity too low', { severity: 'critical' }, false],
    ['detector', { detectors: ['refund-burst'] }, true],
    ['detector by pattern', { detectors: ['refund-*'] }, true],
    ['another detector', { detectors: ['token-replay'] }, false],
    ['rule', { rules: ['duplicate-refund', 'burst'] }, true],
    ['keyspace', { keyspaces: ['edge'] }, false],
    ['entity by key', { entities: ['USR-*'] }, true],
    ['entity by name', { entities: ['Ada *'] }, true],
    ['another entity', { entities: ['USR-1'] }, false],
    ['label', { labels: { route: '/v1/*' } }, true],
    ['label with another value', { labels: { route: '/v2/*' } }, false],
    ['label that is not there', { labels: { currency: '*' } }, false],
    ['label that every object has', { labels: { constructor: '*' } }, false],
    ['realm', { realms: ['live'] }, true],
    ['another realm', { realms: ['exercise:*'] }, false],
    ['tenant', { tenants: ['shop'] }, false],
    ['everything given must fit', { severity: 'high', tenants: ['default'], entities: ['nobody'] }, false],
  ])('matches by %s', (_, match, matches) => {
    const settings = alertsSettings.parse({ channels, routes: [{ match, channels: ['pager'] }] })
    expect(channelsFor(alert, settings)).toEqual(matches ? ['pager'] : [])
  })

  it('takes all that match, each channel once, or the first', () => {
    const routes = [
      { match: { severity: 'critical' }, channels: ['drill'] },
      { match: { detectors: ['refund-*'] }, channels: ['pager'] },
      { channels: ['ops', 'pager'] },
    ]
    expect(channelsFor(alert, alertsSettings.parse({ channels, routes }))).toEqual(['ops', 'pager'])
    expect(channelsFor(alert, alertsSettings.parse({ channels, routes, matching: 'first' }))).toEqual(['pager'])
  })

  it('leads an exercise only to channels that say drills', () => {
    const routes = [{ match: { realms: ['exercise:*'] }, channels: ['ops', 'drill'] }]
    const settings = alertsSettings.parse({ channels, routes })
    expect(channelsFor({ ...alert, realm: 'exercise:7' }, settings)).toEqual(['drill'])
  })
})

describe('matchesGlob', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbb', false],
    ['*b*', 'abc', true],
    ['a**c', 'ac', true],
    ['*ab', 'aab', true],
    ['a.c', 'abc', false],
    ['A', 'a', false],
  ])('%j on %j is %j', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches)
  })

  it('is not made to backtrack for long', () => {
    const startedAt = performance.now()
    expect(matchesGlob(`${'*a'.repeat(100)}b`, 'a'.repeat(4_096))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(50)
  })
})
