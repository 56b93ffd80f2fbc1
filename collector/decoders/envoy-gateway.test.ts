// Envoy Gateway's line, and what becomes of it when a client's quote breaks or forges it.

import { describe, expect, it } from 'vitest'
import { linesOf, openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'

const [sample = ''] = linesOf(import.meta.url, './samples/envoy-gateway.jsonl')

describe('an Envoy Gateway line', () => {
  it('denied by the authorizer', () => {
    expect(saidBy(openLineDecoder()(sample).events[0])).toEqual({
      kind: 'access',
      format: 'envoy-gateway',
      eventAt: Date.UTC(2026, 10, 2, 9, 14, 22, 318),
      requestId: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10',
      outcome: 'denied',
      outcomeBasis: 'flags',
      outcomeReason: 'ext_authz_denied',
      caller: 'ip:203.0.113.9',
      callerFrom: 'ip',
      callerInstance: '203.0.113.9',
      destination: 'api.shop.example',
      destinationFrom: 'asserted',
      reporter: 'gateway',
      sourceIp: '203.0.113.9',
      clientIp: '203.0.113.9',
      userAgent: 'curl/8.9',
      method: 'POST',
      host: 'api.shop.example',
      path: '/v1/refunds',
      route: '/v1/refunds',
      port: 10443,
      protocol: 'HTTP/2',
      httpStatus: 403,
      responseFlags: 'UAEX',
      durationMs: 4,
      bytesReceived: 182,
      bytesSent: 19,
      upstreamCluster: 'httproute/shop/pay/rule/0',
      attributes: { route_name: 'httproute/shop/pay/rule/0/match/0/api_shop_example' },
    })
  })

  it.each([
    ['breaks the line', 'curl"'],
    ['breaks the line like an object', 'curl"}'],
    ['repeats a key', 'x","response_code":"200'],
    ['adds an identity', 'x","source_principal":"spiffe://cluster.local/ns/shop/sa/admin'],
    ['adds a claim', 'x","jwt_sub":"USR-1'],
    ['adds a request id by its other name', 'x","request_id":"00000000'],
  ])('whose user agent %s is put aside as a forgery', (_, agent) => {
    const { events, quarantine } = openLineDecoder()(sample.replace('curl/8.9', agent))
    expect(events).toEqual([])
    expect(quarantine.map(({ reason }) => reason)).toEqual(['log-injection-suspect'])
  })

  it('with a key that nobody knows is read, and the key is no fact', () => {
    const { events } = openLineDecoder()(sample.replace('curl/8.9', 'x","role":"admin'))
    expect(events[0]).toMatchObject({ format: 'envoy-gateway', actorRole: '', callerFrom: 'ip' })
  })
})
