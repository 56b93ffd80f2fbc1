// No secret of the settings is shown, whatever it is called.

import { expect, it } from 'vitest'
import { maskSecrets } from './mask-secrets.ts'

it('covers secrets wherever they stand, and leaves the rest', () => {
  const shown = maskSecrets({
    log: {
      kafka: { brokers: ['a:1'], tls: { key: 'K', certificate: 'C' }, sasl: { username: 'u', clientSecret: 'S' } },
    },
    alerts: { channels: { one: { secrets: ['S', ''] } } },
    store: { password: '' },
  })
  const hidden = '••••••••'
  expect(shown).toEqual({
    log: {
      kafka: {
        brokers: ['a:1'],
        tls: { key: hidden, certificate: 'C' },
        sasl: { username: 'u', clientSecret: hidden },
      },
    },
    alerts: { channels: { one: { secrets: [hidden, ''] } } },
    store: { password: '' },
  })
})
