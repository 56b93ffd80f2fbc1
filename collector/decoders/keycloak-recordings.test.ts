// Proves on recordings of a real Keycloak that every story decodes field by field, from its log and from its admin API alike.

import { describe, expect, it } from 'vitest'
import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import { recording, recordingsOf } from '../../test/support/recordings.ts'

function decoded(path: string): readonly SecurityEvent[] {
  const { events, quarantine } = openLineDecoder()(recording(path).join('\n'))
  expect(quarantine).toEqual([])
  return events
}

const told = (event: SecurityEvent): string =>
  [event.action, event.outcome, event.tokenVerdict].filter((word) => word !== '').join(' ')

const rotation = ['login allowed', ...Array(3).fill('token.refresh allowed')]
const stories: readonly (readonly [string, readonly string[]])[] = [
  ['login-and-rotation', rotation],
  [
    'browser-login',
    [
      'login allowed',
      'code.exchange allowed',
      'token.validate allowed',
      'token.introspect allowed',
      'token.refresh allowed',
      'login denied',
      'login denied',
    ],
  ],
  [
    'code-replayed',
    [
      'login allowed',
      'code.exchange allowed',
      'code.exchange denied reused',
      'token.refresh denied session-ended',
      'code.exchange denied unknown',
    ],
  ],
  ['parent-reused', [...rotation, 'token.refresh denied reused', 'token.refresh denied session-ended']],
  ['ancestor-reused', [...rotation, 'token.refresh denied stale', 'token.refresh denied session-ended']],
  ['thief-refreshes-first', [...rotation.slice(0, 3), 'token.refresh denied reused']],
  ['other-client', [...rotation.slice(0, 2), 'token.refresh denied wrong-client', 'token.refresh allowed']],
  ['logout-in-one-tab', [...rotation.slice(0, 2), 'logout allowed', 'token.refresh denied session-ended']],
  ['used-after-logout-elsewhere', [...rotation.slice(0, 2), 'logout allowed', 'token.refresh denied session-ended']],
  [
    'lost-response',
    ['login allowed', ...Array(2).fill('token.refresh allowed'), 'token.refresh denied reused', 'login allowed'],
  ],
  ['expired-token', ['login allowed', 'token.refresh denied expired']],
  [
    'two-tabs-loser-first',
    [
      ...rotation.slice(0, 2),
      'token.refresh denied reused',
      'token.refresh allowed',
      'token.refresh denied session-ended',
    ],
  ],
  [
    'two-tabs-winner-first',
    [...rotation.slice(0, 3), 'token.refresh denied reused', 'token.refresh denied session-ended'],
  ],
  [
    'revocation',
    [
      'login allowed',
      'token.revoke allowed',
      'token.introspect denied',
      'token.validate denied revoked',
      'grant.revoke allowed',
      'token.refresh denied session-ended',
    ],
  ],
  ['brute-force', ['login denied', 'login denied', 'lockout allowed', ...Array(6).fill('login denied')]],
  [
    'clients',
    [
      'client.login allowed',
      'client.login denied',
      'client.login denied',
      'login allowed',
      'token.exchange allowed',
      'token.exchange denied',
    ],
  ],
  ['rotation-off', ['login allowed', ...Array(5).fill('token.refresh allowed')]],
]

describe('a story of Keycloak', () => {
  it.each(stories)('%s is told by its log and by its admin API alike', (story, expected) => {
    const logged = decoded(`keycloak/${story}.log`)
    const stored = decoded(`keycloak/${story}.events.jsonl`)
    expect(logged.map(told)).toEqual(expected)
    // The admin API orders by time alone, the log as it was written.
    expect(stored.map(told).sort()).toEqual([...expected].sort())
    const facts = ({
      subject,
      client,
      session,
      tokenId,
      issuedToken,
      issuedRefreshToken,
      clientIp,
      scope,
      outcomeReason,
    }: SecurityEvent): string =>
      JSON.stringify([
        subject,
        client,
        session,
        tokenId,
        issuedToken,
        issuedRefreshToken,
        clientIp,
        scope,
        outcomeReason,
      ])
    expect(stored.map(facts).sort()).toEqual(logged.map(facts).sort())
  })

  it('of which the log has a file has a place in this table', () => {
    const named = recordingsOf('keycloak', '.events.jsonl').map((path) => path.replace(/.*\/|\.events\.jsonl$/g, ''))
    const apart = ['administration', 'ancestor-accepted', 'hostile-names']
    expect(named.filter((name) => !apart.includes(name)).sort()).toEqual(stories.map(([name]) => name).sort())
  })
})

describe('the event objects that listeners get', () => {
  it('say what the log says, with an id and the name of the realm', () => {
    const events = decoded('keycloak/listener-json.jsonl')
    const logged = ['login-and-rotation', 'parent-reused', 'hostile-names', 'administration'].flatMap((story) =>
      decoded(`keycloak/${story}.log`),
    )
    expect(events.map(told).sort()).toEqual(logged.map(told).sort())
    for (const event of events) {
      expect(event.nativeId).toMatch(/^[0-9a-f-]{36}$/)
      expect(event.tokenIssuer).toBe('shop')
      expect(event.format).toBe(event.resource === '' ? 'keycloak-event' : 'keycloak-admin-event')
    }
  })
})

/** Reads a line without an escaped quote in it, as plainly as possible. */
function fieldsOf(line: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value === 'null' ? '' : value]),
  )
}

describe('every line of the log', () => {
  const lines = recordingsOf('keycloak', '.log')
    .filter((path) => !/\/(?:unquoted|older)\.log$/.test(path))
    .flatMap((path) => recording(path))
    .filter((line) => line.includes(' type="') && !line.includes('\\'))
  it('is there', () => {
    expect(lines.length).toBeGreaterThan(80)
  })

  it('has its fields in their columns', () => {
    const decode = openLineDecoder()
    for (const line of lines) {
      const [event] = decode(line).events
      const said = fieldsOf(line)
      const { type = '', username = '', reason = '', error = '' } = said
      const refreshes = type.startsWith('REFRESH_TOKEN')
      expect(event, line).toMatchObject({
        kind: 'authn',
        format: 'keycloak-log',
        eventAt: Date.parse(`${line.slice(0, 10)}T${line.slice(11, 23).replace(',', '.')}Z`),
        client: said.clientId ?? '',
        session: said.sessionId ?? '',
        clientIp: said.ipAddress,
        tokenIssuer: said.realmName,
        scope: said.scope ?? '',
        outcome: type.endsWith('_ERROR') ? 'denied' : 'allowed',
        outcomeReason: (reason || error).replace(/@[0-9a-f]+$/, ''),
        ...(refreshes
          ? {
              tokenKind: 'refresh-token',
              tokenId: said.refresh_token_id ?? '',
              issuedRefreshToken: said.updated_refresh_token_id ?? '',
              issuedToken: said.token_id?.replace(/^.*:/, '') ?? '',
            }
          : {}),
      })
      // A name that reads differently from what it is becomes nobody's.
      if (!username.includes('\u202e'))
        expect(event?.subject, line).toBe(said.userId || said.refresh_token_sub || username)
    }
  })
})

describe('lineage', () => {
  it('joins each refresh to the one before, from the login on', () => {
    const steps = decoded('keycloak/login-and-rotation.log')
    for (const [at, step] of steps.entries()) {
      expect(step.issuedToken).toMatch(/^[0-9a-f-]{36}$/)
      expect(step.issuedRefreshToken).toMatch(/^[0-9a-f-]{36}$/)
      if (at > 0) expect(step.tokenId).toBe(steps[at - 1]?.issuedRefreshToken)
    }
  })

  it('has two events for one token where tabs race, whichever is logged first', () => {
    for (const order of ['loser-first', 'winner-first']) {
      const presented = decoded(`keycloak/two-tabs-${order}.log`).map(({ tokenId }) => tokenId)
      expect(new Set(presented).size).toBe(presented.length - 1)
    }
  })

  it('forks where Keycloak takes an ancestor for fresh, within the second of its issue', () => {
    const [login, ...refreshes] = decoded('keycloak/ancestor-accepted.log')
    const [first, , thief] = refreshes
    expect(thief).toMatchObject({ outcome: 'allowed', clientIp: '198.51.100.77', tokenId: login?.issuedRefreshToken })
    expect(thief?.tokenId).toBe(first?.tokenId)
    expect(thief?.issuedRefreshToken).not.toBe(first?.issuedRefreshToken)
  })

  it('knows neither session nor token where another client presents it', () => {
    const [, , refused] = decoded('keycloak/other-client.log')
    expect(refused).toMatchObject({
      client: 'mobile',
      subject: '',
      session: '',
      tokenId: '',
      tokenVerdict: 'wrong-client',
    })
  })
})

describe('administration', () => {
  it.each([['keycloak/administration.admin-events.jsonl'], ['keycloak/administration.log']])('in %s', (path) => {
    const events = decoded(path).filter(({ actor }) => actor !== '' && actor !== 'admin')
    expect(events.map(({ kind, action }) => `${kind} ${action}`)).toEqual([
      'action realm-role.create',
      'action role.change',
      'action client.update',
      'authn credential.change',
      'action user.update',
      'authn session.revoke',
      'action role.change',
      'authn session.revoke',
      'action user.create',
      'action user.delete',
      'authn session.revoke',
    ])
    expect(events[1]).toMatchObject({ outcome: 'allowed', clientIp: '127.0.0.1' })
    expect(events[1]?.subject).toMatch(/^[0-9a-f-]{36}$/)
    expect(events[7]?.session).toMatch(/^[0-9a-f-]{36}$/)
    expect(events[7]?.subject).toBe('')
  })

  it('names who impersonated whom', () => {
    expect(decoded('keycloak/administration.log')).toContainEqual(
      expect.objectContaining({
        action: 'impersonation',
        kind: 'authn',
        actor: 'admin',
        subject: expect.stringMatching(/^[0-9a-f-]{36}$/),
      }),
    )
  })
})

describe('names that attackers typed', () => {
  it.each([['keycloak/hostile-names.log'], ['keycloak/hostile-names.events.jsonl']])(
    'are read as they were typed in %s',
    (path) => {
      const events = decoded(path)
      expect(events.every(({ outcome }) => outcome === 'denied')).toBe(true)
      expect(events.every(({ clientIp }) => clientIp === '198.51.100.77')).toBe(true)
      expect(
        events.filter(({ action }) => action === 'login').map(({ subject, subjectFrom }) => [subject, subjectFrom]),
      ).toEqual(
        [
          'x", type="LOGIN", userId="ada',
          'ends in a backslash\\',
          'x\\", error="none',
          "x', type=LOGIN, y='",
          path.endsWith('.log')
            ? 'line 2026-11-28 00:00:00,000 WARN  [org.keycloak.events] (t) type="LOGIN", realmId="r"'
            : '',
          '',
          'a=b, c=d',
          'quote"',
        ].map((name) => [name, name === '' ? '' : 'asserted']),
      )
      expect(events[8]).toMatchObject({ client: 'no", userId="ada', subject: '', action: 'token.refresh' })
    },
  )
})
