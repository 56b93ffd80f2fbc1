// Who called: the best that the entry offers, and never what a stranger forwards.

import { describe, expect, it } from 'vitest'
import { accessSaidWith } from '../../../test/support/access-line.ts'

const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const cart = 'spiffe://cluster.local/ns/shop/sa/cart'
const edge = 'spiffe://cluster.local/ns/edge/sa/gateway'

describe('the caller', () => {
  const forwarded = `By=${edge};Hash=ab;URI=${cart}`
  it.each([
    ['is the first SPIFFE id of several names', { source_principal: `cart.shop,${cart},x` }, {}, cart, 'mtls'],
    [
      'is the identity a waypoint passes on',
      { source_principal: null, peer_principal: cart },
      {},
      cart,
      'filter-state',
    ],
    ['is nobody that is called unknown', { source_principal: 'unknown' }, {}, 'shop-web', 'jwt'],
    ['is a verified claim where there is no certificate', { source_principal: null }, {}, 'shop-web', 'jwt'],
    ['is an address where there is nothing else', { source_principal: null, jwt_azp: null }, {}, 'ip:10.20.3.7', 'ip'],
    ['is not what an untrusted hop forwards', { source_principal: null, xfcc: forwarded }, {}, 'shop-web', 'jwt'],
    [
      'is what a trusted hop forwards',
      { source_principal: null, xfcc: forwarded },
      { trustedHops: [edge] },
      cart,
      'xfcc',
    ],
    [
      'is what a trusted hop forwards, named by its account',
      { source_principal: edge, xfcc: forwarded },
      { trustedHops: ['gateway'] },
      cart,
      'xfcc',
    ],
    [
      'is whom the trusted peer called for, behind our own element',
      { source_principal: edge, xfcc: `${forwarded},By=${payments};URI=${edge}` },
      { trustedHops: ['gateway.edge'] },
      cart,
      'xfcc',
    ],
    [
      'is the verified peer where another hop is trusted',
      { source_principal: cart, xfcc: forwarded },
      { trustedHops: [edge] },
      cart,
      'mtls',
    ],
    [
      'is the trusted peer where the list is broken',
      { source_principal: edge, xfcc: `${forwarded},x` },
      { trustedHops: [edge] },
      edge,
      'mtls',
    ],
    [
      'is not before an untrusted hop',
      { source_principal: null, xfcc: `${forwarded},By=x;URI=y` },
      { trustedHops: [edge] },
      'shop-web',
      'jwt',
    ],
  ] as const)('%s', (_, changes, settings, caller, callerFrom) => {
    expect(accessSaidWith(changes, settings)).toMatchObject({ caller, callerFrom })
  })

  const outbound = {
    upstream_cluster: 'outbound|8080||orders.shop.svc.cluster.local',
    source_principal: null,
    destination_principal: null,
  }
  it('on its own side is named by its certificate, else by its workload', () => {
    expect(accessSaidWith({ ...outbound, upstream_local_principal: cart })).toMatchObject({
      caller: cart,
      callerFrom: 'asserted',
      reporter: 'source',
    })
    expect(accessSaidWith({ ...outbound, pod: 'cart-6d5' })).toMatchObject({
      caller: 'cart.shop',
      callerFrom: 'envelope',
    })
    expect(accessSaidWith({ ...outbound, pod: null, ns: null })).toMatchObject({
      caller: 'shop-web',
      callerFrom: 'jwt',
    })
  })

  it('that is not told is kept beside the one that is', () => {
    const said = accessSaidWith({ source_principal: edge, xfcc: forwarded }, { trustedHops: [edge] })
    expect(said.attributes).toMatchObject({ source_principal: edge, xfcc: forwarded })
  })
})
