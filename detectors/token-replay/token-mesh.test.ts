// Who may present a token inside the mesh, how clients and networks are named, and what is said when fields are missing.

import { describe, expect, it } from 'vitest'
import { baselineGiven, decisionFormat } from '../../schemas/decision.ts'
import { openEventCursor, plainEvent } from '../../schemas/events/event-cursor.ts'
import { batchOf, placed, recordedEvent } from '../engine/recording.ts'
import { slotStart } from '../engine/slot.ts'
import { byPresenter } from './by-presenter.ts'
import { networkOf } from './network.ts'
import { tokenReplaySettings } from './settings.ts'
import {
  called,
  chrome,
  engineFor,
  type Fields,
  foldStories,
  identity,
  knownPaths,
  lastVerdicts,
  owner,
  relayed,
  standing,
  storyStart,
  use,
} from './stories.ts'
import { agentOf } from './user-agent.ts'

describe('presenters in an exercise', () => {
  const realm = 'exercise:drill'
  const given = (caller: string, destination: string, of = realm): Fields => ({
    kind: 'action',
    realm: of,
    format: decisionFormat,
    eventAt: storyStart,
    action: baselineGiven,
    caller: identity(caller),
    callerFrom: 'field',
    destination: identity(destination),
    destinationFrom: 'field',
  })
  const paths = (of?: string): Fields[] => [
    given('istio-ingressgateway', 'orders', of),
    given('orders', 'payments', of),
    given('scheduler', 'report', of),
  ]
  const theft = [use(1, owner), relayed(9, 'report', 'payments')].map((fields) => ({ ...fields, realm }))
  const usual = [use(1, owner), relayed(9, 'orders', 'payments')].map((fields) => ({ ...fields, realm }))
  it.each<[string, Fields[], string[]]>([
    ['are thieves without a given way from an ingress', [...paths(), ...theft], ['in-mesh-theft high']],
    ['are expected on a given way', [...paths(), ...usual], []],
    ['are expected on a given way that was used before', [...usual, ...paths(), relayed(20, 'orders', 'payments')], []],
    ['are not judged while nothing is known', theft, []],
    ['are not judged by what was given to the live realm: nothing can be', [...paths('live'), ...theft], []],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })
})

describe('presenters inside the mesh', () => {
  const known = knownPaths()
  const settings = { learningClock: 'event-time' }
  const theft = ['in-mesh-theft high']
  it.each<[string, Fields[], unknown, string[]]>([
    ['without any way from an ingress', [...known, use(0, owner), relayed(9, 'report', 'payments')], {}, theft],
    ['seen inside before it is seen outside', [...known, relayed(9, 'report', 'payments'), use(20, owner)], {}, theft],
    ['on a learned way', [...known, use(0, owner), relayed(9, 'orders', 'payments')], {}, []],
    ['on a learned way, calling somebody new', [...known, use(0, owner), relayed(9, 'orders', 'report')], {}, []],
    ['with a token that never came from outside', [...known, relayed(9, 'report', 'payments')], {}, []],
    [
      'with a way that was declared',
      [...known, use(0, owner), relayed(9, 'report', 'payments')],
      { paths: { declared: [{ caller: 'ingress', destination: '*/report' }] } },
      [],
    ],
    [
      'with a declared way over others',
      [...known, use(0, owner), relayed(9, 'report', 'payments')],
      { paths: { declared: [{ caller: '*/orders', destination: '*/report' }] } },
      [],
    ],
    [
      'while who calls it is being learned',
      [...known.slice(0, 6), ...called('scheduler', 'report', -5), use(0, owner), relayed(9, 'report', 'payments')],
      {},
      [],
    ],
    [
      'while who calls its caller is',
      [...known, ...called('new-thing', 'scheduler', -5), use(0, owner), relayed(9, 'report', 'payments')],
      {},
      [],
    ],
    [
      'calling an address that no name is known of',
      [...known, use(0, owner), relayed(9, 'report', 'payments', { destination: '10.0.0.9', destinationFrom: 'ip' })],
      {},
      theft,
    ],
    ['refused', [...known, use(0, owner), relayed(9, 'report', 'payments', { httpStatus: 403 })], {}, theft],
    ['by nobody that was ever seen', [...known, use(0, owner), relayed(9, 'stranger', 'payments')], {}, []],
  ])('%s', (_, stories, more, expected) => {
    expect(standing(stories, { ...settings, ...(more as object) })).toEqual(expected)
  })

  it('tells an hour again when an earlier presentation comes late, and the earlier hour instead', () => {
    const late = relayed(3_590, 'report', 'payments')
    const stories = [...known, use(0, owner), relayed(3_601, 'report', 'payments'), late]
    const slots = lastVerdicts(foldStories(stories, settings)).map(({ rule, slot, count }) => [rule, slot, count])
    expect(slots).toEqual([['in-mesh-theft', '2025-03-14T09:00:00.000Z', 1]])
  })

  it('tells each presenter apart', () => {
    const both = ['report', 'scheduler'].map((name) => relayed(9, name, 'payments'))
    const stories = [...known, ...called('batch', 'scheduler'), use(0, owner), ...both]
    const keys = lastVerdicts(foldStories(stories, settings)).map(({ entity }) => entity.key)
    expect(keys.sort()).toEqual([identity('report'), identity('scheduler')])
  })

  it('keeps nothing of tokens that only go from hop to hop', () => {
    const engine = engineFor(settings)
    const hops = [
      ...known,
      ...Array.from({ length: 500 }, (_, index) => relayed(index, 'orders', 'payments', { tokenId: `at-${index}` })),
    ]
    engine.observe(batchOf(placed(hops.map(recordedEvent))), 0, hops.length, [])
    const held = (stage: string) => engine.stageCounts().find((each) => each.stage === `token-replay/${stage}`)?.keys
    expect([held('by-token'), held('by-presenter')]).toEqual([0, 0])
  })

  it('remembers for a day that no way leads to a presenter, whether its state was forgotten or not', () => {
    const parsed = tokenReplaySettings.parse(settings)
    const cursor = openEventCursor()
    cursor.at(batchOf(placed([recordedEvent(relayed(0, 'report', 'payments'))])), 0)
    const event = plainEvent(cursor)
    const hourAt = slotStart(event.eventAt, 3_600_000)
    const spentAt = byPresenter.spentAfter({ unreached: [hourAt] }, parsed)
    const told = (appendedAt: number): number => {
      const context = { settings: parsed, appendedAt, watermarkAt: 0, latenessMs: 30_000 }
      return (byPresenter.observe({ unreached: [hourAt] }, event, context).signals ?? []).length
    }
    expect([told(spentAt), told(spentAt + 1)]).toEqual([1, 0])
  })

  it('abstains live while append time has not gone by, whatever the stamps say', () => {
    const stories = [...known, use(0, owner), relayed(9, 'report', 'payments')]
    expect(standing(stories)).toEqual(theft)
    const engine = engineFor()
    const events = stories
      .map(recordedEvent)
      .map((event, offset) => ({ event, offset, appendedAt: storyStart + 60_000 }))
    const out: Parameters<typeof engine.observe>[3] = []
    engine.observe(batchOf(events), 0, events.length, out)
    expect(lastVerdicts(out).map(({ rule }) => rule)).toEqual([])
  })

  it('names presenter, user and destination', () => {
    const records = foldStories([...known, use(0, owner), relayed(9, 'report', 'payments')], settings)
    const [verdict] = lastVerdicts(records).filter(({ rule }) => rule === 'in-mesh-theft')
    expect(verdict?.title).toBe(
      'report presents the token of u-314 to payments, and no request from outside reaches it',
    )
  })
})

describe('words', () => {
  it.each([
    [chrome, 'Chrome on Windows, desktop'],
    [chrome.replace('130', '131'), 'Chrome on Windows, desktop'],
    [`${chrome} Edg/130.0`, 'Edge on Windows, desktop'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile/15E1 Safari/604.1',
      'Safari on iOS, phone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36',
      'Chrome on Android, phone',
    ],
    ['curl/8.10.1', 'curl'],
    ['okhttp/4.12.0', 'okhttp'],
    ['ShopApp-2.4.1 (iOS 18)', 'shopapp on iOS'],
    ['|', 'unnamed program'],
    ['', ''],
    ['x'.repeat(100_000), 'x'.repeat(24)],
  ])('agent of %.40s', (text, expected) => {
    expect(agentOf(text)).toBe(expected)
  })

  it.each([
    ['203.0.113.9', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['2001:db8:0077::9', '2001:db8:77::/48'],
    ['2001:db8:77:1:2:3:4:5', '2001:db8:77::/48'],
    ['::1', '0:0:0::/48'],
    ['unknown', ''],
    ['', ''],
  ])('network of %s', (address, expected) => {
    expect(networkOf(address, '', '')).toBe(expected)
  })
})

it('says what to add where default lines name no token, by format', () => {
  const engine = engineFor()
  const line = {
    kind: 'access',
    eventAt: storyStart,
    format: 'istio-json',
    reporter: 'destination',
    httpStatus: 200,
    userAgent: chrome,
  }
  engine.observe(batchOf(placed([recordedEvent(line)])), 0, 1, [])
  const [row] = engine.readiness()
  expect(row?.missing.find(({ essential }) => essential)?.hint).toContain(
    'add to meshConfig.accessLogFormat "jwt_iss":"%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:<payload key>:iss)%"',
  )
  expect(row?.missing.map(({ need }) => need)).toContain('records of an ingress')
})
