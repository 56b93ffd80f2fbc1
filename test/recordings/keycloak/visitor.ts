// What somebody with a browser or a client does at Keycloak: log in, refresh, log out, exchange, revoke.

import { apiSecret, password } from './realm.ts'

export type Fields = Readonly<Record<string, string>>

export interface Tokens {
  readonly status: number
  readonly access: string
  readonly refresh: string
  readonly id: string
}

/** One address from which requests come, in one realm. */
export class Visitor {
  private readonly base: string
  private readonly ip: string

  constructor(server: string, realm: string, ip: string) {
    this.base = `${server}/realms/${realm}/protocol/openid-connect`
    this.ip = ip
  }

  async post(endpoint: string, fields: Fields): Promise<Response> {
    return fetch(`${this.base}/${endpoint}`, {
      method: 'POST',
      headers: { 'x-forwarded-for': this.ip },
      body: new URLSearchParams(fields),
    })
  }

  async token(fields: Fields): Promise<Tokens> {
    const reply = await this.post('token', fields)
    const body: unknown = await reply.json()
    const text = (name: string): string => {
      const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
      return typeof value === 'string' ? value : ''
    }
    return { status: reply.status, access: text('access_token'), refresh: text('refresh_token'), id: text('id_token') }
  }

  logIn(username: string, client = 'web', secret = password): Promise<Tokens> {
    return this.token({
      grant_type: 'password',
      client_id: client,
      username,
      password: secret,
      scope: 'openid',
      ...secretOf(client),
    })
  }

  refresh(refresh: string, client = 'web'): Promise<Tokens> {
    return this.token({ grant_type: 'refresh_token', client_id: client, refresh_token: refresh, ...secretOf(client) })
  }

  async logOut(refresh: string, client = 'web'): Promise<void> {
    await this.post('logout', { client_id: client, refresh_token: refresh })
  }

  async revoke(token: string, kind: string, client = 'web'): Promise<void> {
    await this.post('revoke', { client_id: client, token, token_type_hint: kind })
  }

  async introspect(token: string): Promise<void> {
    await this.post('token/introspect', { client_id: 'api', client_secret: apiSecret, token })
  }

  async userInfo(access: string): Promise<void> {
    await fetch(`${this.base}/userinfo`, { headers: { authorization: `Bearer ${access}`, 'x-forwarded-for': this.ip } })
  }

  /** Through the login form, as browsers do; gives the authorization code. */
  async browserCode(username: string, secret = password): Promise<string> {
    const query = new URLSearchParams({
      client_id: 'web',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: callback,
    })
    const page = await fetch(`${this.base}/auth?${query}`, {
      headers: { 'x-forwarded-for': this.ip },
      redirect: 'manual',
    })
    const cookie = page.headers
      .getSetCookie()
      .map((one) => one.split(';')[0] ?? '')
      .join('; ')
    const action = /<form[^>]+action="([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&')
    if (action === undefined) throw new Error(`no login form in the answer ${page.status}`)
    const reply = await fetch(action, {
      method: 'POST',
      headers: { cookie, 'x-forwarded-for': this.ip },
      body: new URLSearchParams({ username, password: secret }),
      redirect: 'manual',
    })
    const target = reply.headers.get('location')
    await reply.body?.cancel()
    return target === null ? '' : (new URL(target).searchParams.get('code') ?? '')
  }

  exchangeCode(code: string, client = 'web'): Promise<Tokens> {
    return this.token({ grant_type: 'authorization_code', client_id: client, code, redirect_uri: callback })
  }
}

const callback = 'http://127.0.0.1/callback'

function secretOf(client: string): Fields {
  return client === 'api' ? { client_secret: apiSecret } : {}
}
