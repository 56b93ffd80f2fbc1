// The good and the bad days of an oidc-provider that are recorded: each story is one file.

import { type RunningProvider, Visitor } from './provider.ts'

export type Story = (running: RunningProvider) => Promise<void>

const browser = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0'
export const owner = ({ url }: RunningProvider): Visitor => new Visitor(url, '203.0.113.9', browser)
export const thief = ({ url }: RunningProvider): Visitor => new Visitor(url, '198.51.100.77', 'curl/8.5.0')

export const stories: Readonly<Record<string, Story>> = {
  'login-and-rotation': async (running) => {
    const visitor = owner(running)
    const first = await visitor.logIn('ada')
    const second = await visitor.refresh(first.refresh)
    await visitor.refresh(second.refresh)
  },

  'token-reused': async (running) => {
    const visitor = owner(running)
    const first = await visitor.logIn('bob')
    const second = await visitor.refresh(first.refresh)
    await thief(running).refresh(first.refresh)
    await visitor.refresh(second.refresh)
  },

  'two-tabs': async (running) => {
    const visitor = owner(running)
    const first = await visitor.logIn('carol')
    await Promise.all([visitor.refresh(first.refresh), visitor.refresh(first.refresh)])
  },

  'other-client': async (running) => {
    const visitor = owner(running)
    const first = await visitor.logIn('dave')
    await thief(running).refresh(first.refresh, 'mobile')
    await visitor.refresh(first.refresh)
  },

  'code-replayed': async (running) => {
    const visitor = owner(running)
    const code = await visitor.code('erin')
    const tokens = await visitor.exchange(code)
    await visitor.exchange(code)
    await visitor.refresh(tokens.refresh)
  },

  revocation: async (running) => {
    const visitor = owner(running)
    const tokens = await visitor.logIn('frank')
    await visitor.post('/token/revocation', {
      client_id: 'web',
      token: tokens.refresh,
      token_type_hint: 'refresh_token',
    })
    await visitor.refresh(tokens.refresh)
  },

  logout: async (running) => {
    const visitor = owner(running)
    const tokens = await visitor.logIn('grace')
    await visitor.logOut(tokens.id)
    await visitor.refresh(tokens.refresh)
  },

  'jwt-and-clients': async (running) => {
    const visitor = owner(running)
    const tokens = await visitor.logIn('heidi', { resource: 'urn:shop:api', scope: 'openid offline_access orders' })
    await visitor.refresh(tokens.refresh)
    await visitor.token({ grant_type: 'client_credentials', client_id: 'api', client_secret: 'recording-only-secret' })
    await visitor.token({ grant_type: 'client_credentials', client_id: 'api', client_secret: 'wrong' })
    await visitor.refresh('never-issued')
  },
}
