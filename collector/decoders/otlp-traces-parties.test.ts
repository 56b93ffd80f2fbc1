// What spans say of the two ends of a call, of the person and token behind it, and of what happened on the way.

import { describe, expect, it } from 'vitest'
import { formatReference, type TokenClaims } from '../../schemas/token-reference.ts'
import { attributesOf } from '../../test/support/otlp-messages.ts'
import { type Attributes, saidWith, span, spanEvents } from '../../test/support/span-said.ts'

describe('the parties of a span', () => {
  it.each<[string, Attributes, number, Record<string, unknown>]>([
    [
      'a client that names the service',
      { 'service.peer.name': 'orders', 'service.peer.namespace': 'shop' },
      3,
      {
        reporter: 'source',
        caller: 'payments.shop',
        callerFrom: 'envelope',
        destination: 'orders.shop',
        destinationFrom: 'asserted',
      },
    ],
    [
      'a client by former conventions',
      { 'peer.service': 'orders.shop', 'net.peer.name': 'orders', 'net.peer.port': 8080 },
      3,
      { destination: 'orders.shop', host: 'orders', port: 8080 },
    ],
    [
      'a client that knows a host',
      { 'server.address': 'orders.shop.svc.cluster.local' },
      3,
      { destination: 'orders.shop', destinationFrom: 'asserted' },
    ],
    [
      'a client that knows an address',
      { 'network.peer.address': '10.20.7.30' },
      3,
      { destination: 'ip:10.20.7.30', destinationFrom: 'ip' },
    ],
    [
      'a server that is told who calls',
      { 'service.peer.name': 'cart.shop', 'network.peer.address': '10.20.3.7' },
      2,
      { reporter: 'destination', caller: 'cart.shop', callerFrom: 'asserted', sourceIp: '10.20.3.7' },
    ],
    ['a consumer', {}, 5, { reporter: 'destination', destination: 'payments.shop' }],
    ['a producer', {}, 4, { reporter: 'source', caller: 'payments.shop' }],
    [
      'Envoy on the calling side',
      { 'upstream_cluster.name': 'outbound|8080||orders.shop.svc.cluster.local', 'peer.address': '10.20.3.7' },
      2,
      {
        reporter: 'source',
        caller: 'payments.shop',
        destination: 'orders.shop',
        upstreamCluster: 'outbound|8080||orders.shop.svc.cluster.local',
      },
    ],
    [
      'Envoy on the called side',
      { upstream_cluster: 'inbound|8080||', 'peer.address': '10.20.3.7' },
      3,
      { reporter: 'destination', caller: 'ip:10.20.3.7', destination: 'payments.shop' },
    ],
    [
      'Istio’s proxy, by its own tags',
      { 'istio.canonical_service': 'refunds', 'istio.namespace': 'money' },
      2,
      { workload: 'refunds', namespace: 'money', instance: 'payments-7c9', destination: 'refunds.money' },
    ],
  ])('as seen by %s', (_, attributes, kind, expected) => {
    expect(saidWith(attributes, { kind })).toMatchObject(expected)
  })

  it('of an internal span are nobody', () => {
    const said = saidWith({}, { kind: 1 })
    expect([said.reporter, said.caller, said.destination]).toEqual([undefined, undefined, undefined])
  })

  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    [
      'Istio’s name with its namespace',
      { 'service.name': 'payments.shop', 'k8s.namespace.name': 'shop' },
      { workload: 'payments', destination: 'payments.shop' },
    ],
    [
      'the namespace of the service',
      { 'service.name': 'payments', 'service.namespace': 'shop' },
      { namespace: 'shop', destination: 'payments.shop' },
    ],
    [
      'the deployment where the service has no name',
      { 'service.name': 'unknown_service:node', 'k8s.deployment.name': 'payments' },
      { workload: 'payments' },
    ],
    [
      'the pod where nothing else is said',
      { 'k8s.pod.name': 'payments-7c9d8f6b5-x2x9z', 'k8s.namespace.name': 'shop' },
      { workload: 'payments', instance: 'payments-7c9d8f6b5-x2x9z' },
    ],
    ['the environment', { 'service.name': 'p', 'deployment.environment': 'test' }, { environment: 'test' }],
    [
      'a gateway',
      { 'service.name': 'istio-ingressgateway', 'k8s.namespace.name': 'istio-system' },
      { reporter: 'gateway' },
    ],
    [
      'what has no column',
      { 'service.name': 'p', 'service.version': '1.2' },
      { attributes: { 'otel.resource': { 'service.version': '1.2' } } },
    ],
  ])('by %s', (_, about, expected) => {
    expect(spanEvents({}, about)[0]).toMatchObject(expected)
  })
})

describe('whom a span is about', () => {
  const claims: TokenClaims = {
    iss: 'https://id.shop',
    sub: 'u-314',
    azp: 'web',
    jti: 'at-2',
    sid: 'S1',
    scope: 'openid',
    iat: 1_793_610_000,
    exp: 1_793_613_600,
    cnf: { jkt: 'a'.repeat(43) },
  }
  const token = formatReference({ keyId: 'k1', hash: '0123456789abcdef0123456789abcdef', claims })
  const proof = formatReference({
    keyId: 'k1',
    hash: 'f'.repeat(32),
    claims: { typ: 'dpop+jwt', jti: 'p-1', jkt: 'b'.repeat(43) },
  })

  it('is its user and session, as the service names them', () => {
    expect(
      saidWith({
        'enduser.id': 'u-1',
        'user.id': 'u-2',
        'user.roles': ['agent'],
        'session.id': 's-1',
        'device.id': 'd-1',
      }),
    ).toMatchObject({
      subject: 'u-2',
      subjectFrom: 'field',
      actorRole: 'agent',
      session: 's-1',
      sessionFrom: 'field',
      device: 'd-1',
      attributes: { 'enduser.id': 'u-1' },
    })
  })

  it('is whom the token claims, where the header holds a reference', () => {
    expect(saidWith({ 'http.request.header.authorization': [`Bearer ${token}`] })).toEqual({
      ...saidWith({}),
      token: 'k1.0123456789abcdef0123456789abcdef',
      tokenFrom: 'asserted',
      tokenKind: 'access-token',
      tokenScheme: 'bearer',
      tokenIssuer: 'https://id.shop',
      tokenId: 'at-2',
      tokenIssuedAt: 1_793_610_000_000,
      tokenExpiresAt: 1_793_613_600_000,
      tokenBinding: `jkt:${'a'.repeat(43)}`,
      scope: 'openid',
      client: 'web',
      clientFrom: 'asserted',
      subject: 'u-314',
      subjectFrom: 'asserted',
      session: 'S1',
      sessionFrom: 'asserted',
    })
  })

  it('keeps the service’s own word before the token’s, and tells the key that proved possession', () => {
    expect(
      saidWith({
        'user.id': 'u-9',
        'http.request.header.authorization': `DPoP ${token}`,
        'http.request.header.dpop': proof,
      }),
    ).toMatchObject({
      subject: 'u-9',
      subjectFrom: 'field',
      tokenScheme: 'dpop',
      proofId: 'p-1',
      presenterBinding: `jkt:${'b'.repeat(43)}`,
    })
  })
})

describe('events of a span', () => {
  const event = (name: string, values: Record<string, string> = {}) => ({
    timeUnixNano: '1793610862320000000',
    name,
    attributes: attributesOf({ OAuth2ClientID: 'web', OAuth2Subject: 'u-314', ...values }),
  })

  it.each<[string, Record<string, string>, Record<string, unknown>]>([
    [
      'OAuth2AccessTokenIssued',
      { OAuth2GrantType: 'authorization_code' },
      { kind: 'authn', action: 'token.issue', tokenKind: 'access-token', outcome: 'allowed' },
    ],
    ['OAuth2RefreshTokenIssued', {}, { action: 'token.issue', tokenKind: 'refresh-token' }],
    [
      'OAuth2TokenExchangeError',
      { OAuth2GrantType: 'refresh_token' },
      { action: 'token.refresh', tokenKind: 'refresh-token', outcome: 'denied' },
    ],
    [
      'OAuth2TokenExchangeError',
      { OAuth2GrantType: 'authorization_code' },
      { action: 'code.exchange', outcome: 'denied' },
    ],
    ['OAuth2TokenExchangeError', {}, { action: 'token.exchange', outcome: 'denied' }],
    ['OAuth2AccessTokenInspected', {}, { action: 'token.introspect', outcome: 'allowed' }],
    ['OAuth2AccessTokenRevoked', {}, { action: 'token.revoke', outcome: 'allowed' }],
    ['OAuth2LoginRejected', {}, { action: 'login', outcome: 'denied' }],
    ['OAuth2ConsentRevoked', {}, { action: 'grant.revoke', outcome: 'allowed' }],
    ['OAuth2ClientDeleted', {}, { kind: 'action', action: 'client.delete' }],
  ])('of Hydra, %s %j, are events of their own', (name, values, expected) => {
    const [, own] = spanEvents({ events: [event(name, values)] })
    expect(own).toMatchObject({
      eventAt: 1_793_610_862_320,
      traceId: span.traceId,
      spanId: span.spanId,
      workload: 'payments',
      client: 'web',
      clientFrom: 'field',
      subject: 'u-314',
      subjectFrom: 'field',
      index: 1,
      ...expected,
    })
  })

  it('of others are told among the attributes, as are links', () => {
    const [only, ...more] = spanEvents({
      events: [
        { timeUnixNano: '1793610862320000000', name: 'exception', attributes: attributesOf({ 'exception.type': 'E' }) },
      ],
      links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
    })
    expect(more).toEqual([])
    expect(only?.attributes).toEqual({
      'otel.events': [{ at: 1_793_610_862_320, name: 'exception', 'exception.type': 'E' }],
      'otel.links': [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
    })
  })
})
