// Who was called, and which end of the call a gateway is.

import { describe, expect, it } from 'vitest'
import { accessSaidWith } from '../../../test/support/access-line.ts'

const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const edge = 'spiffe://cluster.local/ns/edge/sa/gateway'

describe('the destination', () => {
  it.each([
    ['its own certificate', {}, payments, 'mtls'],
    ['its workload', { destination_principal: null }, 'payments.shop', 'envelope'],
    ['the TLS server name', { destination_principal: null, pod: null }, 'payments.shop', 'asserted'],
    [
      'the authority',
      { destination_principal: null, pod: null, requested_server_name: null, authority: 'pay.example:443' },
      'pay.example',
      'asserted',
    ],
    [
      'an address',
      { destination_principal: null, pod: null, requested_server_name: null, authority: '10.0.0.9:80' },
      'ip:10.0.0.9',
      'ip',
    ],
    [
      'the server’s certificate, seen by the caller',
      { upstream_cluster: 'outbound|1||x.y', upstream_peer_principal: edge, destination_principal: null },
      edge,
      'mtls',
    ],
    [
      'the routed service, seen by the caller',
      { upstream_cluster: 'outbound|1||ledger.shop.svc.cluster.local', destination_principal: null },
      'ledger.shop',
      'asserted',
    ],
    [
      'the service behind a waypoint',
      { upstream_cluster: 'inbound-vip|80|http|ledger.shop.svc.cluster.local' },
      'ledger.shop',
      'asserted',
    ],
  ] as const)('is told by %s', (_, changes, destination, destinationFrom) => {
    expect(accessSaidWith(changes)).toMatchObject({ destination, destinationFrom })
  })

  it('under another server name is told with it', () => {
    expect(accessSaidWith({ requested_server_name: 'evil.example' }).attributes).toMatchObject({
      requested_server_name: 'evil.example',
    })
  })
})

describe('a gateway', () => {
  it.each([
    [
      'by its pod',
      {
        pod: 'istio-ingressgateway-6d5f9c7b48-qw2rt',
        upstream_cluster: 'outbound|8080||payments.shop.svc.cluster.local',
      },
    ],
    ['by its route', { pod: null, upstream_cluster: 'httproute/shop/pay/rule/0' }],
  ])('is known %s', (_, changes) => {
    const said = accessSaidWith({
      ...changes,
      x_forwarded_for: null,
      source_principal: null,
      jwt_azp: null,
      destination_principal: null,
    })
    expect(said).toMatchObject({
      reporter: 'gateway',
      caller: 'ip:10.20.3.7',
      clientIp: '10.20.3.7',
      destination: 'payments.shop',
    })
  })

  it('for egress is none', () => {
    const changes = { pod: 'istio-egressgateway-6d5f9c7b48-qw2rt', upstream_cluster: 'outbound|443||api.example' }
    expect(accessSaidWith(changes)).toMatchObject({ reporter: 'source' })
  })
})
