// Proves which operations are recognised, and that the settings can name one’s own keys.

import { describe, expect, it } from 'vitest'
import { onlyEvent } from '../../../test/support/decode-text.ts'
import { appJson } from '../app-json.ts'
import type { DecodeContext } from '../decoder.ts'
import { decoderSettings, defaultDecoderSettings } from '../settings.ts'
import { mappableNames } from './facts.ts'
import { fieldName } from './record-fields.ts'
import { factNames, spellings } from './spellings.ts'

function only(record: object | string, changes: Partial<DecodeContext> = {}) {
  return onlyEvent(appJson, typeof record === 'string' ? record : JSON.stringify(record), changes)
}

const at = Date.UTC(2025, 2, 14, 11, 42, 1, 123)

describe('other sensitive operations', () => {
  it.each([
    [
      { event: 'payout', user_id: 'U', payout_id: 'po_1', amount: '5' },
      { action: 'payout', operationId: 'po_1', amountMinor: 500, currency: 'XXX' },
    ],
    [
      { event: 'role_change', user_id: 'ADM-1', target_user_id: 'U', role: 'admin' },
      { action: 'role.change', subject: 'U', actor: 'ADM-1', resource: 'admin', actorRole: '' },
    ],
    [
      { action: 'key_rotation', actor: 'svc', key_id: 'k-1' },
      { action: 'key.rotate', resource: 'k-1', actor: 'svc' },
    ],
    [
      { action: 'ReadSecret', principal: 'svc', secret: 'db/main' },
      { action: 'secret.read', subject: 'svc', resource: 'db/main' },
    ],
    [
      { event: 'deployment', service: 'cart', actor: 'ci' },
      { action: 'deploy', workload: 'cart', actor: 'ci' },
    ],
    [
      { event: 'PasswordReset', userId: 'U', initiatedBy: 'AGT-4' },
      { action: 'password.reset', subject: 'U', actor: 'AGT-4' },
    ],
    [{ event: 'mfa_disabled', userId: 'U' }, { action: 'mfa.reset' }],
    [
      {
        event: 'authorization',
        user_id: 'U',
        action: 'orders:read',
        resource: 'orders/1',
        decision: 'deny',
        policy: 'p1',
        reason: 'not owner',
      },
      {
        kind: 'authz',
        action: 'orders.read',
        outcome: 'denied',
        policy: 'p1',
        resource: 'orders/1',
        outcomeReason: 'not owner',
      },
    ],
    [
      { event: 'access_check', sub: 'U', allowed: false },
      { kind: 'authz', action: 'authorize', outcome: 'denied' },
    ],
    [
      { event: 'authorization', sub: 'U', decision: 'would_deny' },
      { kind: 'authz', outcome: 'would-deny' },
    ],
    [
      { event: 'refund', action: 'view', user_id: 'U' },
      { kind: 'action', action: 'refund.view' },
    ],
    [
      { event: 'refund', action: 'approve', user_id: 'U' },
      { action: 'refund', outcome: 'allowed' },
    ],
    [
      { event: 'EXPORT_REPORT', user_id: 'U' },
      { kind: 'action', action: 'export.report' },
    ],
    [
      { event: 'token_refresh', client_id: 'web', jti: 'j-1', iss: 'https://id.shop' },
      {
        kind: 'authn',
        action: 'token.refresh',
        tokenId: 'j-1',
        tokenIssuer: 'https://id.shop',
        tokenFrom: 'field',
        outcome: '',
      },
    ],
    [{ event: 'refund', user_id: 'U', livemode: false }, { environment: 'sandbox' }],
    [{ event: 'refund', user_id: 'U', environment: 'test', sandbox: true }, { environment: 'test' }],
    [
      { event: 'refund', user_id: 42, order_id: 1201 },
      { subject: '42', payment: '1201' },
    ],
    [
      { event: 'refund', user_id: 'U', payment_id: 'p', order_id: 'o' },
      { payment: 'p', attributesJson: { order_id: 'o' } },
    ],
  ])('%j', (record, expected) => {
    expect(only({ msg: 'm', time: '2025-03-14T11:42:01.123Z', ...record })).toMatchObject({ eventAt: at, ...expected })
  })
})

describe('settings', () => {
  it('map keys of one’s own before the usual spellings, and only to that', () => {
    const settings = {
      ...defaultDecoderSettings,
      fieldNames: {
        actor: ['user_id'],
        subject: ['Kunde.Nr'],
        action: ['was'],
        amountMinor: ['amount'],
        eventAt: ['wann'],
      },
    }
    const record = {
      was: 'refund',
      wann: '2025-03-14T11:42:01.123Z',
      time: '2020-01-01T00:00:00Z',
      user_id: 'AGT-4',
      Kunde: { nr: 'C-1' },
      customer_id: 'other',
      amount: 8999,
    }
    expect(only(record, { settings })).toMatchObject({
      action: 'refund',
      eventAt: at,
      actor: 'AGT-4',
      subject: 'C-1',
      amountMinor: 8999,
      attributesJson: { customer_id: 'other', time: '2020-01-01T00:00:00Z' },
    })
  })

  it('make a record known that has keys of one’s own only', () => {
    const settings = { ...defaultDecoderSettings, fieldNames: { action: ['was'], subject: ['wer'] } }
    expect(only({ was: 'refund', wer: 'U' }, { settings })).toMatchObject({ action: 'refund', subject: 'U' })
  })

  it('give the zone of stamps without one', () => {
    const settings = { ...defaultDecoderSettings, timeZones: { '': 'Europe/Berlin' } }
    expect(only({ event: 'login', user_id: 'U', time: '2025-03-14 12:42:01.123' }, { settings }).eventAt).toBe(at)
  })

  it('are refused where they map what no record states', () => {
    expect(decoderSettings.safeParse({ fieldNames: { subject: ['kunde'], eventAt: ['wann'] } }).success).toBe(true)
    expect(decoderSettings.safeParse({ fieldNames: { subjekt: ['kunde'] } }).success).toBe(false)
    expect(decoderSettings.safeParse({ fieldNames: { tenant: ['kunde'] } }).success).toBe(false)
  })

  it('can map every fact, and each spelling means one fact only', () => {
    expect(mappableNames).toContain('subject')
    const all = factNames.flatMap((fact) => spellings[fact].split(' '))
    expect(new Set(all).size).toBe(all.length)
    for (const name of all) expect(fieldName(name)).toBe(name)
  })
})
