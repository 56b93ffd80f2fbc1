// Proves what Envoy's default line says, and that a client's quotes cannot forge one.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { envoyText } from './envoy-text.ts'
import { istioText } from './istio-text.ts'

const decode = (text: string) => decodeText(envoyText, text)
const ok =
  '[2026-11-02T09:14:22.318Z] "GET /v1/orders/91 HTTP/1.1" 200 - 0 512 11 9 "10.20.3.7" "okhttp/4.12" "3f7c1c6e-0c7d-4c39-8a5e-4b6f0f0f9a21" "orders.shop:8080" "10.20.7.30:8080"'
const denied =
  '[2026-11-02T09:14:23.004Z] "POST /v1/refunds HTTP/2" 403 UAEX 182 19 4 - "10.20.3.7" "node-fetch/3.3" "0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10" "payments.shop:8080" "-"'

describe('Envoy’s default line', () => {
  it('says what was asked, of whom and what became of it', () => {
    expect(onlyEvent(envoyText, ok)).toMatchObject({
      kind: 'access',
      eventAt: Date.parse('2026-11-02T09:14:22.318Z'),
      method: 'GET',
      path: '/v1/orders/91',
      route: '/v1/orders/{id}',
      protocol: 'HTTP/1.1',
      httpStatus: 200,
      grpcStatus: -1,
      responseFlags: '',
      outcome: 'allowed',
      outcomeBasis: 'http',
      bytesReceived: 0,
      bytesSent: 512,
      durationMs: 11,
      clientIp: '10.20.3.7',
      userAgent: 'okhttp/4.12',
      requestId: '3f7c1c6e-0c7d-4c39-8a5e-4b6f0f0f9a21',
      host: 'orders.shop:8080',
      destination: 'orders.shop',
      destinationFrom: 'asserted',
      caller: '',
      callerFrom: '',
      sourceIp: '',
      reporter: '',
      attributesJson: { upstream_host: '10.20.7.30:8080' },
    })
  })

  it('says by its flags that an authorizer denied', () => {
    expect(onlyEvent(envoyText, denied)).toMatchObject({
      eventAt: Date.parse('2026-11-02T09:14:23.004Z'),
      method: 'POST',
      path: '/v1/refunds',
      protocol: 'HTTP/2',
      httpStatus: 403,
      responseFlags: 'UAEX',
      outcome: 'denied',
      outcomeBasis: 'flags',
      bytesReceived: 182,
      bytesSent: 19,
      durationMs: 4,
      clientIp: '10.20.3.7',
      requestId: '0d9f2f3a-5b1e-4c55-9a6e-2f7a4d3f1c10',
      destination: 'payments.shop',
      attributes: '',
    })
  })

  it.each([
    [
      'of a connection',
      '[2026-11-02T09:14:22Z] "- - -" 0 NR 0 0 0 - "-" "-" "-" "-" "-"',
      { method: '', path: '', outcome: 'failed', responseFlags: 'NR' },
    ],
    ['with several flags', ok.replace('200 -', '503 UF,URX'), { responseFlags: 'UF,URX', outcome: 'failed' }],
    ['with an unknown flag', ok.replace('200 -', '200 NEW'), { responseFlags: 'NEW', outcome: 'allowed' }],
    ['with a client that left', ok.replace('200 -', '0 DC'), { httpStatus: 0, outcome: 'allowed' }],
    ['with a path that holds spaces', ok.replace('/v1/orders/91', '/a b'), { path: '/a b', protocol: 'HTTP/1.1' }],
    ['with a backslash at the end of a header', ok.replace('okhttp/4.12', 'x\\'), { userAgent: 'x\\' }],
    ['with other alphabets', ok.replace('okhttp/4.12', 'приложение/退款'), { userAgent: 'приложение/退款' }],
    ['with a direction override in its user agent', ok.replace('okhttp', '\u202eoK'), { outcome: 'allowed' }],
    ['with several addresses', ok.replace('"10.20.3.7"', '"203.0.113.9, 10.20.3.7"'), { clientIp: '203.0.113.9' }],
  ])('%s is read', (_, line, expected) => {
    expect(onlyEvent(envoyText, line)).toMatchObject(expected)
  })
})

describe('a line that a client may have forged is set aside', () => {
  const agent = (text: string): string => ok.replace('okhttp/4.12', text)
  it.each([
    ['a quote in the user agent', agent('a"b'), 'request_id'],
    ['a shifted value', agent('a" "forged-request-id'), 'more values'],
    ['all values that follow, forged', agent('a" "id" "admin.shop:80" "1.2.3.4:5'), 'more values'],
    ['an escaped quote', agent('a\\" "b'), 'more values'],
    ['a quote in the path', ok.replace('/v1/orders/91', '/a"b'), 'at "path"'],
    [
      'a whole line in the path',
      ok.replace('/v1/orders/91', '/a HTTP/1.1" 200 - 0 0 0 0 "-" "-" "-" "-" "-'),
      'more values',
    ],
    ['a carriage return', agent('a\rb'), 'control character'],
    ['a line feed', agent('a\nb'), 'control character'],
    ['a NUL', agent('a\u0000b'), 'control character'],
    ['colours of a terminal', agent('\u001b[31mred'), 'control character'],
    ['a request without spaces', ok.replace('GET /v1/orders/91 HTTP/1.1', 'GET'), 'path'],
    ['no end', ok.slice(0, 60), 'response_flags'],
    ['a status that is a word', ok.replace(' 200 ', ' OK '), 'response_code'],
    ['values of the operator’s own', `${ok} "spiffe://td/ns/shop/sa/cart"`, 'more values'],
    ['two spaces', ok.replace(' 200 ', '  200 '), 'response_code'],
  ])('for %s', (_, line, detail) => {
    const { refusal, events } = decode(line)
    expect(refusal).toMatchObject({ reason: 'log-injection-suspect', detail: expect.stringContaining(detail) })
    expect(events).toEqual([])
  })

  it.each([
    ['a day that never was', ok.replace('2026-11-02', '2026-02-30'), 'invalid-time'],
    ['a status beyond all', ok.replace(' 200 ', ' 99999 '), 'invalid-field'],
    ['a direction override in the request id', ok.replace('3f7c1c6e', '\u202e'), 'invalid-field'],
  ])('and so is %s', (_, line, reason) => {
    expect(decode(line).refusal?.reason).toBe(reason)
  })
})

describe('any bytes at all', () => {
  const piece = fc.constantFrom(
    '"',
    ' ',
    '-',
    '[',
    ']',
    '2026-11-02T09:14:22.318Z',
    'GET / HTTP/1.1',
    '200',
    '10.0.0.1:80',
    '\\',
    '\u202e',
  )
  const text = fc
    .array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 30 })
    .map((pieces) => pieces.join(''))

  it.each([
    ['envoy-text', envoyText],
    ['istio-text', istioText],
  ] as const)('give one event or one refusal, never an exception: %s', (_, decoder) => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((tail) => `[2026-11-02T09:14:22.318Z] "GET / HTTP/1.1" 200 - ${tail}`),
        ),
        (line) => {
          const { events, refusal } = decodeText(decoder, line)
          expect(events.length + (refusal === undefined ? 0 : 1)).toBe(1)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('in a header never change what the proxy itself wrote', () => {
    fc.assert(
      fc.property(text, (header) => {
        const { events } = decode(ok.replace('okhttp/4.12', () => header))
        for (const event of events) {
          expect(event).toMatchObject({
            path: '/v1/orders/91',
            httpStatus: 200,
            requestId: '3f7c1c6e-0c7d-4c39-8a5e-4b6f0f0f9a21',
            host: 'orders.shop:8080',
          })
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('take time that grows with their length only', () => {
    const before = performance.now()
    for (const filler of ['"', ' ', '" ', 'a ', '-', '" "']) {
      decode(ok.replace('/v1/orders/91', filler.repeat(200_000)))
      decodeText(istioText, `${ok} ${filler.repeat(200_000)}`)
    }
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
