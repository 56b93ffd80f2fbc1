// Proves what Istio's default line says, and which of the two text formats a line is.

import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { noEnvelope } from './decoder.ts'
import { envoyText } from './envoy-text.ts'
import { istioText } from './istio-text.ts'

const denied =
  '[2026-11-02T09:14:22.318Z] "POST /v1/refunds?dry=0 HTTP/2" 403 - rbac_access_denied_matched_policy[none] - "-" 182 19 3 - "10.20.3.7" "node-fetch/3.3" "0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10" "payments.shop.svc.cluster.local:8080" "-" inbound|8080|| - 10.20.7.21:8080 10.20.3.7:51834 outbound_.8080_._.payments.shop.svc.cluster.local default'
const plaintext =
  '[2026-11-02T09:14:24.771Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.20.7.21:8080 10.20.9.99:44120 - -'
const outbound = denied.replace('inbound|8080||', 'outbound|8080|v2|payments.shop.svc.cluster.local')

describe('Istio’s default line', () => {
  it('says which policy denied, and the caller by address only', () => {
    expect(onlyEvent(istioText, denied)).toMatchObject({
      kind: 'access',
      eventAt: Date.parse('2026-11-02T09:14:22.318Z'),
      method: 'POST',
      path: '/v1/refunds?dry=0',
      route: '/v1/refunds',
      protocol: 'HTTP/2',
      httpStatus: 403,
      responseFlags: '',
      outcome: 'denied',
      outcomeBasis: 'details',
      outcomeReason: 'rbac_access_denied_matched_policy[none]',
      policy: 'implicit-deny',
      bytesReceived: 182,
      bytesSent: 19,
      durationMs: 3,
      clientIp: '10.20.3.7',
      userAgent: 'node-fetch/3.3',
      requestId: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10',
      host: 'payments.shop.svc.cluster.local:8080',
      destination: 'payments.shop',
      destinationFrom: 'asserted',
      upstreamCluster: 'inbound|8080||',
      reporter: 'destination',
      port: 8080,
      sourceIp: '10.20.3.7',
      callerInstance: '10.20.3.7',
      caller: 'ip:10.20.3.7',
      callerFrom: 'ip',
      token: '',
      traceId: '',
    })
  })

  it('says of a connection without a filter chain that it failed', () => {
    expect(onlyEvent(istioText, plaintext)).toMatchObject({
      eventAt: Date.parse('2026-11-02T09:14:24.771Z'),
      method: '',
      path: '',
      protocol: '',
      httpStatus: 0,
      responseFlags: 'NR',
      outcome: 'failed',
      outcomeBasis: 'flags',
      outcomeReason: 'filter_chain_not_found',
      durationMs: 0,
      bytesReceived: 0,
      bytesSent: 0,
      sourceIp: '10.20.9.99',
      caller: 'ip:10.20.9.99',
      callerFrom: 'ip',
      requestId: '',
      userAgent: '',
      port: 8080,
    })
  })

  it.each([
    ['of the caller’s side', outbound, { reporter: 'source', destination: 'payments.shop' }],
    [
      'with a policy',
      denied.replace('[none]', '[ns[shop]-policy[deny-all]-rule[0]]'),
      { policy: 'shop/deny-all', outcome: 'denied' },
    ],
    [
      'with a connection’s end in several words',
      denied.replace(' - "-" 182', ' some words of the end "-" 182'),
      { outcome: 'denied' },
    ],
    [
      'with a TLS failure',
      denied.replace(' - "-" 182', ' - "TLS_error:|268435581:SSL routines:CERTIFICATE_VERIFY_FAILED" 182'),
      { httpStatus: 403 },
    ],
  ])('%s is read', (_, line, expected) => {
    expect(onlyEvent(istioText, line)).toMatchObject(expected)
  })

  it('knows whose proxy wrote it where the envelope says so', () => {
    const envelope = {
      ...noEnvelope,
      workload: 'payments',
      namespace: 'shop',
      instance: 'payments-7c9',
    }
    expect(onlyEvent(istioText, denied, { envelope })).toMatchObject({
      destination: 'payments.shop',
      destinationFrom: 'envelope',
    })
  })
})

describe('a line that does not add up is set aside', () => {
  it.each([
    ['a quote in the user agent', denied.replace('node-fetch/3.3', 'a"b')],
    ['a shifted value', denied.replace('node-fetch/3.3', 'a" "forged')],
    ['a value too few', denied.slice(0, denied.lastIndexOf(' '))],
    ['a value too many', `${denied} extra`],
    ['a broken number', denied.replace(' 182 ', ' 18x ')],
    ['a control character', denied.replace('default', 'def\u0000ault')],
  ])('%s', (_, line) => {
    const { refusal, events } = decodeText(istioText, line)
    expect(refusal?.reason).toBe('log-injection-suspect')
    expect(events).toEqual([])
  })
})

describe('which text format a line is', () => {
  const envoy = '[2026-11-02T09:14:22.318Z] "GET / HTTP/1.1" 200 - 0 512 11 9 "-" "-" "-" "-" "-"'
  it.each([
    [denied, true, false],
    [plaintext, true, false],
    [envoy, false, true],
    ['[2026-11-02T09:14:22.318Z] | user_id=U', false, false],
    ['[2026-11-02T09:14:22.318Z] text "quoted"', false, false],
    ['2026-11-02T09:14:22.318Z "GET / HTTP/1.1"', false, false],
    ['[', false, false],
    ['', false, false],
    ['{"start_time":"2026-11-02T09:14:22.318Z"}', false, false],
  ])('%s', (line, istio, plain) => {
    expect(decodeText(istioText, line).recognised).toBe(istio)
    expect(decodeText(envoyText, line).recognised).toBe(plain)
  })
})
