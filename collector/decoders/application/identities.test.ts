// Proves whom a record names, and how far each name can be trusted.

import { describe, expect, it } from 'vitest'
import { formatReference } from '../../../schemas/token-reference.ts'
import { onlyEvent } from '../../../test/support/decode-text.ts'
import { appJson } from '../app-json.ts'

function only(record: object | string) {
  return onlyEvent(appJson, typeof record === 'string' ? record : JSON.stringify(record))
}

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('a token', () => {
  const hash = '0123456789abcdef0123456789abcdef'
  const reference = formatReference({
    keyId: 'k1',
    hash,
    claims: {
      iss: 'https://id.shop',
      sub: 'USR-99',
      azp: 'web',
      jti: 'j-1',
      sid: 's-1',
      scope: 'pay',
      exp: 1741956121,
      cnf: { jkt: 'thumb' },
    },
  })

  it.each([
    ['token', reference],
    ['access_token', reference],
    ['authorization', `Bearer ${reference}`],
  ])('in %s gives its hash and the claims that the record leaves open, as asserted', (key, value) => {
    expect(only({ event: 'login', [key]: value })).toMatchObject({
      token: `k1.${hash}`,
      tokenFrom: 'asserted',
      tokenIssuer: 'https://id.shop',
      tokenId: 'j-1',
      tokenExpiresAt: 1741956121000,
      tokenBinding: 'jkt:thumb',
      scope: 'pay',
      subject: 'USR-99',
      subjectFrom: 'asserted',
      client: 'web',
      clientFrom: 'asserted',
      session: 's-1',
      sessionFrom: 'asserted',
      attributes: '',
    })
  })

  it('never takes the place of what the record says itself', () => {
    expect(only({ event: 'login', user_id: 'U', token: reference })).toMatchObject({
      subject: 'U',
      subjectFrom: 'field',
      client: 'web',
    })
  })
})

describe('addresses and traces', () => {
  it.each([
    [
      { client_ip: '203.0.113.9', remote_addr: '10.0.0.1:443' },
      { sourceIp: '10.0.0.1', clientIp: '203.0.113.9' },
    ],
    [{ client_ip: '203.0.113.9' }, { sourceIp: '203.0.113.9', clientIp: '203.0.113.9' }],
    [
      { 'X-Forwarded-For': '203.0.113.9, 10.0.0.2', ip: '10.0.0.1' },
      { sourceIp: '10.0.0.1', clientIp: '203.0.113.9' },
    ],
    [{ ip: '[2001:DB8::1]:443' }, { sourceIp: '2001:db8::1' }],
    [{ ip: 'fe80::1%eth0' }, { sourceIp: 'fe80::1' }],
    [{ ip: 'localhost' }, { sourceIp: '', attributesJson: { ip: 'localhost' } }],
    [{ ip: 'unknown' }, { sourceIp: '' }],
    [{ traceparent }, { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }],
    [
      { 'dd.trace_id': '11803532876627986230', 'dd.span_id': '67667974448284343' },
      { traceId: 'a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' },
    ],
  ])('%j', (record, expected) => {
    expect(only({ event: 'login', user_id: 'U', ...record })).toMatchObject(expected)
  })
})

describe('a record of the Elastic family', () => {
  it('names its log shipper and its traced request, which are neither actor nor payment', () => {
    const record = {
      '@timestamp': '2025-03-14T11:42:01Z',
      'ecs.version': '8.11.0',
      event: { action: 'refund' },
      user: { id: 'U' },
      agent: { id: 'e0f1', name: 'node-7', type: 'filebeat', version: '8.11.0' },
      host: { ip: ['10.9.9.9'] },
      trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736' },
      transaction: { id: '00f067aa0ba902b7' },
      order_id: 'o-1',
    }
    expect(only(record)).toMatchObject({ subject: 'U', actor: '', payment: 'o-1', sourceIp: '' })
    expect(only({ event: 'refund', user_id: 'U', agent: { id: 'AGT-4' }, transaction: { id: 't-1' } })).toMatchObject({
      actor: 'AGT-4',
      payment: 't-1',
    })
  })
})
