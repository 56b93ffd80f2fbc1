// A cluster's name says which end logged, and for whom the call was.

import { describe, expect, it } from 'vitest'
import { readCluster, readServerName } from './clusters.ts'

describe('a cluster name', () => {
  it.each([
    ['inbound|8080||', 'destination', ''],
    ['inbound-vip|8080|http|payments.shop.svc.cluster.local', 'destination', 'payments.shop'],
    ['outbound|8080||orders.shop.svc.cluster.local', 'source', 'orders.shop'],
    ['outbound|443|v2|api.stripe.example', 'source', 'api.stripe.example'],
    ['outbound_.8080_._.orders.shop.svc.cluster.local', 'source', 'orders.shop'],
    ['httproute/shop/pay/rule/0', 'gateway', ''],
    ['grpcroute/shop/pay/rule/0', 'gateway', ''],
    ['InboundPassthroughCluster', 'destination', ''],
    ['PassthroughCluster', 'source', ''],
    ['local_app', 'destination', ''],
    ['something_else', '', ''],
    ['outboundish', '', ''],
  ])('%s is seen by the %s of a call to "%s"', (name, end, service) => {
    expect(readCluster(name)).toEqual({ end, service })
  })
})

describe('a server name', () => {
  it.each([
    ['outbound_.8080_._.payments.shop.svc.cluster.local', true, 'payments.shop'],
    ['outbound_.8080_.v2_.payments.shop.svc.cluster.local', true, 'payments.shop'],
    ['api.shop.example', false, 'api.shop.example'],
  ])('%s', (name, fromSidecar, service) => {
    expect(readServerName(name)).toEqual({ fromSidecar, service })
  })
})
