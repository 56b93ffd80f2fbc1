// Proves that the same fact is read the same whatever logger wrote it.

import { describe, expect, it } from 'vitest'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { appJson } from './app-json.ts'
import type { DecodeContext } from './decoder.ts'

const decode = (record: object | string, changes: Partial<DecodeContext> = {}) =>
  decodeText(appJson, typeof record === 'string' ? record : JSON.stringify(record), changes)

function only(record: object | string, changes: Partial<DecodeContext> = {}) {
  return onlyEvent(appJson, typeof record === 'string' ? record : JSON.stringify(record), changes)
}

const at = Date.UTC(2025, 2, 14, 11, 42, 1, 123)
const failedLogin = {
  kind: 'authn',
  eventAt: at,
  action: 'login',
  outcome: 'failed',
  subject: 'USR-99',
  subjectFrom: 'field',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  sourceIp: '203.0.113.9',
  session: 's-1',
  sessionFrom: 'field',
  client: 'web',
  clientFrom: 'field',
}
const refund = {
  kind: 'action',
  eventAt: at,
  action: 'refund',
  outcome: 'allowed',
  subject: 'USR-99',
  actor: 'AGT-4',
  payment: 'pay_7',
  operationId: 'rf_91',
  amountMinor: 8999,
  currency: 'EUR',
}
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('a failed login', () => {
  it.each([
    [
      'logrus',
      '{"client_id":"web","event":"authentication","level":"warning","msg":"login failed","session_id":"s-1","source_ip":"203.0.113.9","success":false,"time":"2025-03-14T11:42:01.123Z","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","user_id":"USR-99"}',
    ],
    [
      'zap with float seconds',
      '{"level":"error","ts":1741952521.1230001,"logger":"auth","caller":"auth/login.go:42","msg":"authentication failed","userId":"USR-99","clientIp":"203.0.113.9","sessionId":"s-1","clientId":"web","traceId":"4bf92f3577b34da6a3ce929d0e0e4736","stacktrace":"main.go"}',
    ],
    [
      'zap with nanoseconds',
      '{"level":"info","ts":1741952521123000000,"msg":"","event":"authentication","result":"failure","uid":"USR-99","ip":"203.0.113.9","sid":"s-1","client_id":"web","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}',
    ],
    [
      'pino',
      `{"level":50,"time":1741952521123,"pid":7,"hostname":"auth-1","name":"auth","event":"login","user":{"id":"USR-99"},"req":{"id":"r-1","remoteAddress":"203.0.113.9"},"traceparent":"${traceparent}","session":{"id":"s-1"},"client":{"id":"web"},"err":{"type":"Error","message":"bad password"},"msg":"nope"}`,
    ],
    [
      'Serilog, compact',
      '{"@t":"2025-03-14T11:42:01.1230000Z","@mt":"User {UserId} failed to log in","@l":"Warning","@tr":"4bf92f3577b34da6a3ce929d0e0e4736","UserId":"USR-99","ClientIp":"203.0.113.9","SessionId":"s-1","ClientId":"web","EventName":"LoginFailed"}',
    ],
    [
      'Serilog, default',
      '{"Timestamp":"2025-03-14T11:42:01.1230000+00:00","Level":"Warning","MessageTemplate":"Login of {UserId} failed","Properties":{"UserId":"USR-99","RemoteIp":"203.0.113.9","SessionId":"s-1","ClientId":"web","TraceId":"4bf92f3577b34da6a3ce929d0e0e4736","EventType":"Authentication","Success":"False"}}',
    ],
    [
      'log4j2',
      '{"instant":{"epochSecond":1741952521,"nanoOfSecond":123999999},"thread":"main","level":"WARN","loggerName":"com.shop.Auth","message":"login failed","endOfBatch":false,"contextMap":{"user_id":"USR-99","source_ip":"203.0.113.9","session_id":"s-1","client_id":"web","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"threadId":1,"threadPriority":5}',
    ],
    [
      'log4j2 with timeMillis',
      '{"timeMillis":1741952521123,"level":"WARN","message":"x","contextMap":{"event":"LOGIN_FAILURE","userId":"USR-99","ip":"203.0.113.9:443","sid":"s-1","azp":"web","traceId":"4BF92F3577B34DA6A3CE929D0E0E4736"}}',
    ],
    [
      'bunyan',
      '{"name":"auth","hostname":"auth-1","pid":7,"level":40,"event_type":"user.login","ok":false,"sub":"USR-99","src_ip":"203.0.113.9","sid":"s-1","client_id":"web","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","msg":"no","time":"2025-03-14T11:42:01.123Z","v":0}',
    ],
    [
      'ECS, flat',
      '{"@timestamp":"2025-03-14T11:42:01.123Z","log.level":"info","message":"x","event.category":"authentication","event.action":"user_login","event.outcome":"failure","user.id":"USR-99","source.ip":"203.0.113.9","trace.id":"4bf92f3577b34da6a3ce929d0e0e4736","session.id":"s-1","client.id":"web","ecs.version":"8.11.0"}',
    ],
    [
      'ECS, nested, with lists',
      '{"@timestamp":"2025-03-14T11:42:01.123Z","event":{"category":["authentication"],"type":["start"],"outcome":"failure"},"user":{"id":"USR-99","name":"mia"},"source":{"ip":"203.0.113.9"},"trace":{"id":"4bf92f3577b34da6a3ce929d0e0e4736"},"session":{"id":"s-1"},"client":{"id":"web"}}',
    ],
    [
      'Google’s severity and trace',
      '{"timestamp":"2025-03-14T11:42:01.123456789Z","severity":"NOTICE","message":"m","logging.googleapis.com/trace":"projects/p/traces/4bf92f3577b34da6a3ce929d0e0e4736","jsonPayload":{"event":"auth","authenticated":false,"user":"USR-99","remote_addr":"203.0.113.9","session_id":"s-1","client_id":"web"}}',
    ],
    [
      'microseconds',
      '{"timestamp":1741952521123456,"eventName":"signin","status":"error","userName":"USR-99","ip_address":"203.0.113.9","sid":"s-1","appId":"web","otelTraceID":"4bf92f3577b34da6a3ce929d0e0e4736"}',
    ],
  ])('is the same from %s', (_, record) => {
    expect(only(record)).toMatchObject(failedLogin)
  })
})

describe('an authentication', () => {
  it.each<readonly [string, object, object]>([
    [
      'Spring Boot’s audit events',
      {
        timestamp: '2025-03-14T11:42:01.123Z',
        principal: 'mia',
        type: 'AUTHENTICATION_FAILURE',
        data: { details: { remoteAddress: '203.0.113.9', sessionId: 's-1' }, message: 'Bad credentials' },
      },
      { action: 'login', outcome: 'failed', subject: 'mia', sourceIp: '203.0.113.9', session: 's-1' },
    ],
    [
      'Spring Security’s own events',
      {
        '@timestamp': '2025-03-14T11:42:01.123Z',
        event: 'AuthenticationFailureLockedEvent',
        username: 'mia',
        client_ip: '203.0.113.9',
      },
      { action: 'login', outcome: 'failed', subject: 'mia', clientIp: '203.0.113.9' },
    ],
    [
      'Spring’s switch of users',
      { timestamp: '2025-03-14T11:42:01.123Z', actor: 'admin', principal: 'mia', type: 'AUTHENTICATION_SWITCH' },
      { action: 'impersonation', subject: 'mia', actor: 'admin' },
    ],
    [
      'ASP.NET Core Identity',
      {
        '@t': '2025-03-14T11:42:01.1230000Z',
        '@mt': 'User failed to provide the correct password.',
        EventId: { Id: 2, Name: 'InvalidPassword' },
        UserName: 'mia',
      },
      { action: 'login', outcome: 'failed', subject: 'mia' },
    ],
    [
      'ASP.NET Core’s lockout',
      {
        '@t': '2025-03-14T11:42:01.1230000Z',
        '@mt': 'User is currently locked out.',
        EventId: { Id: 3, Name: 'UserLockedOut' },
        UserId: 'mia',
      },
      { action: 'lockout', subject: 'mia' },
    ],
    [
      'ECS',
      {
        '@timestamp': '2025-03-14T11:42:01.123Z',
        event: { category: ['authentication'], action: 'password-change', outcome: 'success' },
        user: { id: 'mia' },
        client: { ip: '203.0.113.9', as: { number: 64500 }, geo: { country_iso_code: 'DE' } },
        user_agent: { original: 'Firefox' },
      },
      {
        action: 'credential.change',
        outcome: 'allowed',
        subject: 'mia',
        clientIp: '203.0.113.9',
        clientAsn: 'AS64500',
        clientCountry: 'DE',
        userAgent: 'Firefox',
      },
    ],
    [
      'ECS, of a session',
      {
        '@timestamp': '2025-03-14T11:42:01.123Z',
        event: { category: 'authentication', action: 'session-revoked' },
        user: { id: 'mia' },
        session: { id: 's-1' },
      },
      { action: 'session.revoke', subject: 'mia', session: 's-1' },
    ],
  ])('is read from %s', (_, record, expected) => {
    expect(only(record)).toMatchObject({ kind: 'authn', eventAt: at, ...expected })
  })
})

describe('a refund', () => {
  it.each([
    [
      'logrus',
      '{"action":"refund","actor":"AGT-4","amount":"89.99","currency":"EUR","level":"info","msg":"refund","payment_id":"pay_7","refund_id":"rf_91","time":"2025-03-14T11:42:01.123Z","user_id":"USR-99"}',
    ],
    [
      'pino with numbers',
      '{"level":30,"time":1741952521123,"event":"refund.issued","customerId":"USR-99","agentId":"AGT-4","paymentId":"pay_7","refundId":"rf_91","amount":89.99,"currency":"eur"}',
    ],
    [
      'Serilog by its message template',
      '{"@t":"2025-03-14T11:42:01.1230000Z","@mt":"Refund {RefundId} issued for {UserId}","RefundId":"rf_91","UserId":"USR-99","PerformedBy":"AGT-4","PaymentId":"pay_7","Amount":89.99,"Currency":"EUR"}',
    ],
    [
      'nested objects and minor units',
      '{"ts":1741952521.123,"msg":"m","event":"refund","user":{"id":"USR-99"},"actor":{"id":"AGT-4"},"payment":{"id":"pay_7"},"refund":{"id":"rf_91","amount_minor":8999,"currency":"EUR","status":"succeeded"}}',
    ],
    [
      'cents',
      '{"time":"2025-03-14T11:42:01,123","type":"RefundCompleted","uid":"USR-99","operator":"AGT-4","charge":"pay_7","refund_id":"rf_91","amount_cents":"8999","currency_code":"EUR"}',
    ],
    [
      'an amount with its currency',
      '{"time":"2025-03-14T11:42:01.123Z","operation":"createRefund","user_id":"USR-99","performedBy":"AGT-4","transaction_id":"pay_7","refundId":"rf_91","amount":{"value":"89.99","currency":"EUR"},"outcome":"SUCCESS"}',
    ],
  ])('is the same from %s', (_, record) => {
    expect(only(record)).toMatchObject(refund)
  })

  it('is named by the envelope where the record does not say', () => {
    const record = '{"refund_id":"rf_91","amount_minor":4200,"currency":"EUR","actor":"svc:cart"}'
    expect(only(record, { envelopeEvent: () => 'com.shop.payments.refund.v1' })).toMatchObject({
      kind: 'action',
      action: 'refund',
      operationId: 'rf_91',
      actor: 'svc:cart',
      amountMinor: 4200,
      currency: 'EUR',
      eventAt: 0,
    })
    expect(decode(record).refusal?.reason).toBe('missing-field')
  })

  it('never asks the envelope when the record says what happened', () => {
    const envelopeEvent = (): string => {
      throw new Error('asked')
    }
    expect(only('{"event":"refund","user_id":"U"}', { envelopeEvent }).action).toBe('refund')
  })
})

describe('a record of another format', () => {
  it.each([
    [{ decision_id: 'd', labels: {}, result: true, timestamp: '2025-03-14T11:42:01Z' }],
    [{ start_time: '2025-03-14T11:42:01Z', response_code: 200 }],
    [{ flow: {}, node_name: 'n', time: '2025-03-14T11:42:01Z' }],
    [{}],
  ])('%j is left alone', (record) => {
    expect(decode(record).recognised).toBe(false)
  })

  it.each(['[]', '"text"', 'text', '{"event":'])('%s is left alone', (text) => {
    expect(decode(text).recognised).toBe(false)
    expect(decode(text).refusal?.reason).toBe('invalid-json')
  })
})
