// What an administrator does over the admin API: realms, users, roles, clients, sessions, and the stored events.

/** Talks to the admin API with a fresh token each time. */
export class Administrator {
  private readonly server: string
  private readonly realm: string

  constructor(server: string, realm: string) {
    this.server = server
    this.realm = realm
  }

  /** Path below the realm; `''` is the realm itself, `/` in front leaves the realm. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const own = `/${this.realm}${path === '' ? '' : `/${path}`}`
    const url = `${this.server}/admin/realms${path.startsWith('/') ? path.replace(/\/$/, '') : own}`
    const reply = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    return text === '' ? reply.status : JSON.parse(text)
  }

  /** First id in a list that the API gives. */
  async idOf(path: string): Promise<string> {
    const found = await this.call('GET', path)
    const first: unknown = Array.isArray(found) ? found[0] : found
    const id = typeof first === 'object' && first !== null ? Reflect.get(first, 'id') : undefined
    if (typeof id !== 'string') throw new Error(`no id at "${path}"`)
    return id
  }

  private async token(): Promise<string> {
    const reply = await fetch(`${this.server}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        username: 'admin',
        password: 'admin',
      }),
    })
    const body: unknown = await reply.json()
    const token = typeof body === 'object' && body !== null ? Reflect.get(body, 'access_token') : undefined
    if (typeof token !== 'string') throw new Error(`the administrator got no token: ${reply.status}`)
    return token
  }
}
