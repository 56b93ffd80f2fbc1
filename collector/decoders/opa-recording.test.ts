// What a real OPA uploaded and printed (`test/recordings/opa/`), field by field.

import { describe, expect, it } from 'vitest'
import { linesOf, openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'

const uploaded = linesOf(import.meta.url, '../../test/recordings/opa/upload.jsonl')
const printed = linesOf(import.meta.url, '../../test/recordings/opa/console.jsonl')

const cart = 'spiffe://cluster.local/ns/shop/sa/cart'
const payments = 'spiffe://cluster.local/ns/shop/sa/payments'
const gateway = 'spiffe://cluster.local/ns/istio-system/sa/gateway'

/** What differs from one recording to the next. */
const drawn = ['eventAt', 'nativeId', 'instance', 'spanId', 'skew', 'token', 'tokenIssuedAt', 'tokenExpiresAt']

/** By the `x-request-id` that the question had, or that the request had which it was about. */
function decisions(
  lines: readonly string[],
  trustedHops: readonly string[] = [],
): Map<string, Record<string, unknown>> {
  const decode = openLineDecoder({ trustedHops })
  const said = lines.map((line) => {
    const { events, quarantine } = decode(line)
    expect(quarantine).toEqual([])
    expect(events.length).toBe(1)
    return saidBy(events[0])
  })
  return new Map(said.map((event) => [String(event.requestId), event]))
}

const all = decisions(uploaded)
const asked = (name: string): Record<string, unknown> => {
  const { attributes, ...event } = all.get(name) ?? {}
  return Object.fromEntries(Object.entries(event).filter(([column]) => !drawn.includes(column)))
}
const attributesOf = (name: string): Record<string, unknown> => all.get(name)?.attributes as Record<string, unknown> // parsed by saidBy

const reported = {
  kind: 'authz',
  format: 'opa-decision',
  workload: 'payments',
  namespace: 'shop',
  owner: 'money',
  environment: 'test',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  outcomeBasis: 'field',
}
const aboutRefund = {
  ...reported,
  subject: 'u-314',
  subjectFrom: 'field',
  action: 'refund',
  resource: 'order/91',
}

describe('the recording', () => {
  it('holds every question once', () => {
    expect(uploaded.length).toBe(23)
    expect(all.size).toBe(23)
  })

  it('says the same printed as uploaded', () => {
    const console = decisions(printed)
    for (const [name, event] of all) expect(console.get(name)).toEqual(event)
  })

  it.each<readonly [string, object]>([
    ['allow', { outcome: 'allowed' }],
    ['deny', { outcome: 'denied' }],
    ['undefined-rule', { outcome: 'denied', outcomeReason: 'undefined', policy: 'shop/authz/escalate' }],
    ['undefined-path', { outcome: 'denied', outcomeReason: 'undefined', policy: 'shop/nowhere' }],
    ['package', { outcome: 'allowed', policy: 'shop/authz' }],
    [
      'object',
      { outcome: 'denied', outcomeReason: 'role agent may not', httpStatus: 403, policy: 'shop/authz/decision' },
    ],
    ['word', { outcome: 'allowed', policy: 'shop/authz/word' }],
    ['erased', { outcome: 'allowed' }],
    ['masked', { outcome: 'allowed' }],
    ['older-api', { outcome: 'allowed' }],
    ['default-decision', { outcome: 'allowed' }],
  ])('answers "%s"', (name, said) => {
    const event = asked(name)
    delete event.durationMs
    expect(event).toEqual({ ...aboutRefund, requestId: name, policy: 'shop/authz/allow', ...said })
  })

  it('of a broken evaluation says what broke', () => {
    expect(asked('error')).toMatchObject({
      outcome: 'failed',
      outcomeReason: expect.stringMatching(
        /^eval_conflict_error: rule data\.shop\.authz\.clash produced conflicting values: 1 at/,
      ),
    })
  })

  it.each([
    ['deny-set', ['over the limit']],
    ['query', [{ x: 'allow' }]],
  ])('of "%s" says nothing that it cannot know', (name, result) => {
    expect(asked(name)).not.toHaveProperty('outcome')
    expect(attributesOf(name)).toMatchObject({ result })
  })

  it('tells an erased input from one that was not there', () => {
    expect(asked('erased-input')).toMatchObject({ outcome: 'allowed', action: 'authorize' })
    expect(asked('erased-input')).not.toHaveProperty('subject')
    expect(attributesOf('erased-input')).toMatchObject({ erased: ['/input'] })
    expect(attributesOf('no-input')).not.toHaveProperty('erased')
  })

  it('leaves the verdict open where the result was erased', () => {
    expect(asked('erased-result')).toMatchObject({ outcomeReason: 'masked', subject: 'u-314' })
    expect(asked('erased-result')).not.toHaveProperty('outcome')
  })

  it('names what was masked, and keeps nothing that stands for it', () => {
    expect(attributesOf('masked')).toMatchObject({ masked: ['/input/subject/email'] })
    expect(JSON.stringify(all.get('masked'))).not.toContain('REDACTED')
  })

  it('says which revision of which bundle decided', () => {
    expect(attributesOf('allow')).toMatchObject({ bundles: { authz: 'git:3f1c2aa' } })
    expect(attributesOf('r-deny')).toMatchObject({ 'opa.bundles': { authz: 'git:3f1c2aa' } })
  })

  const question = {
    ...reported,
    action: 'authorize',
    caller: cart,
    callerFrom: 'mtls',
    callerInstance: '10.20.3.7',
    sourceIp: '10.20.3.7',
    destination: payments,
    destinationFrom: 'mtls',
    reporter: 'destination',
    host: 'payments:8080',
    path: '/v1/refunds/rf_91?dry=0',
    route: '/v1/refunds/{id}',
    port: 8080,
    protocol: 'HTTP/2',
    userAgent: 'node-fetch/3.3',
  }
  const token = {
    subject: 'u-314',
    subjectFrom: 'asserted',
    client: 'shop-web',
    clientFrom: 'asserted',
    session: 'c0ffee00-1111-4222-8333-444455556666',
    sessionFrom: 'asserted',
    tokenFrom: 'asserted',
    tokenKind: 'access-token',
    tokenIssuer: 'https://idp.shop.example/realms/shop',
    tokenId: '5f6e2d0c-7a3b-4c4d-9e8f-001122334455',
    scope: 'refunds:write',
  }
  const denied = { outcome: 'denied', httpStatus: 403, policy: 'envoy/authz/verdict', method: 'POST' }

  it.each<readonly [string, object]>([
    [
      'r-allow',
      {
        ...token,
        outcome: 'allowed',
        policy: 'envoy/authz/allow',
        method: 'GET',
        tokenScheme: 'bearer',
        // Of the request, not of the question about it.
        traceId: '5b8efff798038103d269b633813fc60c',
      },
    ],
    ['r-deny', { ...token, ...denied, tokenScheme: 'bearer' }],
    [
      'r-proof',
      {
        ...token,
        ...denied,
        tokenScheme: 'dpop',
        tokenId: 'bound-1',
        proofId: 'proof-1',
        tokenBinding: expect.stringMatching(/^jkt:[\w-]{43}$/),
        presenterBinding: expect.stringMatching(/^jkt:[\w-]{43}$/),
      },
    ],
    ['r-forwarded', { ...denied, caller: gateway, clientIp: '203.0.113.9' }],
  ])('reads the question of Envoy about %s', (name, said) => {
    const event = asked(name)
    delete event.durationMs
    expect(event).toEqual({ ...question, requestId: name, ...said })
  })

  it('has one reference for one token, and the binding that its proof has', () => {
    const references = ['token', 'r-allow', 'r-deny'].map((name) => all.get(name)?.token)
    expect(new Set(references).size).toBe(1)
    expect(references[0]).toMatch(/^recording\.[0-9a-f]{32}$/)
    const proved = all.get('r-proof')
    expect(proved?.tokenBinding).toBe(proved?.presenterBinding)
  })

  it('names the caller behind a gateway that is trusted', () => {
    expect(decisions(uploaded, [gateway]).get('r-forwarded')).toMatchObject({ caller: cart, callerFrom: 'xfcc' })
  })
})
