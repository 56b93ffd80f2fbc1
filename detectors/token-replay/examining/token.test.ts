// What an analyst is told who asks why the use of a token, a session, a proof or a hop raised nothing, or less than it might.

import { describe, expect, it } from 'vitest'
import { rung } from '../../../test/support/asked.ts'
import { examined, type Missed, missed, type Outcome } from '../../../test/support/token-questions.ts'
import { type Examination, nearestMiss, outcomeOf } from '../../engine/examination.ts'
import { type Fields, owner, relayed, storyStart, thief, use, without } from '../stories.ts'

const bare = (each: Fields): Fields => without(each, 'tlsFingerprint')
const elsewhere: Fields = { ...owner, clientIp: '198.51.100.77' }

describe('a use of a token', () => {
  it.each<[string, Fields[], unknown, string, Outcome, Missed]>([
    ['from the only place', [use(0, owner), use(60, owner)], {}, 'interleaved', 'failed', [['places', 1, 2]]],
    ['in turns with another place', [use(0, owner), use(30, thief), use(60, owner)], {}, 'interleaved', 'held', []],
    [
      'with gaps that are too short',
      [use(0, owner), use(0.999, thief), use(1.998, owner)],
      {},
      'interleaved',
      'failed',
      [
        ['gap before', 0.999, 1],
        ['gap after', 0.999, 1],
      ],
    ],
    [
      'with a gap that is too long before it',
      [use(0, owner), use(600.001, thief), use(1_200, owner)],
      {},
      'interleaved',
      'failed',
      [['gap before', 600.001, 600]],
    ],
    [
      'with a gap that is too long after it',
      [use(0, owner), use(30, thief), use(630.001, owner)],
      {},
      'interleaved',
      'failed',
      [['gap after', 600.001, 600]],
    ],
    [
      'after which the other place was not used again',
      [use(0, owner), use(30, thief)],
      {},
      'interleaved',
      'failed',
      [['gap before', 'none', 'a use']],
    ],
    [
      'beside others that began and ended within a second of it',
      [use(0, owner), use(0.5, thief), use(2.5, thief), use(3, owner)],
      {},
      'interleaved',
      'held',
      [],
    ],
    [
      'beside others for a moment too short',
      [use(0, owner), use(0.5, thief), use(2.499, thief), use(3, owner)],
      {},
      'interleaved',
      'failed',
      [['time in use at both places', 1.999, 2]],
    ],
    [
      'in turns, where one feature differs',
      [use(0, owner), use(30, elsewhere), use(60, owner)],
      {},
      'interleaved',
      'info',
      [['features that differ', 1, 2]],
    ],
    [
      'in turns, where a network and its kind differ',
      [use(0, owner), use(30, { ...elsewhere, clientNetwork: 'hosting' }), use(60, owner)],
      {},
      'interleaved',
      'info',
      [['features that differ', 1, 2]],
    ],
    [
      'in turns with a place of which nothing else is known',
      [use(0, owner), use(30, {}), use(60, owner)],
      {},
      'interleaved',
      'failed',
      [['features that differ', 0, 2]],
    ],
    [
      'in turns with a declared co-presenter',
      [use(0, owner), use(30, thief), use(60, owner)],
      { coPresenters: [{ client: 'web', agents: ['Firefox*'] }] },
      'interleaved',
      'failed',
      [['no co-presenter', 'declared', 'none']],
    ],
    [
      'within a long request from elsewhere',
      [use(0, { ...owner, durationMs: 60_000 }), use(0.5, thief)],
      {},
      'overlapping',
      'held',
      [],
    ],
    [
      'just after one',
      [use(0, { ...owner, durationMs: 60_000 }), use(60, thief)],
      {},
      'overlapping',
      'failed',
      [['request still open', 60, 60]],
    ],
    ['once from here, then from there', [use(0, owner), use(30, thief)], {}, 'one-way', 'held', []],
    [
      'one way, where the client stays the same',
      [use(0, owner), use(30, elsewhere)],
      {},
      'one-way',
      'info',
      [['features that differ', 1, 3]],
    ],
    [
      'one way, where two features are known',
      [use(0, bare(owner)), use(30, thief)],
      {},
      'one-way',
      'info',
      [['features known of both', 2, 3]],
    ],
    ['before it expires', [use(0, owner)], {}, 'expired', 'failed', [['time after expiry', -3_600, 60]]],
    ['within the skew of clocks', [use(3_660, owner)], {}, 'expired', 'failed', [['time after expiry', 60, 60]]],
    [
      'refused after its time',
      [use(3_661, { ...owner, httpStatus: 401, outcome: 'denied' })],
      {},
      'expired',
      'failed',
      [['accepted', 'refused', 'accepted']],
    ],
    ['after its time', [use(3_661, owner)], {}, 'expired', 'held', []],
    [
      'a moment before it was issued',
      [use(0, { ...owner, tokenIssuedAt: storyStart + 60_000 })],
      {},
      'issued-in-future',
      'failed',
      [['time before issue', 60, 60]],
    ],
  ])('%s', (_, stories, settings, name, outcome, expected) => {
    const trial = rung(examined(stories, settings), name)
    expect([outcomeOf(trial), missed(trial)]).toEqual([outcome, expected])
    expect([trial.slot, trial.entity]).toEqual([
      trial.rule === 'shared-token' ? 'places' : 'token',
      { keyspace: 'token', key: 'https://idp.example at-1' },
    ])
  })

  it('is put to the shapes in order, through the first that fits', () => {
    const rungs = (stories: readonly Fields[]): readonly string[] =>
      examined(stories).trials.flatMap(({ rule, rung: name }) => (rule === 'shared-token' ? [name] : []))
    expect(rungs([use(0, owner), use(30, thief), use(60, owner)])).toEqual(['interleaved'])
    expect(rungs([use(0, { ...owner, durationMs: 60_000 }), use(0.5, thief)])).toEqual(['interleaved', 'overlapping'])
    expect(rungs([use(0, owner), use(30, thief)])).toEqual(['interleaved', 'overlapping', 'one-way'])
  })

  it('is told as a whole: the gap, where it lies, and what would count', () => {
    const asked = examined([use(0, owner), use(600.001, thief), use(1_200, owner)])
    expect(rung(asked, 'interleaved').gates.find(({ passed }) => !passed)?.text).toBe(
      'a use from its place 600.001 s before the use from the other place at 2025-03-14T09:10:00.001Z; 1 s to 600 s count',
    )
    expect(asked.notes[0]).toBe(
      'its place: 203.0.113.0/24 (Chrome on Windows, desktop); the other place: 198.51.100.0/24 (Firefox on Linux, desktop)',
    )
  })

  it('from one place only has that as its nearest miss', () => {
    expect(nearestMiss(examined([use(0, owner), use(60, owner)]).trials)?.gates[0]?.text).toBe(
      'used from one place only: 203.0.113.0/24 (Chrome on Windows, desktop); limit 2',
    )
  })

  it.each<[string, Fields[], string, RegExp]>([
    [
      'a shared network, by a step',
      [use(0, owner), use(30, { ...thief, clientNetwork: 'vpn' }), use(60, owner)],
      'medium',
      /shared by many people/,
    ],
    [
      'what anybody can write, by a step',
      [use(0, bare(owner)), use(30, bare(thief)), use(60, bare(owner))],
      'medium',
      /only forwarded address and user agent/,
    ],
    [
      'a pool, which a later stage knows',
      [use(0, owner), use(30, thief), use(60, owner)],
      'high',
      /203\.0\.113\.0\/24 and 198\.51\.100\.0\/24 are one egress pool/,
    ],
  ])('is said to be made less severe by %s', (_, stories, severity, note) => {
    const asked = examined(stories)
    const trial = rung(asked, 'interleaved')
    expect([outcomeOf(trial), trial.severity]).toEqual(['held', severity])
    expect(asked.notes.join('\n')).toMatch(note)
  })

  it('behind an ingress that reports the token itself is no place', () => {
    const asked = examined([use(0, owner), relayed(30, 'istio-ingressgateway', 'orders', thief)])
    expect(asked.trials.map(({ rule }) => rule)).not.toContain('shared-token')
    expect(asked.notes[0]).toMatch(/the ingress reports uses of this token itself/)
  })

  it('is bounded and fit to show, whatever strangers wrote', () => {
    const hostile = { ...thief, caller: `x\n\u202e${'y'.repeat(5_000)}`, callerFrom: 'mtls' }
    const bound = { tokenBinding: `jkt:\u001b${'k'.repeat(5_000)}`, tokenScheme: `s\r${'z'.repeat(5_000)}` }
    const { trials, notes } = examined([use(0, owner), use(30, hostile), use(60, { ...hostile, ...bound })])
    const gates = trials.flatMap((trial) => trial.gates)
    const texts = [...notes, ...gates.flatMap(({ text, value, limit }) => [text, String(value), String(limit)])]
    expect(gates.map(({ name }) => name)).toContain('presented as bearer')
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(300)
      expect(text).not.toMatch(/[\p{Cc}\u202e]/u)
    }
  })
})

describe('a token of which more is known', () => {
  const notes = ({ notes: said }: Examination): string => said.join('\n')

  it('tells who presented it inside the mesh without a way from an ingress', () => {
    const known = ['istio-ingressgateway orders', 'orders payments', 'scheduler report'].flatMap((edge) => {
      const [caller = '', destination = ''] = edge.split(' ')
      return [1, 2, 3].map((hour) => ({
        ...without(relayed(-777_600 + hour * 3_600, caller, destination), 'tokenId', 'tokenIssuer'),
        callerInstance: `10.0.0.${hour}`,
        requestId: `${edge} ${hour}`,
      }))
    })
    const stories = [...known, relayed(9, 'report', 'payments'), use(20, owner)]
    expect(notes(examined(stories, { learningClock: 'event-time' }))).toMatch(
      /it was presented by report, to whom no way/,
    )
  })

  it('says what its record lacks', () => {
    const stories = [without({ ...use(0, owner), tokenIssuedAt: storyStart }, 'tokenExpiresAt')]
    expect(notes(examined(stories))).toMatch(/does not say when the token expires/)
    const claims = [without({ ...use(0, owner), tokenIssuedAt: storyStart }, 'tokenId')]
    expect(notes(examined(claims))).toMatch(/no id of its own/)
  })

  it('says that earlier uses are let go once a token stayed in one place', () => {
    const asked = examined(
      [0, 1_200, 1_700, 2_200, 2_700].map((at) => use(at, owner)),
      {},
      'by-token',
      0,
    )
    expect(missed(rung(asked, 'interleaved'))).toEqual([['places', 1, 2]])
    expect(asked.notes).toEqual([
      'it lies outside of what is held of its token: uses from 2025-03-14T09:20:00.000Z on, as far as there was room',
    ])
  })

  it('says what found no room', () => {
    const many = Array.from({ length: 20 }, (_, at) =>
      use(at * 60, at % 2 === 0 ? owner : { ...thief, device: `d${at}` }),
    )
    const asked = examined(many, { limits: { stretches: 8 } })
    expect(notes(asked)).toMatch(/nothing is held of uses from its place/)
    expect(notes(asked)).toMatch(/found no room/)
    expect(asked.forgotten).toBe(true)
  })
})
