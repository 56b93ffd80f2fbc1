// What log records hold: lines of proxies with labels, records of other formats, and attributes of applications.

import { describe, expect, it } from 'vitest'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'
import { attributesOf, type LogRecordJson, logsBytes, logsOf } from '../../test/support/otlp-messages.ts'

const headers = { format: 'otlp-logs', encoding: 'protobuf' }
const resource = { 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'payments-7c9' }
const inTrace = {
  timeUnixNano: '1793610862318000000',
  observedTimeUnixNano: '1793610862401000000',
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
}
const traced = { traceId: inTrace.traceId, spanId: inTrace.spanId }
const istioLine =
  '[2026-11-02T09:14:22.318Z] "POST /v1/refunds HTTP/2" 403 - rbac_access_denied_matched_policy[none] - "-" 182 19 3 - "10.20.3.7" "node-fetch/3.3" "0d9f" "payments.shop:8080" "-" inbound|8080|| - 10.20.7.21:8080 10.20.3.7:51834 - default'
const envoyLine =
  '[2026-11-02T09:14:22.318Z] "GET /v1/orders/91 HTTP/1.1" 200 - 0 512 11 9 "10.20.3.7" "okhttp/4.12" "3f7c" "orders.shop:8080" "10.20.7.30:8080"'
const ownEvent = {
  schema: 'eastwest.event/v1',
  kind: 'action',
  at: '2026-11-02T09:14:22Z',
  action: 'refund',
  subject: 'U1',
}

function decode(record: LogRecordJson, about: Record<string, string> = resource) {
  return openLineDecoder()(logsBytes(logsOf([record], about)), headers)
}

function said(record: LogRecordJson, about = resource): Record<string, unknown> {
  const { events, quarantine } = decode(record, about)
  expect(quarantine).toEqual([])
  expect(events).toHaveLength(1)
  return saidBy(events[0])
}

const text = (stringValue: string): LogRecordJson => ({ ...inTrace, body: { stringValue } })

describe('a proxy’s line', () => {
  it('without labels is the line as it stands in a file, by its own name, in the trace of the log record', () => {
    const [fromFile] = openLineDecoder()(
      `{"log":${JSON.stringify(istioLine)},"kubernetes":{"pod_name":"payments-7c9","namespace_name":"shop"}}`,
    ).events
    const [event] = decode({ ...text(`${istioLine}\n`) }).events
    expect(event?.eventId).toBe(fromFile?.eventId)
    expect(saidBy(event)).toEqual({ ...saidBy(fromFile), ...traced })
  })

  it.each<[string, string, Record<string, string>, Record<string, unknown>]>([
    [
      'Istio’s',
      istioLine,
      { source_principal: 'spiffe://cluster.local/ns/shop/sa/cart', jwt_jti: 'at-1' },
      {
        caller: 'spiffe://cluster.local/ns/shop/sa/cart',
        callerFrom: 'mtls',
        tokenId: 'at-1',
        outcome: 'denied',
        policy: 'implicit-deny',
      },
    ],
    [
      'Envoy’s',
      envoyLine,
      { upstream_cluster: 'outbound|8080||orders.shop.svc.cluster.local' },
      { destination: 'orders.shop', reporter: 'source', httpStatus: 200 },
    ],
    [
      'one that says otherwise',
      istioLine,
      { response_code: '200', source_principal: 'spiffe://td/ns/shop/sa/cart' },
      { httpStatus: 403 },
    ],
    [
      'Envoy Gateway’s',
      envoyLine,
      { 'k8s.namespace.name': 'edge', 'k8s.pod.name': 'gateway-7c9' },
      { namespace: 'edge', instance: 'gateway-7c9', workload: 'gateway' },
    ],
    ['one with a label of its own', istioLine, { zone: 'eu1' }, { attributes: { zone: 'eu1' } }],
  ])('is read together with its labels: %s', (_, line, labels, expected) => {
    expect(said({ ...text(line), attributes: attributesOf(labels) })).toMatchObject({
      kind: 'access',
      format: 'otlp-logs',
      ...traced,
      ...expected,
    })
  })

  it('may stand in labels alone', () => {
    const labels = {
      method: 'GET',
      ':authority': 'api.shop.example',
      response_code: '403',
      response_flags: 'UAEX',
      'x-request-id': '0d9f',
    }
    expect(said({ ...inTrace, attributes: attributesOf(labels) })).toMatchObject({
      kind: 'access',
      eventAt: 1_793_610_862_318,
      outcome: 'denied',
      outcomeBasis: 'flags',
      method: 'GET',
      host: 'api.shop.example',
      requestId: '0d9f',
    })
  })

  it('whose quotes do not add up is put aside as one that a client may have forged', () => {
    const broken = istioLine.replace('node-fetch/3.3', 'x" "y')
    for (const labels of [{}, { source_principal: 'spiffe://td/ns/shop/sa/cart' }]) {
      const { events, quarantine } = decode({ ...text(broken), attributes: attributesOf(labels) })
      expect(events).toEqual([])
      expect(quarantine).toMatchObject([{ reason: 'log-injection-suspect' }])
    }
  })
})

describe('a body in another format', () => {
  it.each<[string, LogRecordJson['body'], Record<string, unknown>]>([
    [
      'our own event as a text',
      { stringValue: JSON.stringify(ownEvent) },
      { format: 'eastwest-event', kind: 'action', action: 'refund' },
    ],
    [
      'our own event as a map',
      { kvlistValue: { values: attributesOf(ownEvent) } },
      { format: 'eastwest-event', kind: 'action', action: 'refund' },
    ],
    [
      'our own event as bytes',
      { bytesValue: Buffer.from(JSON.stringify(ownEvent)).toString('base64') },
      { format: 'eastwest-event', subject: 'U1' },
    ],
    [
      'a log of an application as a text',
      { stringValue: '{"level":"info","time":"2026-11-02T09:14:22Z","msg":"refund issued","user_id":"U1"}' },
      { format: 'app-json', action: 'refund', subject: 'U1' },
    ],
    [
      'an audit line',
      { stringValue: '2026-11-02 09:14:22 | user_id=U1 | action=REFUND | order=O1 | amount=1.00' },
      { format: 'audit-line', action: 'refund' },
    ],
    [
      'a line of a container',
      { stringValue: `2026-11-02T09:14:22.4Z stdout F ${JSON.stringify(ownEvent)}` },
      { format: 'eastwest-event' },
    ],
    [
      'Linkerd’s log as a map',
      {
        kvlistValue: {
          values: attributesOf({
            'client.addr': '10.20.3.7:51160',
            'client.id': '-',
            host: 'payments:8080',
            method: 'POST',
            status: 403,
            timestamp: '2026-11-02T09:14:22Z',
            uri: '/v1',
          }),
        },
      },
      { format: 'linkerd-json', kind: 'access', outcome: 'denied' },
    ],
  ])('%s, is read as that, reported by the resource, in the trace', (_, body, expected) => {
    expect(said(body === undefined ? {} : { ...inTrace, body })).toMatchObject({
      workload: 'payments',
      namespace: 'shop',
      instance: 'payments-7c9',
      ...traced,
      ...expected,
    })
  })

  it('keeps the trace that it names itself, and takes the time of the log record where it has none', () => {
    const body = JSON.stringify({ level: 'info', msg: 'refund issued', user_id: 'U1', trace_id: 'ab'.repeat(16) })
    expect(said(text(body))).toMatchObject({ traceId: 'ab'.repeat(16), eventAt: 1_793_610_862_318 })
  })

  it('is OTLP itself no deeper than envelopes may be', () => {
    let body = JSON.stringify(ownEvent)
    const reasons: unknown[] = []
    for (let layers = 1; layers <= 5; layers++) {
      const { events, quarantine } = decode(text(body))
      reasons.push(quarantine[0]?.reason ?? events[0]?.format)
      body = JSON.stringify(logsOf([text(body)]))
    }
    expect(reasons).toEqual(['eastwest-event', 'eastwest-event', 'eastwest-event', 'unknown-format', 'unknown-format'])
  })
})

describe('a log record of an application', () => {
  it('is read by its attributes, its text as the message', () => {
    const attributes = attributesOf({ 'user.id': 'U1', amount: 89.5, currency: 'EUR', order_id: 'O1', 'code.line': 7 })
    expect(said({ ...text('refund issued'), severityNumber: 9, attributes })).toMatchObject({
      kind: 'action',
      format: 'otlp-logs',
      action: 'refund',
      eventAt: 1_793_610_862_318,
      subject: 'U1',
      amountMinor: 8950,
      currency: 'EUR',
      outcome: 'allowed',
      attributes: { 'code.line': 7 },
      ...traced,
    })
  })

  it('is read by its event name, and fails at the level of an error', () => {
    const record = {
      ...inTrace,
      eventName: 'user.login',
      severityNumber: 17,
      attributes: attributesOf({ 'user.id': 'U1' }),
    }
    expect(said(record)).toMatchObject({ kind: 'authn', action: 'login', subject: 'U1', outcome: 'failed' })
  })

  it('is read by the members of its body beside its attributes', () => {
    const body = { kvlistValue: { values: attributesOf({ event: 'refund', amount: '12.00', currency: 'EUR' }) } }
    expect(said({ ...inTrace, body, attributes: attributesOf({ 'user.id': 'U1' }) })).toMatchObject({
      action: 'refund',
      subject: 'U1',
      amountMinor: 1200,
    })
  })

  it('has the time at which it was seen where its own is missing', () => {
    const { timeUnixNano: _, ...record } = { ...text('refund issued'), attributes: attributesOf({ 'user.id': 'U1' }) }
    expect(said(record).eventAt).toBe(1_793_610_862_401)
  })

  it.each<[string, LogRecordJson, string]>([
    ['says nothing that eastwest knows', text('cache warmed'), 'unknown-format'],
    ['holds nothing', inTrace, 'unknown-format'],
    [
      'has words of its own only',
      { ...text('cache warmed'), attributes: attributesOf({ entries: 7 }) },
      'missing-field',
    ],
    [
      'has no time at all',
      { body: { stringValue: 'refund issued' }, attributes: attributesOf({ 'user.id': 'U1' }) },
      'missing-time',
    ],
    [
      'happens after the year 2299',
      { ...text('refund issued'), timeUnixNano: '18446744073709551615', attributes: attributesOf({ 'user.id': 'U1' }) },
      'invalid-time',
    ],
    ['has half a trace id', { ...text('refund issued'), traceId: 'abcd' }, 'invalid-field'],
  ])('that %s is put aside as such', (_, record, reason) => {
    const { events, quarantine } = decode(record)
    expect(events).toEqual([])
    expect(quarantine.map((row) => row.reason)).toEqual([reason])
  })

  it('with a trace of zeros belongs to none', () => {
    const record = { ...text('refund issued'), traceId: '0'.repeat(32), attributes: attributesOf({ 'user.id': 'U1' }) }
    expect(said(record).traceId).toBeUndefined()
  })
})
