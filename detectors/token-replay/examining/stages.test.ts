// What the stages of sessions, one-time artefacts and presenters say when they are asked, and whether answers on places agree with alerts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { severities } from '../../../schemas/findings.ts'
import { rung } from '../../../test/support/asked.ts'
import { examined, type Missed, missed, type Outcome } from '../../../test/support/token-questions.ts'
import { outcomeOf } from '../../engine/examination.ts'
import {
  chrome,
  type Fields,
  firefox,
  foldStories,
  identity,
  knownPaths,
  lastVerdicts,
  owner,
  relayed,
  storyStart,
  use,
} from '../stories.ts'

describe('a session', () => {
  const end = (at: number, action: string): Fields => ({
    kind: 'authn',
    eventAt: storyStart + at * 1_000,
    action,
    outcome: 'allowed',
    session: 'S-1',
  })
  const after = 'time used after the end'
  it.each<[string, Fields[], number, string, Outcome, Missed]>([
    ['without an end', [use(0, owner)], 0, 'logout', 'failed', [['session was ended', 'none seen', 'an end']]],
    [
      'used before its end',
      [use(0, owner), end(60, 'logout'), use(90, owner)],
      0,
      'logout',
      'failed',
      [[after, -60, 10]],
    ],
    ['used within the grace', [end(60, 'logout'), use(70, owner)], 1, 'logout', 'failed', [[after, 10, 10]]],
    ['used after the grace', [end(60, 'logout'), use(70.001, owner)], 1, 'logout', 'held', []],
    ['revoked, and used', [end(60, 'session.revoke'), use(90, owner)], 1, 'session.revoke', 'held', []],
    ['asked for by its end', [end(60, 'logout'), use(90, owner)], 0, 'logout', 'held', []],
    ['ended and not used any more', [use(0, owner), end(60, 'logout')], 1, 'logout', 'failed', [[after, -60, 10]]],
  ])('%s', (_, stories, index, name, outcome, expected) => {
    const trial = rung(examined(stories, {}, 'by-session', index), name)
    expect([outcomeOf(trial), missed(trial)]).toEqual([outcome, expected])
    expect([trial.slot, trial.entity]).toEqual(['session', { keyspace: 'session', key: 'S-1' }])
  })

  it('says of an earlier use until when it went on', () => {
    const asked = examined([end(60, 'logout'), use(70, owner), use(90, owner)], {}, 'by-session', 1)
    expect(asked.notes).toEqual(['the session was last used 20 s later, at 2025-03-14T09:01:30.000Z'])
  })
})

describe('a one-time artefact', () => {
  const proof = { proofId: 'p', tokenBinding: 'jkt:A', presenterBinding: 'jkt:A', tokenScheme: 'dpop' }
  const retry = (attempt: number): Fields => use(attempt, { ...owner, ...proof, requestId: 'r', attempt })
  const code = { kind: 'authn', action: 'code.exchange', tokenKind: 'authorization-code', token: 'k1.c0de' }
  const reused = { ...code, eventAt: storyStart, outcome: 'denied', tokenVerdict: 'reused', nativeId: 'n' }
  it.each<[string, Fields[], string, Outcome, Missed]>([
    ['of one request', [use(0, { ...owner, ...proof })], 'second-request', 'failed', [['distinct requests', 1, 2]]],
    ['sent again by the mesh', [retry(1), retry(2)], 'second-request', 'failed', [['distinct requests', 1, 2]]],
    [
      'in a second request',
      [use(0, { ...owner, ...proof }), use(5, { ...owner, ...proof })],
      'second-request',
      'held',
      [],
    ],
    ['that the issuer saw before', [reused], 'reused-by-issuer', 'held', []],
  ])('%s', (_, stories, name, outcome, expected) => {
    const trial = rung(examined(stories, {}, 'by-artefact'), name)
    expect([trial.rule, outcomeOf(trial), missed(trial)]).toEqual(['replayed-artefact', outcome, expected])
  })

  it('is named as its alert is', () => {
    const { slot, entity } = rung(examined([retry(1)], {}, 'by-artefact'), 'second-request')
    expect([slot, entity]).toEqual(['dpop-proof', { keyspace: 'token', key: 'jkt:A p' }])
  })

  it('says that attempts of one request count as the first', () => {
    expect(examined([retry(1), retry(2)], {}, 'by-artefact').notes[0]).toMatch(/attempts of one request count once/)
    expect(examined([retry(1), retry(2)], {}, 'by-artefact', 0).notes).toEqual([])
  })
})

describe('a presenter inside the mesh', () => {
  const known = knownPaths()
  const settings = { learningClock: 'event-time' }
  const ways = 'ways from an ingress to the presenter'
  it.each<[string, string, Outcome, Missed]>([
    ['that an ingress reaches', 'orders', 'failed', [[ways, 'a way, or not ruled out', 'none']]],
    ['that nobody saw before', 'stranger', 'failed', [[ways, 'a way, or not ruled out', 'none']]],
    ['that no ingress reaches', 'report', 'held', []],
  ])('%s', (_, presenter, outcome, expected) => {
    const asked = examined([...known, use(0, owner), relayed(9, presenter, 'payments')], settings, 'by-presenter')
    const trial = rung(asked, 'no-path')
    expect([trial.rule, outcomeOf(trial), missed(trial)]).toEqual(['in-mesh-theft', outcome, expected])
    expect([trial.slot, trial.entity]).toEqual([
      '2025-03-14T09:00:00.000Z',
      { keyspace: 'caller', key: identity(presenter) },
    ])
    expect(asked.notes.length).toBe(outcome === 'held' ? 1 : 0)
  })
})

describe('what is said of places', () => {
  const told = fc.record({
    atMs: fc.oneof(
      fc.integer({ min: 0, max: 12 }).map((half) => half * 500),
      fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * 60_000),
      fc.constantFrom(599_000, 600_000, 600_001, 1_200_001),
    ),
    clientIp: fc.constantFrom('203.0.113.9', '198.51.100.77', '192.0.2.40'),
    userAgent: fc.constantFrom('', chrome, firefox),
    tlsFingerprint: fc.constantFrom('', 'ja4-a', 'ja4-b'),
    durationMs: fc.constantFrom(-1, 1_000, 90_000),
  })

  it('agrees with the alert on the token, whatever the uses', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 8 }), (uses) => {
        const stories = uses.map(({ atMs, ...fields }, index) =>
          use(atMs / 1_000, { ...fields, requestId: `r${index}`, tokenExpiresAt: storyStart + 14_400_000 }),
        )
        const verdict = lastVerdicts(foldStories(stories)).find(({ rule }) => rule === 'shared-token')
        const gravest = stories.map((_, index) => {
          const trials = examined(stories, {}, 'by-token', index).trials.filter(({ rule }) => rule === 'shared-token')
          const held = trials.filter((trial) => outcomeOf(trial) === 'held')
          const isInfo = trials.some((trial) => outcomeOf(trial) === 'info')
          return held.length > 0
            ? Math.max(...held.map(({ severity }) => severities.indexOf(severity)))
            : severities.indexOf('info') - (isInfo ? 0 : 1)
        })
        const expected = verdict === undefined ? severities.indexOf('info') - 1 : severities.indexOf(verdict.severity)
        expect(Math.max(...gravest)).toBe(expected)
        seen.set(verdict?.severity ?? 'none', (seen.get(verdict?.severity ?? 'none') ?? 0) + 1)
      }),
      { numRuns: 100 },
    )
    for (const severity of ['none', 'info', 'medium', 'high']) expect(seen.get(severity) ?? 0).toBeGreaterThan(1)
  })
})
