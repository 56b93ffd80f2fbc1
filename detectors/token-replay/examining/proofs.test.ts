// What is said of the key of a token and of its revocation: what one event proves, and what it falls short of.

import { describe, expect, it } from 'vitest'
import { rung } from '../../../test/support/asked.ts'
import { examined, type Missed, missed, type Outcome } from '../../../test/support/token-questions.ts'
import { outcomeOf } from '../../engine/examination.ts'
import { type Fields, owner, relayed, use } from '../stories.ts'

describe('the key of a token', () => {
  const jkt = { ...owner, tokenBinding: 'jkt:A', presenterBinding: 'jkt:A', tokenScheme: 'dpop' }
  const bearer = { ...owner, tokenBinding: 'jkt:A', tokenScheme: 'bearer' }
  const x5t = { tokenBinding: 'x5t:a', presenterBinding: 'x5t:b' }
  it.each<[string, Fields, unknown, string, Outcome, Missed]>([
    ['is with it', use(0, jkt), {}, 'other-key', 'failed', [['presented with another key', 'jkt:A', 'not jkt:A']]],
    ['is another', use(0, { ...jkt, presenterBinding: 'jkt:B' }), {}, 'other-key', 'held', []],
    ['is missing', use(0, bearer), {}, 'bound-as-bearer', 'held', []],
    [
      'is not logged',
      use(0, { ...bearer, tokenScheme: 'dpop' }),
      {},
      'bound-as-bearer',
      'failed',
      [['presented as bearer', 'dpop', 'bearer']],
    ],
    [
      'is left behind at the gateway, as it may',
      relayed(0, 'istio-ingressgateway', 'orders', bearer),
      { boundTokens: 'ingress' },
      'bound-as-bearer',
      'failed',
      [['key asked for at this hop', 'ingress', 'everywhere']],
    ],
    [
      'is the certificate of the gateway',
      relayed(0, 'istio-ingressgateway', 'orders', x5t),
      {},
      'other-key',
      'failed',
      [['key asked for at this hop', 'inside', 'ingress']],
    ],
    [
      'was missed by the issuer',
      { ...use(0), kind: 'authn', action: 'token.introspect', outcome: 'denied', tokenVerdict: 'binding-mismatch' },
      {},
      'issuer-refused-key',
      'held',
      [],
    ],
  ])('%s', (_, story, settings, name, outcome, expected) => {
    const trial = rung(examined([story], settings), name)
    expect([trial.rule, trial.severity, outcomeOf(trial), missed(trial)]).toEqual([
      'token-without-key',
      'critical',
      outcome,
      expected,
    ])
  })

  it('is nothing to ask for where the token names none', () => {
    expect(examined([use(0, owner)]).trials.map(({ rule }) => rule)).not.toContain('token-without-key')
  })
})

describe('a token that was revoked', () => {
  const revoked = (at: number): Fields => ({
    ...use(at, { kind: 'authn', action: 'token.revoke', outcome: 'allowed' }),
    nativeId: 'revocation',
  })
  const after = 'time used after the end'
  it.each<[string, Fields[], number, string, Outcome, Missed]>([
    ['never', [use(0, owner)], 0, 'used-after-revocation', 'failed', [['revoked', 'none seen', 'a revocation']]],
    ['later', [use(0, owner), revoked(60)], 0, 'used-after-revocation', 'failed', [[after, -60, 10]]],
    ['within the grace before', [revoked(60), use(70, owner)], 1, 'used-after-revocation', 'failed', [[after, 10, 10]]],
    ['longer before', [revoked(60), use(70.001, owner)], 1, 'used-after-revocation', 'held', []],
    ['and not used any more', [use(60, owner), revoked(61)], 1, 'revoked', 'failed', [[after, -1, 10]]],
    ['and never used', [revoked(60)], 0, 'revoked', 'failed', [[after, 'none', '10 s']]],
    ['and went on being used', [use(0, owner), revoked(60), use(71, owner)], 1, 'revoked', 'held', []],
  ])('%s', (_, stories, index, name, outcome, expected) => {
    const trial = rung(examined(stories, {}, 'by-token', index), name)
    expect([trial.rule, outcomeOf(trial), missed(trial)]).toEqual(['used-after-end', outcome, expected])
    expect([trial.slot, trial.entity?.key]).toEqual(['token', 'https://idp.example at-1'])
  })
})
