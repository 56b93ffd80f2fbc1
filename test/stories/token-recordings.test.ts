// What real issuers logged on good and bad days, judged by every detector: the settled class and severity, or silence.

import { describe, expect, it } from 'vitest'
import { judgeRecording } from '../support/judge-recording.ts'
import { recording } from '../support/recordings.ts'

function told(path: string, order: 'as logged' | 'reversed' = 'as logged'): readonly string[] {
  const lines = recording(path)
  const { standing } = judgeRecording(order === 'reversed' ? [...lines].reverse() : lines)
  return standing
    .map(({ detector, verdict }) => `${detector} ${verdict.severity} ${verdict.labels.class ?? verdict.rule}`)
    .sort()
}

const attacks: readonly (readonly [string, string])[] = [
  ['parent-reused', 'critical FORK'],
  ['thief-refreshes-first', 'critical FORK'],
  ['ancestor-reused', 'high THEFT-LIKELY'],
  ['ancestor-accepted', 'high THEFT-LIKELY'],
  ['other-client', 'medium THEFT'],
  ['used-after-logout-elsewhere', 'high PERSISTENCE'],
]
const benign = [
  'login-and-rotation',
  'browser-login',
  'two-tabs-loser-first',
  'two-tabs-winner-first',
  'lost-response',
  'logout-in-one-tab',
  'rotation-off',
  'revocation',
]

describe('Keycloak’s bad days', () => {
  it.each(attacks.flatMap(([story, expected]) => ['.log', '.events.jsonl'].map((form) => [story + form, expected])))(
    '%s is told as %s',
    (file, expected) => {
      expect(told(`keycloak/${file}`)).toContain(`refresh-token-reuse ${expected}`)
    },
  )
})

describe('Keycloak’s good days', () => {
  it.each(benign.flatMap((story) => [`${story}.log`, `${story}.events.jsonl`]))('%s is not told', (file) => {
    expect(told(`keycloak/${file}`)).toEqual([])
  })

  it.each(['two-tabs-loser-first.log', 'two-tabs-winner-first.log'])('%s is not told backwards either', (file) => {
    expect(told(`keycloak/${file}`, 'reversed')).toEqual([])
  })
})

describe('a log that holds only failures', () => {
  it('is told as what the issuer reports, with how to log successes', () => {
    expect(told('keycloak/failures-only.log')).toContain('refresh-token-reuse medium ISSUER REPORTS REUSE')
    expect(judgeRecording(recording('keycloak/failures-only.log')).hints.join('\n')).toMatch(/success/i)
  })
})

describe('oidc-provider', () => {
  it.each([
    ['token-reused', 'critical FORK'],
    ['other-client', 'medium THEFT'],
  ])('%s is told as %s', (story, expected) => {
    expect(told(`oidc-provider/${story}.jsonl`)).toContain(`refresh-token-reuse ${expected}`)
  })

  it.each(['login-and-rotation', 'two-tabs', 'logout', 'revocation'])('%s is not told', (story) => {
    expect(told(`oidc-provider/${story}.jsonl`)).toEqual([])
  })
})
