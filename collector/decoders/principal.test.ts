// Identities have one spelling, and trust is by whole names only.

import { describe, expect, it } from 'vitest'
import { isIngressName, isNamedIn, readPrincipal, serviceAccountOf } from './principal.ts'
import { certificateBinding, keyBinding } from './token-binding.ts'

describe('a principal', () => {
  it.each([
    ['spiffe://cluster.local/ns/shop/sa/cart', 'spiffe://cluster.local/ns/shop/sa/cart', false],
    ['SPIFFE://Cluster.LOCAL/ns/Shop/sa/Cart', 'spiffe://cluster.local/ns/Shop/sa/Cart', false],
    ['cart.shop.svc, spiffe://td/a ,spiffe://td/b', 'spiffe://td/a', true],
    [
      'cart.shop.serviceaccount.identity.linkerd.cluster.local',
      'cart.shop.serviceaccount.identity.linkerd.cluster.local',
      false,
    ],
    ['unknown', '', false],
    ['', '', false],
    [',', '', false],
  ])('%s is %s', (text, identity, hasOthers) => {
    expect(readPrincipal(text)).toEqual({ identity, hasOthers })
  })

  it.each([
    ['spiffe://cluster.local/ns/shop/sa/cart', { name: 'cart', namespace: 'shop' }],
    ['spiffe://1.consul/ns/default/dc/dc1/svc/web', { name: 'web', namespace: 'default' }],
    ['cart.shop.serviceaccount.identity.linkerd.cluster.local', { name: 'cart', namespace: 'shop' }],
    ['spiffe://td/free/path', undefined],
  ])('%s is the account %o', (identity, account) => {
    expect(serviceAccountOf(identity)).toEqual(account)
  })

  const gateway = 'spiffe://cluster.local/ns/edge/sa/gateway'
  it.each([
    [[gateway], true],
    [['gateway'], true],
    [['gateway.edge'], true],
    [['gate'], false],
    [['gateway.other'], false],
    [[''], false],
    [[], false],
  ])('is named in %j: %s', (hops, named) => {
    expect(isNamedIn(hops, gateway)).toBe(named)
    expect(isNamedIn(hops, '')).toBe(false)
  })

  it.each([
    ['istio-ingressgateway', true],
    ['Edge-Gateway', true],
    ['istio-egressgateway', false],
    ['payments', false],
    ['', false],
  ])('%s is a first hop: %s', (name, ingress) => {
    expect(isIngressName(['gateway', 'ingress'], name)).toBe(ingress)
  })

  it('for egress is a first hop where the settings say so', () => {
    expect(isIngressName(['egress'], 'istio-egressgateway')).toBe(true)
  })
})

describe('a thumbprint', () => {
  const hex = '6f070ad1eb1cdc0082dc3076639fe5112b1713ca3d96d734e4ef3d8dd37e760d'
  it.each([
    [hex],
    [hex.toUpperCase()],
    [(hex.match(/../g) ?? []).join(':').toUpperCase()],
    [Buffer.from(hex, 'hex').toString('base64url')],
  ])('of a certificate is the same as %s', (text) => {
    expect(certificateBinding(text)).toBe(`x5t:${hex}`)
  })

  it('of a key is another kind, and nothing is nothing', () => {
    expect(keyBinding('abc')).toBe('jkt:abc')
    expect([keyBinding(''), certificateBinding(''), certificateBinding('odd')]).toEqual(['', '', 'x5t:odd'])
  })
})
