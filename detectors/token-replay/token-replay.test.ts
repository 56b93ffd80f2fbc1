// When the places that a token is used from say that it is in other hands: the edge cases in tables.

import { describe, expect, it } from 'vitest'
import {
  type Fields,
  firefox,
  foldStories,
  identity,
  lastVerdicts,
  owner,
  relayed,
  standing,
  storyStart,
  thief,
  use,
  without,
} from './stories.ts'

const shared = ['shared-token high']
const mild = ['shared-token medium']

describe('places of one token', () => {
  it.each<[string, Fields[], string[]]>([
    ['two networks and two clients in turns', [use(0, owner), use(30, thief), use(60, owner)], shared],
    ['gaps of 999 ms are no turns', [use(0, owner), use(0.999, thief), use(1.998, owner)], mild],
    ['gaps of 1,000 ms are', [use(0, owner), use(1, thief), use(2, owner)], shared],
    ['gaps of 600.000 s are', [use(0, owner), use(600, thief), use(1_200, owner)], shared],
    ['a gap of 600.001 s is none', [use(0, owner), use(600.001, thief), use(1_200, owner)], mild],
    ['one way, and three features differ', [use(0, owner), use(30, thief)], mild],
    ['one way, and the client stays the same', [use(0, owner), use(30, { ...owner, clientIp: '192.0.2.1' })], []],
    ['one way, with two features known', [use(0, without(owner, 'tlsFingerprint')), use(30, thief)], []],
    [
      'a request from elsewhere while a long one is open',
      [use(0, { ...owner, durationMs: 60_000 }), use(0.5, thief)],
      shared,
    ],
    ['… and after it has ended', [use(0, { ...owner, durationMs: 60_000 }), use(60, thief)], mild],
    ['networks alone in turns', [use(0, owner), use(30, { ...owner, clientIp: '192.0.2.1' }), use(60, owner)], []],
    [
      'a network and its kind are one thing',
      [use(0, owner), use(30, { ...owner, clientIp: '192.0.2.1', clientNetwork: 'hosting' }), use(60, owner)],
      [],
    ],
    [
      'agent and address alone, which anybody can write',
      [
        use(0, without(owner, 'tlsFingerprint')),
        use(30, without(thief, 'tlsFingerprint')),
        use(60, without(owner, 'tlsFingerprint')),
      ],
      mild,
    ],
    ['through a VPN one step less', [use(0, owner), use(30, { ...thief, clientNetwork: 'vpn' }), use(60, owner)], mild],
    [
      'addresses in one /24 are one network',
      [use(0, owner), use(30, { ...owner, clientIp: '203.0.113.200' }), use(60, owner)],
      [],
    ],
    [
      'AS and country, where they are known, are the network',
      [0, 30, 60].map((at, index) =>
        use(at, { ...owner, clientIp: `10.${index}.0.1`, clientAsn: 'AS64500', clientCountry: 'NL' }),
      ),
      [],
    ],
    [
      'what inner hops say of address and agent is no place',
      [use(0, owner), relayed(30, 'orders', 'payments', thief), use(60, owner)],
      [],
    ],
    [
      'what the workload behind an ingress says is one where the ingress is not heard',
      [0, 30, 60].map((at, index) => relayed(at, 'istio-ingressgateway', 'orders', index === 1 ? thief : owner)),
      shared,
    ],
    [
      '… and none where it is',
      [use(0, owner), relayed(30, 'istio-ingressgateway', 'orders', thief), use(60, owner)],
      [],
    ],
    [
      'replicas of a workload that comes in with a certificate',
      [0, 30, 60].map((at, index) =>
        use(at, { ...(index === 1 ? thief : owner), caller: identity('partner'), callerFrom: 'mtls' }),
      ),
      [],
    ],
    [
      'a token made up by whoever was refused',
      [use(0, owner), use(30, { ...thief, httpStatus: 401, outcome: 'denied', tokenFrom: 'asserted' }), use(60, owner)],
      [],
    ],
    [
      'a refresh token is another detector’s',
      [use(0, owner), use(30, thief), use(60, owner)].map((each) => ({ ...each, tokenKind: 'refresh-token' })),
      [],
    ],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })

  it('leaves out a declared co-presenter', () => {
    const stories = [use(0, owner), use(30, { ...thief, userAgent: 'node-fetch/3.0' }), use(60, owner)]
    expect(standing(stories)).toEqual(shared)
    expect(standing(stories, { coPresenters: [{ client: 'web', agents: ['node-fetch*'] }] })).toEqual([])
    expect(standing(stories, { coPresenters: [{ client: 'app', agents: ['node-fetch*'] }] })).toEqual(shared)
  })

  it('names who and what, and says what would have to be different', () => {
    const [verdict] = lastVerdicts(foldStories([use(0, owner), use(30, thief), use(60, owner)]))
    expect(verdict?.title).toBe(
      'u-314: one access token of web used in turns from 203.0.113.0/24 (Chrome on Windows, desktop) and 198.51.100.0/24 (Firefox on Linux, desktop)',
    )
    expect(verdict?.evidence.map(({ at }) => at - storyStart)).toEqual([0, 30_000])
    expect(verdict?.explanation.margins.map(({ value, limit }) => [value, limit])).toEqual([
      [3, 2],
      [3, 3],
    ])
    expect(verdict?.explanation.wouldNotFireIf.length).toBe(3)
  })

  it('is low in confidence where subject, client and times stand for the token', () => {
    const weak = (each: Fields): Fields => ({ ...without(each, 'tokenId'), tokenIssuedAt: storyStart - 1_000 })
    const [verdict] = lastVerdicts(foldStories([use(0, owner), use(30, thief), use(60, owner)].map(weak)))
    expect([verdict?.severity, verdict?.confidence]).toEqual(['high', 'low'])
  })

  it('takes a token known by its reference alone for one, and by id and reference for the one of its id', () => {
    const bare = (each: Fields): Fields => ({ ...without(each, 'tokenId', 'tokenIssuer'), token: 'k1.00ff' })
    expect(standing([use(0, owner), use(30, thief), use(60, owner)].map(bare))).toEqual(shared)
    expect(standing([use(0, owner), use(30, { ...thief, token: 'k1.00ff' }), use(60, owner)])).toEqual(shared)
  })
})

describe('egress pools', () => {
  const ways = (token: number, atSeconds: number, other: Fields = owner): Fields[] =>
    [0, 30, 60, 90].map((at, index) =>
      use(atSeconds + at, {
        ...(index % 2 === 1 ? { ...other, clientIp: '198.51.100.7' } : owner),
        tokenId: `pool-${token}`,
        session: `S-${token}`,
        tokenExpiresAt: storyStart + 90_000_000,
      }),
    )
  const five = [0, 1, 2, 3, 4].flatMap((token) => ways(token, 60 * token))
  const otherAgent = { ...owner, userAgent: firefox }

  it.each<[string, Fields[], string[]]>([
    ['five tokens make one, from the next hour on', [...five, ...ways(9, 7_200, otherAgent)], []],
    ['in their own hour they do not', [...five, ...ways(9, 1_800, otherAgent)], shared],
    ['four tokens make none', [...five.slice(4), ...ways(9, 7_200, otherAgent)], shared],
    ['in one, two other features still count', [...five, ...ways(9, 7_200, thief)], shared],
  ])('%s', (_, stories, expected) => {
    expect(standing(stories)).toEqual(expected)
  })
})
