// Mistakes in the settings are refused at start, with a message that says how to mend them.

import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { alertsSettings } from './settings.ts'

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const webhook = (change = {}) => ({ type: 'webhook', url: 'https://hooks.example/a', secrets: [secret], ...change })

function problems(settings: unknown): string[] {
  const issues = alertsSettings.safeParse(settings).error?.issues ?? []
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('alerts settings', () => {
  it('need nothing', () => {
    expect(alertsSettings.parse(undefined)).toMatchObject({
      channels: {},
      routes: [],
      matching: 'all',
      quietMs: 600_000,
      closeAfterMs: 86_400_000,
      retryForMs: 259_200_000,
    })
  })

  it('give a webhook its defaults', () => {
    expect(alertsSettings.parse({ channels: { ops: webhook() } }).channels.ops).toMatchObject({
      drills: false,
      allowPrivateAddresses: false,
      allowAddresses: [],
      concurrency: 2,
      timeoutMs: 15_000,
    })
  })

  it.each([
    [
      'a channel without secret',
      { channels: { ops: webhook({ secrets: [] }) } },
      /channels\.ops\.secrets.*openssl rand/,
    ],
    ['a secret in another form', { channels: { ops: webhook({ secrets: ['hunter2'] }) } }, /secrets\.0.*"whsec_"/],
    ['a short secret', { channels: { ops: webhook({ secrets: ['whsec_YWJj'] }) } }, /24 to 64/],
    ['three secrets', { channels: { ops: webhook({ secrets: [secret, secret, secret] }) } }, /at most two secrets/],
    ['a URL that is none', { channels: { ops: webhook({ url: 'hooks.example' }) } }, /ops\.url.*https:\/\//],
    [
      'localhost by address',
      { channels: { ops: webhook({ url: 'http://127.0.0.1:9/' }) } },
      /"allowPrivateAddresses: true"/,
    ],
    ['a URL with a password', { channels: { ops: webhook({ url: 'https://a:b@c.example/' }) } }, /user or password/],
    ['another scheme', { channels: { ops: webhook({ url: 'file:///etc/passwd' }) } }, /"file:" is not spoken/],
    ['a block that is none', { channels: { ops: webhook({ allowAddresses: ['10.0.0.0/33'] }) } }, /allowAddresses\.0/],
    ['too much concurrency', { channels: { ops: webhook({ concurrency: 5 }) } }, /ops\.concurrency/],
    ['a channel name with spaces', { channels: { 'On Call': webhook() } }, /lower-case letters/],
    ['a route to nowhere', { channels: { ops: webhook() }, routes: [{ channels: ['opps'] }] }, /"opps"; known: ops/],
    ['an unknown key', { channel: {} }, /"channel"/],
    ['an unknown kind of channel', { channels: { ops: { type: 'pigeon' } } }, /channels\.ops\.type/],
  ])('refuse %s', (_, settings, message) => {
    expect(problems(settings).join('\n')).toMatch(message)
  })

  it('report all mistakes at once', () => {
    const settings = { quietMs: -1, channels: { ops: webhook({ url: 'x', secrets: ['y'] }) } }
    expect(problems(settings)).toHaveLength(3)
  })

  it('allow localhost where they say so', () => {
    const ops = webhook({ url: 'http://127.0.0.1:9000/hook', allowPrivateAddresses: true })
    expect(problems({ channels: { ops } })).toEqual([])
    const named = webhook({ url: 'http://169.254.10.1/', allowAddresses: ['169.254.10.1'] })
    expect(problems({ channels: { named } })).toEqual([])
  })

  it('describe every field', () => {
    const schema = JSON.stringify(z.toJSONSchema(alertsSettings, { io: 'input' }))
    expect(schema).toContain('Signing secrets')
    expect(schema).not.toContain('hunter2')
  })
})
