// The settled table row by row, the behaviours of issuers, and the edge cases in which naive detectors fail.

import { describe, expect, it } from 'vitest'
import {
  ends,
  type Fields,
  home,
  login,
  refresh,
  standing,
  start,
  summaryOf,
  thief,
  told,
  verdictsOf,
} from './stories.ts'

const stolen = { clientIp: thief }
/** An issuer that rotates, lets the old token through within its grace, and ends nothing by itself. */
const lenient = {
  profiles: [{ formats: ['eastwest-event'], rotation: 'on', graceMs: 30_000 }],
}
const ours = { format: 'eastwest-event' }
const gone = { outcome: 'denied', tokenVerdict: 'session-ended' }
const hours = 3_600

const begun: readonly Fields[] = [login(0, 'a'), refresh(300, 'a', 'b'), refresh(600, 'b', 'c')]

describe('the table', () => {
  it.each<[string, readonly Fields[], unknown, readonly string[]]>([
    ['nothing is used twice', begun, {}, []],
    [
      '1: another client, refused',
      [...begun, refresh(700, 'c', '', { client: 'cli', ...stolen })],
      {},
      ['THEFT critical by-issuer'],
    ],
    [
      '1: another client, accepted',
      [login(0, 'a', ours), refresh(300, 'a', 'b', { ...ours, client: 'cli' })],
      {},
      ['THEFT critical decided'],
    ],
    [
      '1: another client, and no session named',
      [
        ...begun,
        refresh(700, '', '', { client: 'cli', session: '', subject: '', tokenVerdict: 'wrong-client', ...stolen }),
      ],
      {},
      ['THEFT medium'],
    ],
    [
      '2: after a logout, from elsewhere',
      [...begun, ends(700, 'logout'), refresh(900, 'c', '', { ...gone, ...stolen })],
      {},
      ['PERSISTENCE high'],
    ],
    [
      '2: after a revocation, accepted',
      [...begun, ends(700, 'session.revoke'), refresh(900, 'c', 'd', stolen)],
      {},
      ['PERSISTENCE high'],
    ],
    [
      '2a: after a logout, from where it was',
      [...begun, ends(700, 'logout'), refresh(900, 'c', '', gone)],
      {},
      ['AFTERMATH info'],
    ],
    [
      '2a: the session expired, from anywhere',
      [...begun, refresh(40_000, 'c', '', { ...gone, ...stolen })],
      {},
      ['AFTERMATH info'],
    ],
    [
      '3: an ancestor',
      [...begun, refresh(700, 'a', '', { tokenVerdict: 'stale' })],
      {},
      ['THEFT-LIKELY high by-issuer'],
    ],
    [
      '3: an ancestor, with an issuer that ends nothing',
      [...begun.map((each) => ({ ...each, ...ours })), refresh(700, 'a', '', ours)],
      {},
      ['THEFT-LIKELY high decided'],
    ],
    ['4: the answer was lost', [...begun, refresh(600 + 2 * hours, 'b', '')], {}, ['LOST RESPONSE info by-issuer']],
    [
      '4: the answer was lost, and the newest is tried afterwards',
      [...begun, refresh(9_000, 'b', ''), refresh(9_001, 'c', '', gone)],
      {},
      ['LOST RESPONSE info by-issuer'],
    ],
    [
      '5: two tabs',
      [...begun, refresh(600.013, 'b', ''), refresh(900, 'c', '', gone)],
      {},
      ['TAB RACE info by-issuer'],
    ],
    [
      '5: two tabs within the grace of the issuer',
      [...begun.map((each) => ({ ...each, ...ours })), refresh(625, 'b', 'c2', ours), refresh(900, 'c', 'd', ours)],
      lenient,
      ['TAB RACE info'],
    ],
    ['6: two places', [...begun, refresh(700, 'b', '', stolen)], {}, ['FORK critical by-issuer']],
    [
      '6: two places, and the child is used',
      [...begun, refresh(700, 'b', '', stolen), refresh(900, 'c', '', gone)],
      {},
      ['FORK critical by-issuer'],
    ],
    [
      '6: two places, with an issuer that ends nothing',
      [
        ...begun.map((each) => ({ ...each, ...ours })),
        refresh(700, 'b', 'x', { ...ours, ...stolen }),
        refresh(900, 'c', 'd', ours),
      ],
      lenient,
      ['FORK critical decided'],
    ],
    [
      '8: one place, the child in use, beyond grace',
      [...begun.map((each) => ({ ...each, ...ours })), refresh(700, 'b', '', ours), refresh(900, 'c', 'd', ours)],
      {},
      ['CLIENT BUG? low'],
    ],
    [
      '9: only failures are logged',
      [refresh(0, 'b', ''), refresh(10, 'b', '', stolen)],
      {},
      ['ISSUER REPORTS REUSE medium'],
    ],
    ['9: from the usual place', [login(0, 'a'), refresh(900, 'q', '')], {}, ['ISSUER REPORTS REUSE info']],
    ['9: no token and no session named', [refresh(0, '', '', { session: '' })], {}, ['ISSUER REPORTS REUSE medium']],
  ])('%s', (_, events, settings, expected) => {
    // Information has no kill to tell of.
    const said = summaryOf(verdictsOf(told(events, settings))).map((each) => each.replace(/ info by-issuer$/, ' info'))
    expect(said).toEqual(expected.map((each) => each.replace(/ info by-issuer$/, ' info')))
  })
})

describe('the order of things', () => {
  it('the loser of a race may be logged before its winner', () => {
    const events = [login(0, 'a'), refresh(299.986, 'a', ''), refresh(300, 'a', 'b'), refresh(600, 'b', '', gone)]
    expect(summaryOf(verdictsOf(told(events)))).toEqual(['TAB RACE info'])
  })

  it('the thief may refresh first: both places are shown, and it is the same theft', () => {
    const events = [login(0, 'a'), refresh(300, 'a', 'b'), refresh(500, 'b', 'x', stolen), refresh(600, 'b', '')]
    const [verdict, ...more] = standing(told(events))
    expect(more).toEqual([])
    expect(verdict).toMatchObject({ severity: 'critical', labels: { class: 'FORK' } })
    expect([verdict?.labels.heldFrom, verdict?.labels.usedFrom].sort()).toEqual(['198.51.100.0/24', '203.0.113.0/24'])
  })

  it('clocks that jump take the grace away, and the confidence', () => {
    const events = [
      login(0, 'a', ours),
      refresh(100, 'b', 'c', ours),
      refresh(300, 'a', 'b', ours),
      refresh(301, 'c', 'd', ours),
      refresh(305, 'c', '', ours),
      refresh(310, 'd', 'e', ours),
    ]
    expect(standing(told(events))).toMatchObject([{ confidence: 'low', labels: { class: 'CLIENT BUG?' } }])
  })
})

describe('no reuse at all', () => {
  it.each<[string, readonly Fields[]]>([
    [
      'a retry of one request by proxies',
      [refresh(0, 'a', 'b', { requestId: 'r1' }), refresh(1, 'a', '', { requestId: 'r1' })],
    ],
    [
      'the same token again and again, by an issuer that is not known to rotate',
      [0, 300, 600, 900].map((seconds) => refresh(seconds, 'a', `b${seconds}`, ours)),
    ],
    [
      'the same, from one place after the other',
      [0, 300, 600, 900].map((seconds) =>
        refresh(seconds, 'a', `b${seconds}`, { ...ours, clientIp: `203.0.${seconds}.9` }),
      ),
    ],
    [
      'two clients of one session, each with tokens of its own',
      [...begun, login(700, 'm', { client: 'mobile' }), refresh(800, 'm', 'n', { client: 'mobile' })],
    ],
    [
      'a token that is given back unchanged',
      [0, 300, 600].map((seconds) => refresh(seconds, 'a', 'a', { ...ours, clientIp: `10.${seconds}.0.1` })),
    ],
    ['an expired one', [...begun, refresh(90_000, 'b', '', { tokenVerdict: 'expired', ...stolen })]],
    [
      'the v6 address of a place known by its v4 one, the issuer silent',
      [...begun, refresh(900, 'c', 'd', { clientIp: '2001:db8:1::9' })],
    ],
  ])('%s', (_, events) => {
    expect(verdictsOf(told(events))).toEqual([])
  })
})

describe('what is told', () => {
  const events = [
    ...begun,
    refresh(700, 'b', '', stolen),
    refresh(900, 'c', '', gone),
    refresh(905, 'b', '', { ...gone, ...stolen }),
  ]

  it('is one alert for a theft, with what came of it', () => {
    const [verdict, ...more] = standing(told(events))
    expect(more).toEqual([])
    expect(verdict).toMatchObject({
      rule: 'refresh-token-reuse',
      entity: { keyspace: 'family', key: 'S1' },
      severity: 'critical',
      confidence: 'low',
      title: 'u-1 (web): one refresh token was used from two places, 203.0.113.0/24 and 198.51.100.0/24',
      count: 1,
      labels: {
        class: 'FORK',
        kill: 'by-issuer',
        aftermath: '2',
        session: 'S1',
        revokedAt: new Date(start + 700_000).toISOString(),
        exposedUntil: new Date(start + 600_000 + 300_000).toISOString(),
      },
    })
    expect(verdict?.explanation.why.join('\n')).toContain('it is not done twice')
    expect(verdict?.evidence.map(({ at }) => (at - start) / 1_000)).toEqual([600, 700, 900, 905])
  })

  it('is surer where more of the place is known', () => {
    const agents = { userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/141.0', tlsFingerprint: 't13d1516h2' }
    const other = { userAgent: 'python-requests/2.32', tlsFingerprint: 't13d0000h1', ...stolen }
    const rich = [...begun.map((each) => ({ ...each, ...agents })), refresh(700, 'b', '', other)]
    expect(standing(told(rich))).toMatchObject([{ confidence: 'high' }])
  })

  it('takes one device for one place, wherever it is', () => {
    const device = { device: 'd-1' }
    const events = [...begun.map((each) => ({ ...each, ...device })), refresh(700, 'b', '', { ...stolen, ...device })]
    expect(summaryOf(verdictsOf(told(events)))).toEqual(['LOST RESPONSE info'])
  })

  it('tells a use that a revocation should have prevented', () => {
    const after = [...begun, refresh(700, 'b', '', stolen), refresh(900, 'c', 'd', stolen)]
    expect(summaryOf(standing(told(after)))).toContain('KILL INEFFECTIVE high')
    expect(summaryOf(standing(told([...begun, refresh(599.99, 'b', ''), refresh(900, 'c', '', gone)])))).toEqual([])
  })

  it('shows nothing of hostile names that would alter what stands around them', () => {
    const hostile = {
      subject: `${'\u202e'}evil\u0007${'x'.repeat(70_000)}`,
      client: 'a\u001b[31mb',
      userAgent: 'x\u0000y',
    }
    const told_ = standing(told(events.map((each) => ({ ...each, ...hostile }))))
    expect(told_).toHaveLength(1)
    expect(JSON.stringify(told_[0]).replace(/"key":"[^"]*"/, '')).not.toMatch(/[\u0000-\u001f\u202a-\u202e]|\\u00/)
    expect(JSON.stringify(told_).length).toBeLessThan(8_000)
  })

  it('reads the reasons of an issuer without verdict words as the profile says', () => {
    const reasons = [{ begins: 'token already used', verdict: 'reused' }]
    const settings = { profiles: [{ formats: ['eastwest-event'], reasons }] }
    const silent = { ...ours, tokenVerdict: '', outcomeReason: 'token already used (1)' }
    const events = [refresh(0, 'a', 'b', ours), refresh(60, 'a', '', { ...silent, ...stolen })]
    expect(summaryOf(standing(told(events, settings)))).toEqual(['FORK critical decided'])
    expect(standing(told(events))).toEqual([])
  })

  it('by the hour, where no session is named, stays told when hours go by', () => {
    const refused = { session: '', subject: '', client: 'cli', tokenVerdict: 'wrong-client', ...stolen }
    const hourly = Array.from({ length: 60 }, (_, index) => refresh(index * 360, '', '', refused))
    const verdicts = standing(told(hourly))
    expect(verdicts.map(({ count }) => count)).toEqual(Array(6).fill(10))
  })

  it('is about the place, not the address', () => {
    const near = [...begun, refresh(700, 'b', '', { clientIp: home.replace(/9$/, '200') })]
    expect(summaryOf(verdictsOf(told(near)))).toEqual(['LOST RESPONSE info'])
  })
})
