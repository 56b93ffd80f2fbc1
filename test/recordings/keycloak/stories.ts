// The good and the bad days that are recorded: each story is one file.

import type { Administrator } from './administrator.ts'
import { apiSecret, password } from './realm.ts'
import type { Tokens, Visitor } from './visitor.ts'

export interface Stage {
  readonly administrator: Administrator
  /** Somebody at an address. */
  at(ip: string): Visitor
  /** Waits as long as that. */
  later(seconds: number): Promise<void>
  /** Event lines of this story so far. */
  lines(): readonly string[]
}

export type Story = (stage: Stage) => Promise<void>

export const home = '203.0.113.9'
export const thief = '198.51.100.77'

/** Until a second of the clock begins: Keycloak tells a stale token by whole seconds. */
async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1005 - (Date.now() % 1000)))
}

/** A login and so many refreshes, one after the other; the tokens of each step. */
async function rotated(
  visitor: Visitor,
  username: string,
  times: number,
  pause?: () => Promise<void>,
): Promise<readonly Tokens[]> {
  const steps = [await visitor.logIn(username)]
  for (let step = 0; step < times; step++) {
    await pause?.()
    steps.push(await visitor.refresh(steps[step]?.refresh ?? ''))
  }
  return steps
}

function refreshOf(steps: readonly Tokens[], at: number): string {
  const token = steps.at(at)?.refresh ?? ''
  if (token === '') throw new Error(`no refresh token at step ${at}`)
  return token
}

export const stories: Readonly<Record<string, Story>> = {
  'login-and-rotation': async ({ at }) => {
    await rotated(at(home), 'ada', 3)
  },

  'browser-login': async ({ at }) => {
    const visitor = at(home)
    const tokens = await visitor.exchangeCode(await visitor.browserCode('bob'))
    await visitor.userInfo(tokens.access)
    await visitor.introspect(tokens.access)
    await visitor.refresh(tokens.refresh)
    await visitor.browserCode('bob', 'wrong')
    await visitor.browserCode('nobody', 'wrong')
  },

  'code-replayed': async ({ at }) => {
    const code = await at(home).browserCode('carol')
    const tokens = await at(home).exchangeCode(code)
    await at(thief).exchangeCode(code)
    await at(home).refresh(tokens.refresh)
    await at(thief).exchangeCode('not-a-code')
  },

  /** Both tabs wake up and refresh with the token that they share; the winner then goes on. */
  'two-tabs': async ({ at }) => {
    const visitor = at(home)
    const steps = await rotated(visitor, 'dave', 1)
    const both = await Promise.all([visitor.refresh(refreshOf(steps, 1)), visitor.refresh(refreshOf(steps, 1))])
    for (const { status, refresh } of both) if (status === 200) await visitor.refresh(refresh)
  },

  'parent-reused': async ({ at }) => {
    const steps = await rotated(at(home), 'erin', 3)
    await at(thief).refresh(refreshOf(steps, 2))
    await at(home).refresh(refreshOf(steps, 3))
  },

  'ancestor-reused': async ({ at }) => {
    const steps = await rotated(at(home), 'frank', 3, nextSecond)
    await at(thief).refresh(refreshOf(steps, 0))
    await at(home).refresh(refreshOf(steps, 3))
  },

  /** Within the second in which it was issued, Keycloak takes a token for fresh that has grandchildren already. */
  'ancestor-accepted': async ({ at }) => {
    await nextSecond()
    const steps = await rotated(at(home), 'frank', 2)
    await at(thief).refresh(refreshOf(steps, 0))
    await at(home).refresh(refreshOf(steps, 2))
  },

  'thief-refreshes-first': async ({ at }) => {
    const steps = await rotated(at(home), 'grace', 1)
    await at(thief).refresh(refreshOf(steps, 1))
    await at(home).refresh(refreshOf(steps, 1))
  },

  'other-client': async ({ at }) => {
    const steps = await rotated(at(home), 'heidi', 1)
    await at(thief).refresh(refreshOf(steps, 1), 'mobile')
    await at(home).refresh(refreshOf(steps, 1))
  },

  'logout-in-one-tab': async ({ at }) => {
    const steps = await rotated(at(home), 'ivan', 1)
    await at(home).logOut(refreshOf(steps, 1))
    await at(home).refresh(refreshOf(steps, 1))
  },

  'used-after-logout-elsewhere': async ({ at }) => {
    const steps = await rotated(at(home), 'ivan', 1)
    await at(home).logOut(refreshOf(steps, 1))
    await at(thief).refresh(refreshOf(steps, 1))
  },

  /** The answer to a refresh never arrives; when the device wakes up, the client asks again with what it has. */
  'lost-response': async ({ at, later }) => {
    const steps = await rotated(at(home), 'judy', 2)
    await later(40)
    await at(home).refresh(refreshOf(steps, 1))
    await at(home).logIn('judy')
  },

  'expired-token': async ({ at, later }) => {
    const tokens = await at(home).logIn('ada', 'short')
    await later(5)
    await at(home).refresh(tokens.refresh, 'short')
  },

  revocation: async ({ at }) => {
    const first = await at(home).logIn('ada')
    await at(home).revoke(first.access, 'access_token')
    await at(home).introspect(first.access)
    await at(home).userInfo(first.access)
    await at(home).revoke(first.refresh, 'refresh_token')
    await at(home).refresh(first.refresh)
  },

  'brute-force': async ({ at }) => {
    for (let attempt = 0; attempt < 5; attempt++) await at(thief).logIn('bob', 'web', `guess ${attempt}`)
    await at(home).logIn('bob')
    await at(thief).logIn('nobody', 'web', 'guess')
    await at(thief).logIn('mallory')
  },

  /** User names, client ids and addresses as an attacker would type them. */
  'hostile-names': async ({ at }) => {
    const names = [
      'x", type="LOGIN", userId="ada',
      'ends in a backslash\\',
      'x\\", error="none',
      "x', type=LOGIN, y='",
      'line\n2026-11-28 00:00:00,000 WARN  [org.keycloak.events] (t) type="LOGIN", realmId="r"',
      'tab\tand\u202eturned',
      'a=b, c=d',
      'quote"',
    ]
    for (const name of names) await at(thief).logIn(name, 'web', 'guess')
    await at(thief).token({ grant_type: 'refresh_token', client_id: 'no", userId="ada', refresh_token: 'x' })
    await at(thief).token({ grant_type: 'refresh_token', client_id: 'web', refresh_token: 'not a token' })
  },

  clients: async ({ at }) => {
    const tokens = await at(home).token({
      grant_type: 'client_credentials',
      client_id: 'api',
      client_secret: apiSecret,
    })
    await at(thief).token({ grant_type: 'client_credentials', client_id: 'api', client_secret: 'wrong' })
    await at(thief).token({ grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'wrong' })
    const user = await at(home).logIn('ada', 'api')
    const exchange = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: 'api',
      client_secret: apiSecret,
    }
    await at(home).token({
      ...exchange,
      subject_token: user.access,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    await at(home).token({
      ...exchange,
      subject_token: tokens.id || 'none',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
  },

  administration: async ({ at, administrator }) => {
    await at(home).logIn('carol')
    const carol = await administrator.idOf('users?username=carol')
    const web = await administrator.idOf('clients?clientId=web')
    await administrator.call('POST', 'roles', { name: 'refunder' })
    const role = await administrator.call('GET', 'roles/refunder')
    await administrator.call('POST', `users/${carol}/role-mappings/realm`, [role])
    await administrator.call('PUT', `clients/${web}`, {
      clientId: 'web',
      redirectUris: ['http://127.0.0.1/callback', 'http://127.0.0.1/other'],
    })
    await administrator.call('PUT', `users/${carol}/reset-password`, {
      type: 'password',
      value: password,
      temporary: false,
    })
    await administrator.call('PUT', `users/${carol}`, { firstName: 'Carola' })
    await administrator.call('POST', `users/${carol}/impersonation`)
    await administrator.call('POST', `users/${carol}/logout`)
    await administrator.call('DELETE', `users/${carol}/role-mappings/realm`, [role])
    await at(home).logIn('dave')
    const session = await administrator.idOf(`users/${await administrator.idOf('users?username=dave')}/sessions`)
    await administrator.call('DELETE', `sessions/${session}`)
    await administrator.call('POST', 'users', { username: 'temporary', enabled: true })
    await administrator.call('POST', 'users', { username: 'temporary', enabled: true })
    await administrator.call('DELETE', `users/${await administrator.idOf('users?username=temporary')}`)
    await administrator.call('POST', 'logout-all')
  },
}

/** In a realm that does not revoke refresh tokens, presenting one twice is ordinary. */
export const storiesWithoutRotation: Readonly<Record<string, Story>> = {
  'rotation-off': async ({ at }) => {
    const steps = await rotated(at(home), 'ada', 2)
    await at(home).refresh(refreshOf(steps, 0))
    await at(home).refresh(refreshOf(steps, 0))
    await at(home).refresh(refreshOf(steps, 2))
  },
}
