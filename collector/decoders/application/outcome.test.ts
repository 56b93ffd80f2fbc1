// Proves how an application’s record says what became of it.

import { describe, expect, it } from 'vitest'
import { onlyEvent } from '../../../test/support/decode-text.ts'
import { appJson } from '../app-json.ts'

function only(record: object | string) {
  return onlyEvent(appJson, typeof record === 'string' ? record : JSON.stringify(record))
}

describe('an outcome', () => {
  const login = { event: 'authentication', user_id: 'U' }
  it.each([
    [{ ...login, success: true }, 'allowed', 'field', ''],
    [{ ...login, success: 'true' }, 'allowed', 'field', ''],
    [{ ...login, success: 1 }, 'allowed', 'field', ''],
    [{ ...login, success: 'false' }, 'failed', 'field', ''],
    [{ ...login, authenticated: false, reason: 'bad_password' }, 'failed', 'field', 'bad_password'],
    [{ ...login, outcome: 'SUCCESS' }, 'allowed', 'field', ''],
    [{ ...login, result: 'blocked' }, 'denied', 'field', 'blocked'],
    [{ ...login, status: 200 }, 'allowed', 'http', ''],
    [{ ...login, status: 401 }, 'denied', 'http', '401'],
    [{ ...login, status_code: 503 }, 'failed', 'http', ''],
    [{ ...login, success: true, status: 'failed' }, 'failed', 'field', 'failed'],
    [{ ...login, success: false, status: 'denied' }, 'denied', 'field', 'denied'],
    [{ ...login, error: 'invalid_grant' }, 'failed', 'field', 'invalid_grant'],
    [{ ...login, error: false }, '', '', ''],
    [{ ...login, error: null }, '', '', ''],
    [{ ...login, level: 'error' }, 'failed', 'field', ''],
    [{ ...login }, '', '', ''],
    [{ event: 'refund', user_id: 'U' }, 'allowed', '', ''],
    [
      { event: 'refund', user_id: 'U', error: { message: 'declined by processor', code: 51 } },
      'failed',
      'field',
      'declined by processor',
    ],
    [{ event: 'refund', user_id: 'U', status: 'PENDING' }, 'pending', 'field', 'PENDING'],
    [{ event: 'refund', user_id: 'U', status: 'reversed' }, 'reversed', 'field', 'reversed'],
    [{ event: 'refund', user_id: 'U', status: 'glittering' }, '', '', 'glittering'],
    [{ event: 'refund_failed', user_id: 'U' }, 'failed', 'field', ''],
  ])('of %j is %j', (record, outcome, outcomeBasis, outcomeReason) => {
    expect(only(record)).toMatchObject({ outcome, outcomeBasis, outcomeReason })
  })
})
