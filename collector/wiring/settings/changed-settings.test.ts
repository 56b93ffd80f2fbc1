// What a reload may change at once, and what it says of the rest.

import { describe, expect, it } from 'vitest'
import { changedSettings } from './changed-settings.ts'
import { defaultSettings } from './load-settings.ts'
import { type Settings, settingsSchema } from './settings.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const channel = { type: 'webhook', url: 'https://hooks.shop.example/x', secrets: [secret] }
const exception = {
  detector: 'refund-burst',
  entity: 'USR-1',
  author: 'anna',
  reason: 'load test',
  expires: '2026-12-01T00:00:00Z',
}
const withChannel = { alerts: { channels: { ops: channel } } }
const settingsOf = (given: unknown): Settings => settingsSchema.parse(given)

describe('settings that were read again', () => {
  it.each<readonly [string, unknown, unknown, readonly string[], readonly string[]]>([
    ['the same', withChannel, withChannel, [], []],
    ['an exception', {}, { exceptions: [exception] }, ['exceptions'], []],
    ['a new channel', {}, withChannel, ['alerts.channels.ops'], []],
    ['a channel that is gone', withChannel, {}, ['alerts.channels.ops'], []],
    [
      'a secret, by its name alone',
      withChannel,
      { alerts: { channels: { ops: { ...channel, secrets: [`whsec_${Buffer.alloc(32, 8).toString('base64')}`] } } } },
      ['alerts.channels.ops.secrets'],
      [],
    ],
    ['what is read once', {}, { alerts: { retryForMs: 1_000 }, tenant: 'shop' }, [], ['alerts.retryForMs', 'tenant']],
    [
      'some of each',
      {},
      { alerts: { quietMs: 1 }, detectors: { maxKeys: 300 } },
      ['alerts.quietMs'],
      ['detectors.maxKeys'],
    ],
  ])('with %s', (_, before, after, applied, waiting) => {
    const changes = changedSettings(settingsOf(before), settingsOf(after))
    expect(changes).toMatchObject({ applied, waiting })
    expect(JSON.stringify([changes.applied, changes.waiting])).not.toContain('whsec_')
  })

  it('go on waiting until the restart, however often they are read', () => {
    const read = settingsOf({ tenant: 'shop', exceptions: [exception] })
    const { next } = changedSettings(defaultSettings(), read)
    expect(changedSettings(next, read)).toMatchObject({ applied: [], waiting: ['tenant'] })
    expect(next).toMatchObject({ tenant: 'default', exceptions: [{ author: 'anna' }] })
  })
})
