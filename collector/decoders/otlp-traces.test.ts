// What spans say of requests and their outcomes, by the conventions that are written today and those of years before.

import { describe, expect, it } from 'vitest'
import type { SpanJson } from '../../test/support/otlp-messages.ts'
import { type Attributes, saidWith, span, spanEvents } from '../../test/support/span-said.ts'

describe('a span', () => {
  it('is told by its ids, its name and its times, cut to milliseconds', () => {
    expect(spanEvents({})).toEqual([
      {
        kind: 'span',
        format: 'otlp-traces',
        eventAt: 1_793_610_862_318,
        workload: 'payments',
        namespace: 'shop',
        instance: 'payments-7c9',
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        spanName: span.name,
        destination: 'payments.shop',
        destinationFrom: 'envelope',
        reporter: 'destination',
        durationMs: 2,
      },
    ])
  })

  it.each<[string, string, number, number | undefined]>([
    ['1793610862318000000', '1793610862318999999', 1_793_610_862_318, 0],
    ['1793610862319000000', '1793610862318000000', 1_793_610_862_319, undefined],
    ['0', '1793610862318000000', 1_793_610_862_318, undefined],
    ['1793610862318000000', '0', 1_793_610_862_318, undefined],
    ['1793610862318000000', '1793614462318000000', 1_793_610_862_318, 3_600_000],
  ])('from %s to %s is of %i and took %s ms', (startTimeUnixNano, endTimeUnixNano, eventAt, durationMs) => {
    const said = spanEvents({ startTimeUnixNano, endTimeUnixNano })[0]
    expect([said?.eventAt, said?.durationMs]).toEqual([eventAt, durationMs])
  })

  it('of a root has no parent, whether that is missing or zero', () => {
    expect(spanEvents({ parentSpanId: '0000000000000000' })[0]?.parentSpanId).toBeUndefined()
    expect(spanEvents({ parentSpanId: '' })[0]?.parentSpanId).toBeUndefined()
  })
})

describe('the request of a span', () => {
  it.each<[string, Attributes, Record<string, unknown>]>([
    [
      'by current conventions',
      {
        'http.request.method': 'POST',
        'http.response.status_code': 403,
        'http.route': '/v1/refunds/{id}',
        'url.path': '/v1/refunds/rf_91',
        'url.query': 'dry=0',
        'url.scheme': 'https',
        'user_agent.original': 'okhttp/4.12',
        'server.address': 'payments.shop.svc.cluster.local',
        'server.port': 8080,
        'network.protocol.name': 'http',
        'network.protocol.version': '1.1',
        'client.address': '203.0.113.9',
        'network.peer.address': '10.20.3.7',
        'http.request.body.size': 182,
        'http.response.body.size': 19,
        'error.type': '403',
      },
      {
        method: 'POST',
        httpStatus: 403,
        outcome: 'denied',
        outcomeBasis: 'http',
        outcomeReason: '403',
        path: '/v1/refunds/rf_91?dry=0',
        route: '/v1/refunds/{id}',
        userAgent: 'okhttp/4.12',
        host: 'payments.shop.svc.cluster.local',
        port: 8080,
        protocol: 'HTTP/1.1',
        clientIp: '203.0.113.9',
        sourceIp: '10.20.3.7',
        callerInstance: '10.20.3.7',
        caller: 'ip:10.20.3.7',
        callerFrom: 'ip',
        bytesReceived: 182,
        bytesSent: 19,
        attributes: { 'url.scheme': 'https' },
      },
    ],
    [
      'by former conventions',
      {
        'http.method': 'GET',
        'http.status_code': 200,
        'http.target': '/v1/orders/91?full=1',
        'http.user_agent': 'okhttp/4.12',
        'http.flavor': '1.1',
        'http.client_ip': '203.0.113.9',
        'net.sock.peer.addr': '10.20.3.7',
        'net.host.name': 'orders.shop',
        'net.host.port': 8080,
      },
      {
        method: 'GET',
        httpStatus: 200,
        outcome: 'allowed',
        outcomeBasis: 'http',
        path: '/v1/orders/91?full=1',
        route: '/v1/orders/{id}',
        userAgent: 'okhttp/4.12',
        protocol: 'HTTP/1.1',
        clientIp: '203.0.113.9',
        sourceIp: '10.20.3.7',
        host: 'orders.shop',
        port: 8080,
      },
    ],
    [
      'by both at once, of which the current ones count',
      { 'http.method': 'old', 'http.request.method': 'PUT', 'http.status_code': 500, 'http.response.status_code': 401 },
      {
        method: 'PUT',
        httpStatus: 401,
        outcome: 'denied',
        attributes: { 'http.method': 'old', 'http.status_code': 500 },
      },
    ],
    [
      'with an address as a whole',
      { 'http.url': 'https://shop.example:8443/v1/carts/7?x=1' },
      { path: '/v1/carts/7?x=1', route: '/v1/carts/{id}' },
    ],
    [
      'with a method that HTTP does not know',
      { 'http.request.method': '_OTHER', 'http.request.method_original': 'BREW' },
      { method: 'BREW' },
    ],
    [
      'that is a gRPC call',
      { 'rpc.system': 'grpc', 'rpc.service': 'shop.Payments', 'rpc.method': 'Refund', 'rpc.grpc.status_code': 7 },
      {
        method: 'Refund',
        path: '/shop.Payments/Refund',
        route: '/shop.Payments/Refund',
        grpcStatus: 7,
        outcome: 'denied',
        outcomeBasis: 'grpc',
      },
    ],
    [
      'that is a gRPC call by newer conventions',
      { 'rpc.method': 'shop.Payments/Refund', 'rpc.response.status_code': 'UNAUTHENTICATED' },
      { method: 'Refund', path: '/shop.Payments/Refund', grpcStatus: 16, outcome: 'denied' },
    ],
    ['that is sent again', { 'http.request.resend_count': 2 }, { attempt: 3 }],
    ['with its id as Envoy writes it', { 'guid:x-request-id': '3f7c-1' }, { requestId: '3f7c-1' }],
    ['with its id as a header', { 'http.request.header.x-request-id': ['3f7c-1'] }, { requestId: '3f7c-1' }],
  ])('%s', (_, attributes, expected) => {
    expect(saidWith(attributes)).toMatchObject(expected)
  })
})

describe('the outcome of a span', () => {
  it.each<[string, Attributes, SpanJson['status'], unknown, unknown]>([
    ['an error without a status', { 'error.type': 'ECONNREFUSED' }, { code: 2 }, 'failed', 'ECONNREFUSED'],
    ['an error with a message', {}, { code: 2, message: 'connection refused' }, 'failed', 'connection refused'],
    ['a span that says it went well', {}, { code: 1 }, 'allowed', undefined],
    ['a span that says nothing', {}, { code: 0 }, undefined, undefined],
    [
      'a service that failed after it let the caller in',
      { 'http.status_code': 500 },
      { code: 2 },
      'allowed',
      undefined,
    ],
    [
      'Envoy’s flag of an external denial',
      { response_flags: 'UAEX', 'http.status_code': '200' },
      { code: 0 },
      'denied',
      undefined,
    ],
    [
      'Envoy’s flag of a missing route',
      { response_flags: 'NR', 'http.status_code': '404' },
      { code: 2 },
      'failed',
      undefined,
    ],
  ])('of %s', (_, attributes, status, outcome, reason) => {
    const said = saidWith(attributes, status === undefined ? {} : { status })
    expect([said.outcome, said.outcomeReason]).toEqual([outcome, reason])
  })

  it.each<[string, Attributes, unknown, unknown]>([
    [
      'a DENY policy that would deny',
      {
        'istio.authorization.dry_run.deny_policy.result': 'denied',
        'istio.authorization.dry_run.deny_policy.name': 'ns[shop]-policy[no-refunds]-rule[0]',
      },
      'would-deny',
      'shop/no-refunds',
    ],
    [
      'an ALLOW policy that would not allow',
      {
        'istio.authorization.dry_run.allow_policy.result': 'denied',
        'istio.authorization.dry_run.allow_policy.name': 'none',
      },
      'would-deny',
      'implicit-deny',
    ],
    [
      'a DENY policy that would not deny',
      { 'istio.authorization.dry_run.deny_policy.result': 'allowed' },
      'allowed',
      undefined,
    ],
  ])('in dry run of %s', (_, attributes, outcome, policy) => {
    const said = saidWith(attributes)
    expect([said.shadowOutcome, said.shadowPolicy]).toEqual([outcome, policy])
  })
})
