// Proves what a result says of a decision, whatever its shape.

import { describe, expect, it } from 'vitest'
import { decided } from '../../../test/support/decision.ts'

describe('a decision', () => {
  it.each<readonly [string, object, object]>([
    ['true', { result: true }, { outcome: 'allowed', outcomeReason: '' }],
    ['false', { result: false }, { outcome: 'denied', outcomeReason: '' }],
    ['"true"', { result: 'true' }, { outcome: 'allowed' }],
    ['"deny"', { result: 'deny' }, { outcome: 'denied' }],
    ['nothing, for the path is undefined', { result: undefined }, { outcome: 'denied', outcomeReason: 'undefined' }],
    ['null', { result: null }, { outcome: '', outcomeBasis: '' }],
    ['a number', { result: 1 }, { outcome: '' }],
    ['allow', { result: { allow: true } }, { outcome: 'allowed' }],
    [
      'allow and reasons',
      { result: { allow: false, reasons: ['role', 'limit'] } },
      { outcome: 'denied', outcomeReason: 'role; limit' },
    ],
    [
      'what Envoy is to answer',
      { result: { allowed: false, http_status: 403, headers: { 'x-deny-reason': 'role' }, body: 'no' } },
      { outcome: 'denied', httpStatus: 403, outcomeReason: 'no' },
    ],
    ['a status alone', { result: { http_status: 401 } }, { outcome: 'denied', outcomeBasis: 'http', httpStatus: 401 }],
    [
      'reasons against',
      { result: { deny: ['over the limit'] } },
      { outcome: 'denied', outcomeReason: 'over the limit' },
    ],
    ['no reasons against', { result: { deny: [] } }, { outcome: 'allowed' }],
    ['a word', { result: { decision: 'ALLOW' } }, { outcome: 'allowed' }],
    [
      'an object that says nothing we know',
      { result: { score: 3 } },
      { outcome: '', attributesJson: { result: { score: 3 } } },
    ],
    ['a mapped result', { result: { score: 3 }, mapped_result: true }, { outcome: 'allowed' }],
    [
      'an error',
      {
        result: undefined,
        error: { code: 'eval_conflict_error', message: 'complete rules must not produce multiple outputs' },
      },
      { outcome: 'failed', outcomeReason: 'eval_conflict_error: complete rules must not produce multiple outputs' },
    ],
  ])('with the result %s', (_, changes, expected) => {
    const { attributesJson, ...columns } = expected as { attributesJson?: object } // of the table above
    const event = decided(changes)
    expect(event).toMatchObject(columns)
    if (attributesJson !== undefined) expect(event.attributesJson).toMatchObject(attributesJson)
  })
})
