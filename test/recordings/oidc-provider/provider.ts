// A real oidc-provider on loopback, and visitors who log in, refresh, revoke and log out at it.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

const callback = 'http://127.0.0.1/callback'

export interface RunningProvider {
  readonly provider: Provider
  readonly url: string
  stop(): Promise<void>
}

const publicClient = (clientId: string) => ({
  client_id: clientId,
  application_type: 'native' as const,
  token_endpoint_auth_method: 'none' as const,
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [callback],
})

/** Refresh tokens rotate; access tokens are opaque, or JWTs for the resource `urn:shop:api`. */
export async function openProvider(): Promise<RunningProvider> {
  const server = createServer((request, response) => answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // a TCP server has one
  const url = `http://127.0.0.1:${port}`
  const provider = new Provider(url, {
    clients: [
      publicClient('web'),
      publicClient('mobile'),
      {
        client_id: 'api',
        client_secret: 'recording-only-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    cookies: { keys: ['recording-only-key'] },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    findAccount: async (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async () => ({
          scope: 'orders',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
        useGrantedResource: async () => true,
      },
    },
  })
  provider.proxy = true
  const answer = provider.callback()
  return {
    provider,
    url,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export interface Tokens {
  readonly status: number
  readonly access: string
  readonly refresh: string
  readonly id: string
}

/** One browser at one address, with its cookies. */
export class Visitor {
  private readonly url: string
  private readonly origin: Readonly<Record<string, string>>
  private readonly cookies = new Map<string, string>()
  private readonly verifier = randomBytes(32).toString('base64url')

  constructor(url: string, ip: string, userAgent: string) {
    this.url = url
    this.origin = { 'x-forwarded-for': ip, 'user-agent': userAgent }
  }

  private headers(): Record<string, string> {
    return { ...this.origin, 'x-request-id': `r-${randomBytes(4).toString('hex')}` }
  }

  private async visit(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(new URL(path, this.url), {
      method: form === undefined ? 'GET' : 'POST',
      headers: { ...this.headers(), cookie, accept: 'text/html' },
      redirect: 'manual',
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    })
    for (const set of reply.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const at = pair.indexOf('=')
      if (at > 0) this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return reply
  }

  /** Through login and consent; gives the code. */
  async code(account: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const query = new URLSearchParams({
      client_id: 'web',
      response_type: 'code',
      redirect_uri: callback,
      scope: 'openid offline_access',
      prompt: 'consent',
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      ...more,
    })
    let reply = await this.visit(`/auth?${query}`)
    for (let step = 0; step < 10; step++) {
      const target = reply.headers.get('location')
      await reply.body?.cancel()
      if (target === null) throw new Error(`the provider answered ${reply.status} on the way to a code`)
      if (target.startsWith(callback)) return new URL(target).searchParams.get('code') ?? ''
      const path = target.replace(this.url, '')
      const form = { prompt: step === 0 ? 'login' : 'consent', login: account, password: 'x' }
      reply = await this.visit(path, path.startsWith('/interaction/') ? form : undefined)
    }
    throw new Error('the provider asks without end')
  }

  async logIn(account: string, more: Readonly<Record<string, string>> = {}): Promise<Tokens> {
    return this.exchange(await this.code(account, more))
  }

  exchange(code: string): Promise<Tokens> {
    return this.token({
      grant_type: 'authorization_code',
      client_id: 'web',
      code,
      redirect_uri: callback,
      code_verifier: this.verifier,
    })
  }

  refresh(refresh: string, client = 'web'): Promise<Tokens> {
    return this.token({ grant_type: 'refresh_token', client_id: client, refresh_token: refresh })
  }

  async token(fields: Readonly<Record<string, string>>): Promise<Tokens> {
    const reply = await this.post('/token', fields)
    const body: unknown = await reply.json()
    const text = (name: string): string => {
      const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
      return typeof value === 'string' ? value : ''
    }
    return { status: reply.status, access: text('access_token'), refresh: text('refresh_token'), id: text('id_token') }
  }

  async post(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method: 'POST',
      headers: this.headers(),
      body: new URLSearchParams(fields),
    })
  }

  async logOut(idToken: string): Promise<void> {
    const page = await this.visit(`/session/end?${new URLSearchParams({ id_token_hint: idToken })}`)
    const secret = /name="xsrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    await this.visit('/session/end/confirm', { xsrf: secret, logout: 'yes' })
  }
}
