// Many reuses of one client: when they are one defect, which sessions are killed and when, and what stops that.

import { describe, expect, it } from 'vitest'
import { cohortOpenings } from './cohort.ts'
import { type Candidate, decideKills } from './kill.ts'
import { dayMs, refreshTokenReuseSettings } from './settings.ts'
import { type Fields, login, refresh, standing, start, summaryOf, thief, told } from './stories.ts'

const settings = refreshTokenReuseSettings.parse({})
const ours = { format: 'eastwest-event' }
const rotates = { profiles: [{ formats: ['eastwest-event'], rotation: 'on' }] }

/** A session of a user whose token is used from two places so many seconds after the start. */
function stolenAt(seconds: number, user: string, fields: Fields | object = {}): readonly Fields[] {
  const own = { ...ours, subject: user, session: `S-${user}`, ...fields }
  return [
    login(seconds - 400, `${user}-a`, own),
    refresh(seconds - 100, `${user}-a`, `${user}-b`, own),
    refresh(seconds, `${user}-a`, '', { ...own, clientIp: thief }),
  ]
}

const many = (count: number, everySeconds: number, fields: object = {}): readonly Fields[] =>
  Array.from({ length: count }, (_, index) => stolenAt(500 + index * everySeconds, `u${index}`, fields)).flat()

describe('a cohort', () => {
  const minutes = (...at: readonly number[]) =>
    at.map((each, index) => ({ at: each * 60_000, id: `${index}`, user: `u${index}` }))

  it.each<[string, ReturnType<typeof minutes>, readonly number[]]>([
    ['four users are four thefts', minutes(0, 1, 2, 3), [-1, -1, -1, -1]],
    ['five within an hour, both ends included', minutes(0, 15, 30, 45, 60), [60, 60, 60, 60, 60]],
    ['a minute more is too long', minutes(0, 15, 30, 45, 61), [-1, -1, -1, -1, -1]],
    [
      'five times one user is one user',
      minutes(0, 1, 2, 3, 4).map((each) => ({ ...each, user: 'u' })),
      [-1, -1, -1, -1, -1],
    ],
    ['what is far from it stands alone', minutes(0, 100, 101, 102, 103, 104, 200), [-1, 104, 104, 104, 104, 104, -1]],
    ['it goes on while it is large enough', minutes(0, 1, 2, 3, 4, 50, 64), [4, 4, 4, 4, 4, 50, -1]],
  ])('%s', (_, suspects, openings) => {
    expect(cohortOpenings(suspects, settings).map((at) => (at < 0 ? at : at / 60_000))).toEqual(openings)
  })

  it('is one medium alert for the client and release, with the kills held and the single ones withdrawn', () => {
    const records = told(many(5, 10, { clientVersion: '4.2.0' }), rotates)
    const [verdict, ...more] = standing(records)
    expect(more).toEqual([])
    expect(verdict).toMatchObject({
      rule: 'client-defect',
      severity: 'medium',
      entity: { keyspace: 'client', key: 'web 4.2.0' },
      count: 5,
      labels: { users: '5', killsHeld: '5', twoPlaces: '5' },
    })
    const single = records.filter(({ verdict: { entity } }) => entity.key === 'S-u0').map(({ verdict }) => verdict)
    expect(single.map(({ severity, labels }) => `${severity} ${labels.kill}`)).toEqual([
      'critical proposed',
      'info held',
    ])
  })

  it('does not form over two clients, nor over two releases of one', () => {
    const records = told(
      [...many(4, 10, { clientVersion: '1' }), ...stolenAt(560, 'v', { clientVersion: '2' })],
      rotates,
    )
    expect(summaryOf(standing(records))).toEqual(Array(5).fill('FORK critical decided'))
  })

  it('comes too late for kills that were decided before it, and says so', () => {
    const records = told(many(5, 120), rotates)
    const [verdict] = standing(records)
    expect(verdict).toMatchObject({ rule: 'client-defect', labels: { killsHeld: '1' } })
    expect(verdict?.explanation.why.join('\n')).toContain('4 kills decided before')
  })

  it('hides no theft by another client', () => {
    const theft = [
      login(0, 'z-a', { ...ours, session: 'S-z', subject: 'z' }),
      refresh(520, 'z-a', '', { ...ours, session: 'S-z', subject: 'z', client: 'cli', tokenVerdict: 'wrong-client' }),
    ]
    expect(summaryOf(standing(told([...many(200, 5), ...theft], rotates)))).toEqual([
      'THEFT critical decided',
      'client-defect medium',
    ])
  })

  it('goes on into the next day as a continuation', () => {
    const midnight = (Math.ceil(start / dayMs) * dayMs - start) / 1_000
    const records = told(
      Array.from({ length: 12 }, (_, index) => stolenAt(midnight - 300 + index * 60, `u${index}`)).flat(),
      rotates,
    )
    const slots = standing(records).map(({ slot, continues, count }) => [slot, continues, count])
    expect(slots.sort()).toEqual([
      ['2026-11-02T00:00:00.000Z', '', 5],
      ['2026-11-03T00:00:00.000Z', '2026-11-02T00:00:00.000Z', 7],
    ])
  })
})

describe('a kill', () => {
  const candidate = (seconds: number, more: Partial<Candidate> = {}): Candidate => ({
    at: start + seconds * 1_000,
    id: `${seconds}`,
    family: `S${seconds}`,
    kills: true,
    certain: false,
    killedAt: -1,
    appendedAt: start + seconds * 1_000,
    cohortAt: -1,
    ...more,
  })
  const passed = Number.POSITIVE_INFINITY

  it.each<[string, Partial<Candidate>, number, string]>([
    ['waits', {}, start + 60_000, 'proposed'],
    ['is decided once the watermark has passed the wait', {}, start + 60_001, 'decided'],
    ['of another client’s theft does not wait', { certain: true }, start, 'decided'],
    ['is held by a cohort that opens in time', { cohortAt: start + 60_000 }, passed, 'held'],
    ['is not held by one that opens later', { cohortAt: start + 60_001 }, passed, 'decided'],
    ['is not done twice', { killedAt: start }, passed, 'by-issuer'],
    ['is nothing for what calls for none', { kills: false }, passed, 'none'],
  ])('%s', (_, more, watermarkAt, expected) => {
    expect(decideKills([candidate(0, more)], () => 0, watermarkAt, settings)).toEqual([expected])
  })

  it('of one family is one kill', () => {
    const twice = Array.from({ length: 30 }, (_, index) => candidate(index, { family: 'S' }))
    expect(decideKills(twice, () => 0, passed, settings)).toEqual(Array(30).fill('decided'))
  })

  it('stops after ten within a minute, for the rest of that day, and pages', () => {
    const candidates = Array.from({ length: 13 }, (_, index) => candidate(index * 5))
    const decisions = decideKills(
      [...candidates, candidate(3_600), candidate(dayMs / 1_000)],
      () => 0,
      passed,
      settings,
    )
    expect(decisions).toEqual([...Array(10).fill('decided'), ...Array(4).fill('stopped'), 'decided'])
    const thefts = Array.from({ length: 12 }, (_, index) => [
      login(index, `${index}-a`, { ...ours, session: `S${index}` }),
      refresh(500 + index, `${index}-a`, '', {
        ...ours,
        session: `S${index}`,
        client: 'cli',
        tokenVerdict: 'wrong-client',
      }),
    ]).flat()
    const said = summaryOf(standing(told(thefts)))
    expect(said.filter((each) => each === 'THEFT critical stopped')).toHaveLength(2)
    expect(said).toContain('kill-breaker high')
  })

  it('stops above its share of the sessions of the day before, once there are enough to tell', () => {
    const candidates = Array.from({ length: 8 }, (_, index) => candidate(index * 120))
    const stopsAt = (sessions: number): number =>
      decideKills(candidates, () => sessions, passed, settings).filter((each) => each === 'decided').length
    expect([0, 100, 500, 700, 10_000].map(stopsAt)).toEqual([8, 5, 5, 7, 8])
  })

  it('says until when access tokens may be good', () => {
    const [verdict] = standing(told(stolenAt(500, 'u1'), rotates))
    expect(verdict?.labels).toMatchObject({
      kill: 'decided',
      killKey: 'S-u1',
      exposedUntil: new Date(start + 700_000).toISOString(),
    })
    expect(verdict?.explanation.why.join('\n')).toContain('kill decided: revoke the session')
  })
})
