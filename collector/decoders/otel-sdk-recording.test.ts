// What a service under the real OpenTelemetry SDK exported, field by field: `test/recordings/otel-sdk/`.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'

const read = (name: string): Buffer => readFileSync(new URL(`../../test/recordings/otel-sdk/${name}`, import.meta.url))
const binary = { encoding: 'protobuf' }
const traces = openLineDecoder()(read('traces.pb'), { ...binary, format: 'otlp-traces' })
const logs = openLineDecoder()(read('logs.pb'), { ...binary, format: 'otlp-logs' })
const spans = traces.events.map(saidBy)
const reporting = { workload: 'payments', namespace: 'shop', instance: 'payments-7c9d8f6b5-x2x9z' }

function spanOf(said: Record<string, unknown>): Record<string, unknown> {
  const found = spans.filter((span) => Object.entries(said).every(([name, value]) => span[name] === value))
  expect(found).toHaveLength(1)
  return found[0] ?? {}
}

describe('spans of the OpenTelemetry SDK', () => {
  it('are all read, by either encoding and without a header, as the same events', () => {
    expect(traces.quarantine).toEqual([])
    expect(spans).toHaveLength(9)
    const withoutPlace = (events: typeof traces.events): unknown => events.map(({ offset: _, ...event }) => event)
    const inJson = openLineDecoder()(read('traces.jsonl'))
    expect(withoutPlace(inJson.events)).toEqual(withoutPlace(traces.events))
    expect(withoutPlace(openLineDecoder()(read('traces.pb')).events)).toEqual(withoutPlace(traces.events))
  })

  it('say who was served, for whom and with which token', () => {
    expect(spanOf({ method: 'POST', reporter: 'destination' })).toMatchObject({
      kind: 'span',
      format: 'otlp-traces',
      ...reporting,
      environment: 'test',
      spanName: 'POST',
      outcome: 'allowed',
      outcomeBasis: 'http',
      subject: 'u-314',
      subjectFrom: 'field',
      session: 'S1',
      sessionFrom: 'field',
      token: 'rec1.00112233445566778899aabbccddeeff',
      tokenFrom: 'asserted',
      tokenKind: 'access-token',
      tokenScheme: 'bearer',
      tokenId: 'at-2',
      caller: 'ip:127.0.0.1',
      callerFrom: 'ip',
      destination: 'payments.shop',
      destinationFrom: 'envelope',
      sourceIp: '127.0.0.1',
      clientIp: '127.0.0.1',
      userAgent: 'okhttp/4.12',
      requestId: 'req-1',
      path: '/v1/refunds?dry=0',
      route: '/v1/refunds',
      protocol: 'HTTP/1.1',
      httpStatus: 201,
      attributes: {
        'url.scheme': 'http',
        'otel.resource': { 'service.version': '1.42.0' },
        'otel.scope': { name: '@opentelemetry/instrumentation-http', version: '0.223.0' },
      },
    })
  })

  it('join caller and called end of one request', () => {
    const served = spanOf({ method: 'POST', reporter: 'destination' })
    const asked = spanOf({ method: 'POST', reporter: 'source' })
    expect(served.traceId).toBe(asked.traceId)
    expect(served.parentSpanId).toBe(asked.spanId)
    expect(asked).toMatchObject({
      caller: 'payments.shop',
      callerFrom: 'envelope',
      destination: 'ip:127.0.0.1',
      httpStatus: 201,
    })
  })

  it('tell a denial from a call that was let in, and from one that reached nobody', () => {
    expect(spanOf({ path: '/v1/prices', reporter: 'destination' })).toMatchObject({
      outcome: 'denied',
      httpStatus: 403,
    })
    expect(spanOf({ path: '/v1/orders/91', reporter: 'destination' })).toMatchObject({
      outcome: 'allowed',
      httpStatus: 404,
      route: '/v1/orders/{id}',
    })
    expect(spanOf({ port: 1, reporter: 'source' })).toMatchObject({ outcome: 'failed', outcomeBasis: 'field' })
  })

  it('by instrumentation that is years old say the same', () => {
    expect(spanOf({ spanName: 'GET /v1/carts' })).toMatchObject({
      method: 'GET',
      path: '/v1/carts/7?full=1',
      route: '/v1/carts/{id}',
      httpStatus: 200,
      userAgent: 'node-fetch/3.3',
      sourceIp: '10.20.3.7',
      caller: 'ip:10.20.3.7',
      subject: 'u-9',
    })
  })

  it('of RPC name the other service, and keep what was thrown', () => {
    const charge = spanOf({ spanName: 'charge' })
    expect(charge).toMatchObject({
      destination: 'ledger.shop',
      destinationFrom: 'asserted',
      method: 'Charge',
      path: '/shop.Ledger/Charge',
      grpcStatus: 7,
      outcome: 'denied',
      outcomeBasis: 'grpc',
      outcomeReason: 'permission denied',
    })
    expect(JSON.stringify(charge.attributes)).toContain('exception.message')
  })
})

describe('log records of the OpenTelemetry SDK', () => {
  it('are read by either encoding as the same events, in the trace that they were written in', () => {
    const inJson = openLineDecoder()(read('logs.jsonl'))
    expect(inJson.events.map(({ offset: _, ...event }) => event)).toEqual(
      logs.events.map(({ offset: _, ...event }) => event),
    )
    const [refund, login, own] = logs.events.map(saidBy)
    expect(refund).toMatchObject({
      kind: 'action',
      format: 'otlp-logs',
      action: 'refund',
      subject: 'u-314',
      amountMinor: 8950,
      currency: 'EUR',
      ...reporting,
    })
    expect(refund?.traceId).toBe(spanOf({ method: 'POST', reporter: 'destination' }).traceId)
    expect(login).toMatchObject({
      kind: 'authn',
      action: 'login',
      subject: 'u-9',
      outcome: 'failed',
      spanId: spanOf({ spanName: 'charge' }).spanId,
    })
    expect(own).toMatchObject({
      format: 'eastwest-event',
      kind: 'authn',
      outcome: 'denied',
      spanId: spanOf({ spanName: 'charge' }).spanId,
    })
    expect(logs.events).toHaveLength(3)
  })

  it('that say nothing of what happened are put aside one by one', () => {
    expect(logs.quarantine).toMatchObject([{ reason: 'unknown-format', format: 'otlp-logs', index: 3, parts: 4 }])
  })
})
