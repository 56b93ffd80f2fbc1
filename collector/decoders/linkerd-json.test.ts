// Proves what Linkerd's access log says, its caller above all.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { noEnvelope } from './decoder.ts'
import { linkerdJson } from './linkerd-json.ts'

const denied = {
  'client.addr': '10.20.3.7:51160',
  'client.id': 'cart.shop.serviceaccount.identity.linkerd.cluster.local',
  host: 'payments:8080',
  method: 'POST',
  processing_ns: '39826',
  request_bytes: '182',
  response_bytes: '19',
  status: 403,
  timestamp: '2026-11-02T09:14:22.321746212Z',
  total_ns: '1444113',
  trace_id: '',
  uri: 'http://payments:8080/v1/refunds',
  user_agent: 'node-fetch/3.3',
  version: 'HTTP/2.0',
}
const probe =
  '{"client.addr":"10.20.0.1:56300","client.id":"-","host":"10.20.7.21:8080","method":"GET","processing_ns":"35848","request_bytes":"","response_bytes":"4","status":200,"timestamp":"2026-11-02T09:14:29.254262428Z","total_ns":"141606","trace_id":"","uri":"/healthz","user_agent":"kube-probe/1.34","version":"HTTP/1.1"}'
const only = (changes: object) => onlyEvent(linkerdJson, JSON.stringify({ ...denied, ...changes }))

describe('Linkerd’s entry', () => {
  it('names the caller by its certificate', () => {
    expect(only({})).toMatchObject({
      kind: 'access',
      eventAt: Date.parse('2026-11-02T09:14:22.321Z'),
      caller: 'cart.shop.serviceaccount.identity.linkerd.cluster.local',
      callerFrom: 'mtls',
      callerInstance: '10.20.3.7',
      sourceIp: '10.20.3.7',
      reporter: 'destination',
      destination: 'payments',
      destinationFrom: 'asserted',
      host: 'payments:8080',
      port: 8080,
      method: 'POST',
      path: '/v1/refunds',
      route: '/v1/refunds',
      protocol: 'HTTP/2.0',
      httpStatus: 403,
      outcome: 'denied',
      outcomeBasis: 'http',
      bytesReceived: 182,
      bytesSent: 19,
      durationMs: 1,
      userAgent: 'node-fetch/3.3',
      traceId: '',
      requestId: '',
      attributes: '',
    })
  })

  it('names an unmeshed peer by its address only', () => {
    expect(onlyEvent(linkerdJson, probe)).toMatchObject({
      eventAt: Date.parse('2026-11-02T09:14:29.254Z'),
      caller: 'ip:10.20.0.1',
      callerFrom: 'ip',
      sourceIp: '10.20.0.1',
      reporter: 'destination',
      destination: 'ip:10.20.7.21',
      destinationFrom: 'ip',
      method: 'GET',
      path: '/healthz',
      httpStatus: 200,
      outcome: 'allowed',
      outcomeBasis: 'http',
      bytesReceived: -1,
      bytesSent: 4,
      durationMs: 0,
      userAgent: 'kube-probe/1.34',
    })
  })

  it.each([
    [
      'no status',
      { status: undefined },
      { httpStatus: -1, outcome: 'failed', outcomeBasis: 'http', outcomeReason: 'no-response' },
    ],
    ['a status as text', { status: '200' }, { httpStatus: 200, outcome: 'allowed' }],
    [
      'a B3 trace id',
      { trace_id: '4BF92F3577B34DA6A3CE929D0E0E4736' },
      { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', requestId: '' },
    ],
    [
      'a request id in its place',
      { trace_id: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10' },
      { traceId: '', requestId: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10' },
    ],
    ['no host but an absolute uri', { host: '', uri: 'https://orders.shop' }, { host: 'orders.shop', path: '/' }],
    ['a key we do not know', { extra: [1] }, { attributesJson: { 'linkerd.extra': [1] } }],
    [
      'keys named like ours',
      { jwt_sub: 'admin', source_principal: 'spiffe://evil' },
      { subject: '', caller: denied['client.id'] },
    ],
    [
      'an IPv6 peer',
      { 'client.addr': '[2001:db8::1]:443', 'client.id': '-' },
      { sourceIp: '2001:db8::1', caller: 'ip:2001:db8::1' },
    ],
  ])('with %s', (_, changes, expected) => {
    expect(only(changes)).toMatchObject(expected)
  })

  it('is named by its envelope where that says whose proxy it was', () => {
    const envelope = {
      ...noEnvelope,
      workload: 'payments',
      namespace: 'shop',
      instance: '',
    }
    expect(onlyEvent(linkerdJson, JSON.stringify(denied), { envelope })).toMatchObject({
      destination: 'payments.shop',
      destinationFrom: 'envelope',
    })
  })
})

describe('an entry is refused', () => {
  it.each([
    ['a time that is none', { timestamp: 'noon' }, 'invalid-time'],
    ['a status that is none', { status: 'ok' }, 'invalid-field'],
    ['a caller that hides', { 'client.id': 'cart\u202e' }, 'invalid-field'],
  ])('for %s', (_, changes, reason) => {
    expect(decodeText(linkerdJson, JSON.stringify({ ...denied, ...changes })).refusal?.reason).toBe(reason)
  })
})

it.each(['{}', '[]', 'text', '{"client.addr":"x"}', '{"client":{"addr":"x","id":"y"},"uri":"/"}'])(
  '%s is another format',
  (text) => {
    expect(decodeText(linkerdJson, text).recognised).toBe(false)
  },
)

it('gives one event or one refusal for any values, never an exception', () => {
  const keys = fc.constantFrom(...Object.keys(denied), 'x', '__proto__')
  fc.assert(
    fc.property(fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }))), (changes) => {
      const { events, refusal } = decodeText(linkerdJson, JSON.stringify({ ...denied, ...changes }))
      expect(events.length + (refusal === undefined ? 0 : 1)).toBe(1)
    }),
    { numRuns: 1000 },
  )
})
