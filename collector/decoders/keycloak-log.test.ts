// Proves what lines of Keycloak's log say in every layout, and that a name somebody typed forges nothing.

import { describe, expect, it } from 'vitest'
import { leastCpuMs } from '../../test/support/cpu-time.ts'
import { openLineDecoder, saidBy } from '../../test/support/decode-lines.ts'
import { decodeText, onlyEvent } from '../../test/support/decode-text.ts'
import { recording } from '../../test/support/recordings.ts'
import { keycloakLog } from './keycloak-log.ts'

const head = '2026-11-02 09:14:25,101 WARN  [org.keycloak.events] (executor-thread-69) '
const failed =
  'type="LOGIN_ERROR", realmId="0b5c", realmName="shop", clientId="web", userId="null", ipAddress="198.51.100.77", error="user_not_found"'
const reused = {
  kind: 'authn',
  eventAt: Date.UTC(2026, 10, 2, 9, 14, 25, 101),
  action: 'token.refresh',
  outcome: 'denied',
  outcomeReason: 'Maximum allowed refresh token reuse exceeded',
  tokenVerdict: 'reused',
  tokenKind: 'refresh-token',
  tokenId: 'rt-1',
  tokenIssuer: 'shop',
  subject: 'u-314',
  client: 'web',
  session: 'S1',
  clientIp: '198.51.100.77',
}
const pairs =
  'type="REFRESH_TOKEN_ERROR", realmId="0b5c2f1e", realmName="shop", clientId="web", userId="null", sessionId="S1", ipAddress="198.51.100.77", error="invalid_token", reason="Maximum allowed refresh token reuse exceeded", grant_type="refresh_token", refresh_token_type="Refresh", refresh_token_id="rt-1", refresh_token_sub="u-314", client_auth_method="client-secret"'
const trace =
  'traceId=4bf92f3577b34da6a3ce929d0e0e4736, parentId=00f067aa0ba902b7, spanId=b7ad6b7169203331, sampled=true '

describe('a refusal', () => {
  it.each([
    ['as the console has it', `${head}${pairs}`],
    ['with tracing on', `2026-11-02 09:14:25,101 ${trace}WARN  [org.keycloak.events] (executor-thread-69) ${pairs}`],
    [
      'in the JSON console log',
      JSON.stringify({
        timestamp: '2026-11-02T09:14:25.101999Z',
        loggerName: 'org.keycloak.events',
        level: 'WARN',
        message: pairs,
        mdc: {},
        hostName: 'kc-0',
      }),
    ],
    [
      'in the JSON console log as ECS',
      JSON.stringify({
        '@timestamp': '2026-11-02T10:14:25.101+01:00',
        'log.logger': 'org.keycloak.events',
        'log.level': 'WARN',
        message: pairs,
      }),
    ],
    [
      'of an older version, without quotes',
      `${head}type=REFRESH_TOKEN_ERROR, realmId=shop, clientId=web, userId=null, sessionId=S1, ipAddress=198.51.100.77, error=invalid_token, grant_type=refresh_token, refresh_token_type=Refresh, reason='Maximum allowed refresh token reuse exceeded', refresh_token_id=rt-1, refresh_token_sub=u-314`,
    ],
    [
      'with the listener told to leave quotes out',
      `${head}type=REFRESH_TOKEN_ERROR, realmId=0b5c, realmName=shop, clientId=web, userId=null, sessionId=S1, ipAddress=198.51.100.77, error=invalid_token, reason=Maximum allowed refresh token reuse exceeded, refresh_token_id=rt-1, refresh_token_sub=u-314`,
    ],
  ])('%s', (_, line) => {
    expect(onlyEvent(keycloakLog, line)).toMatchObject(reused)
  })

  it('without a reason, of versions before 25, has the error as its reason and no verdict', () => {
    const line = `${head}type=REFRESH_TOKEN_ERROR, realmId=shop, clientId=web, userId=null, ipAddress=198.51.100.77, error=invalid_token, grant_type=refresh_token, client_auth_method=client-secret`
    expect(onlyEvent(keycloakLog, line)).toMatchObject({
      outcomeReason: 'invalid_token',
      tokenVerdict: '',
      subject: '',
    })
  })

  it('carries the trace and the host where the line has them', () => {
    expect(
      onlyEvent(keycloakLog, `2026-11-02 09:14:25,101 ${trace}WARN  [org.keycloak.events] (t) ${pairs}`),
    ).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: 'b7ad6b7169203331',
    })
    const json = {
      timestamp: '2026-11-02T09:14:25Z',
      loggerName: 'org.keycloak.events',
      message: pairs,
      hostName: 'kc-0',
    }
    const mdc = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: 'b7ad6b7169203331' }
    expect(onlyEvent(keycloakLog, JSON.stringify({ ...json, mdc }))).toMatchObject({ instance: 'kc-0', ...mdc })
  })
})

describe('the reasons of a refused token', () => {
  it.each([
    ['Maximum allowed refresh token reuse exceeded', 'reused'],
    ['Stale token', 'stale'],
    ["Invalid refresh token. Token client and authorized client don't match", 'wrong-client'],
    ["Session doesn't have required client", 'session-ended'],
    ['Session not active', 'session-ended'],
    ['Token is not active', 'expired'],
    ['Invalid refresh token', 'unknown'],
    ['something new', ''],
  ])('%s is %j', (reason, verdict) => {
    const line = `${head}${pairs.replace('Maximum allowed refresh token reuse exceeded', reason)}`
    expect(onlyEvent(keycloakLog, line)).toMatchObject({ tokenVerdict: verdict, outcomeReason: reason })
  })
})

describe('the time', () => {
  it('is local, in the zone that the settings name for the source', () => {
    const decode = openLineDecoder({ timeZones: { idp: 'Europe/Berlin' } })
    const at = (source: string): number | undefined => decode(`${head}${pairs}`, { source }).events[0]?.eventAt
    expect(at('idp')).toBe(Date.UTC(2026, 10, 2, 8, 14, 25, 101))
    expect(at('other')).toBe(Date.UTC(2026, 10, 2, 9, 14, 25, 101))
  })

  it('is the envelope’s where the line has a time of day only, and missing without one', () => {
    const line = `09:14:25,101 WARN  [org.keycloak.events] (default task-9) ${pairs}`
    const shipped = openLineDecoder()(JSON.stringify({ log: line, stream: 'stdout', time: '2026-11-02T09:14:25.2Z' }))
    expect(shipped.events[0]).toMatchObject({ action: 'token.refresh', eventAt: Date.UTC(2026, 10, 2, 9, 14, 25, 200) })
    expect(openLineDecoder()(line).quarantine).toMatchObject([{ reason: 'missing-time' }])
  })
})

describe('a name that somebody typed, in double quotes,', () => {
  const typed = (name: string): string => `${head}${failed}, username="${name.replaceAll('"', '\\"')}", code_id="c-1"`
  it.each([
    ['x", type="LOGIN", userId="ada'],
    ['x", refresh_token_id="rt-1", y="'],
    ['ends in a backslash\\'],
    ['\\", error="none'],
    ['", code_id="'],
    ['"'],
    ['\\'],
    ['=", ="'],
    ['a, b=c'],
    ["it's"],
  ])('%j is read as it was typed', (name) => {
    expect(onlyEvent(keycloakLog, typed(name))).toMatchObject({
      action: 'login',
      outcome: 'denied',
      tokenId: '',
      subject: name,
      subjectFrom: 'asserted',
      attributesJson: { code_id: 'c-1' },
    })
  })

  it.each([
    ['x\u202etxt', ''],
    ['x\u001b[2K', ''],
    ['x\u0000', ''],
    ['x'.repeat(300), ''],
  ])('%j becomes nobody, and the attempt counts all the same', (name, subject) => {
    expect(onlyEvent(keycloakLog, typed(name))).toMatchObject({ subject, outcome: 'denied', clientIp: '198.51.100.77' })
  })
})

describe('a line whose pairs may be forged', () => {
  const open =
    'type=LOGIN_ERROR, realmId=shop, clientId=web, userId=null, ipAddress=198.51.100.77, error=user_not_found, auth_method=openid-connect'
  const put = (line: string) => decodeText(keycloakLog, `${head}${line}`).refusal?.reason
  it.each([
    ['a pair is there twice', `${failed}, username="x", type="LOGIN"`],
    ['quotes do not add up', `${failed}, username="x`],
    ['quotes do not add up in single quotes', `${open}, username='x y`],
    ['single quotes hold no space', `${open}, username='x', refresh_token_id=rt-1, y='a b'`],
    ['a fact stands behind a typed name', `${open}, username='x y', refresh_token_id=rt-1, z='a b'`],
    ['a fact stands behind a typed name without quotes', `${open}, username=x, refresh_token_sub=u-1`],
    ['a party stands behind another’s place', open.replace('clientId=web', 'clientId=web, sessionId=S9')],
    ['a party is missing', open.replace(', ipAddress=198.51.100.77', '')],
    ['something is no pair', `${failed}, and more`],
  ])('is put aside where %s', (_, line) => {
    expect(put(line)).toBe('log-injection-suspect')
  })

  it('is put aside where a cookie list does not end the line, and read where it does', () => {
    expect(put(`${failed}, requestUri="http://kc/", cookies=[a=b], x="y"`)).toBe('log-injection-suspect')
    const traced = onlyEvent(keycloakLog, `${head}${failed}, requestUri="http://kc/", cookies=[a=b]`)
    expect(traced.attributes).not.toContain('a=b')
  })
})

describe('hostile length', () => {
  it.each([
    ['quotes', (size: number) => `${head}${failed}, username="${'\\"'.repeat(size / 2)}"`],
    ['half pairs', (size: number) => `${head}${failed}, username="${'\\", a='.repeat(size / 6)}"`],
    ['commas', (size: number) => `${head}type=LOGIN_ERROR, realmId=r, clientId=${', '.repeat(size / 2)}`],
    ['single quotes', (size: number) => `${head}type=LOGIN_ERROR, realmId='${"', ".repeat(size / 3)}`],
    ['pairs', (size: number) => `${head}type="LOGIN"${', a="b"'.repeat(size / 7)}`],
    ['a head without end', (size: number) => `[org.keycloak.events]${' '.repeat(size)}type="LOGIN"`],
  ])('of %s takes time in proportion', (_, make) => {
    const decode = openLineDecoder({ limits: { depth: 64, keys: 2000, lineBytes: 16 << 20 } })
    const timed = (size: number): number => {
      const line = make(size)
      return leastCpuMs(() => {
        const { events, quarantine } = decode(line)
        expect(events.length + quarantine.length).toBe(1)
      })
    }
    timed(10_000)
    // Quadratic work would be 64 times as much; the rest is room for a collection of garbage.
    expect(timed(960_000)).toBeLessThan(timed(120_000) * 24 + 30)
  })
})

describe('recordings in other layouts', () => {
  const facts = (path: string) => {
    const { events, quarantine } = openLineDecoder()(recording(path).join('\n'))
    return {
      told: events.map(({ action, outcome, tokenVerdict }) => [action, outcome, tokenVerdict].join(' ')),
      quarantine,
    }
  }
  it('in the JSON console say what the text says', () => {
    const text = ['login-and-rotation', 'parent-reused', 'ancestor-reused', 'hostile-names'].flatMap(
      (story) => facts(`keycloak/${story}.log`).told,
    )
    expect(facts('keycloak/json-console.jsonl')).toEqual({ told: text, quarantine: [] })
  })

  it('without quotes put aside what forges a pair, and read the rest', () => {
    const { told, quarantine } = facts('keycloak/unquoted.log')
    expect(told.filter((words) => words.includes('token.refresh')).length).toBe(14)
    expect(quarantine.every(({ reason }) => reason === 'log-injection-suspect')).toBe(true)
    expect(quarantine.length).toBeGreaterThan(2)
  })

  it('of version 20 read what was rotated, and put aside the line that a name forged', () => {
    const { told, quarantine } = facts('keycloak/older.log')
    // Refusals had no reasons then, and so no verdicts: the lineage has to tell.
    expect(told.slice(0, 4)).toEqual(['login allowed ', ...Array(3).fill('token.refresh allowed ')])
    expect(told.filter((words) => words === 'token.refresh denied ').length).toBe(5)
    expect(told.filter((words) => words.startsWith('login denied')).length).toBe(6)
    expect(quarantine.map(({ reason }) => reason)).toEqual(Array(4).fill('log-injection-suspect'))
    expect(quarantine.map(({ head }) => head.slice(0, 20))).toContain('2026-11-28 00:00:00,')
  })

  it('with only failures logged hold refusals and no success', () => {
    const { told } = facts('keycloak/failures-only.log')
    expect(told).toContain('token.refresh denied reused')
    expect(told).toContain('token.refresh denied stale')
    expect(told.filter((words) => words.includes('allowed'))).toEqual([])
  })

  it('carry traces where tracing is on', () => {
    const { events } = openLineDecoder()(recording('keycloak/traced.log').join('\n'))
    expect(events.length).toBe(4)
    for (const event of events)
      expect(saidBy(event)).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })
})
