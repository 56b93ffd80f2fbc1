// Proves that a client's network is told in one spelling, whoever looked its address up.

import { describe, expect, it } from 'vitest'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import { asnName, countryCode, networkKind } from './client-network.ts'

it.each([
  ['64500', 'AS64500'],
  ['AS64500', 'AS64500'],
  ['as64500 Example Net', 'AS64500'],
  ['ASN 64500', 'AS64500'],
  ['0', ''],
  ['4294967296', ''],
  ['10.20.3.7', ''],
  ['Example Net', ''],
])('the autonomous system %s is "%s"', (text, name) => {
  expect(asnName(text)).toBe(name)
})

it.each([
  ['de', 'DE'],
  ['DE', 'DE'],
  ['XX', ''],
  ['T1', ''],
  ['Germany', ''],
])('the country %s is "%s"', (text, code) => {
  expect(countryCode(text)).toBe(code)
})

it.each([
  ['hosting', 'hosting'],
  ['Data Center', 'hosting'],
  ['anonymous_vpn', 'vpn'],
  ['iCloud Relay', 'relay'],
  ['Cellular', 'mobile'],
  ['Cable/DSL', 'residential'],
  ['corporate', 'business'],
  ['__proto__', ''],
  ['', ''],
])('the network "%s" is "%s"', (text, kind) => {
  expect(networkKind(text)).toBe(kind)
})

describe('a network in every format', () => {
  const expected = { clientAsn: 'AS64500', clientCountry: 'DE', clientNetwork: 'vpn' }
  const login = { '@timestamp': '2026-11-02T09:14:22Z', event: { action: 'login' }, user: { id: 'U' } }

  it.each<readonly [string, object]>([
    [
      'ECS, of the client',
      {
        ...login,
        client: { ip: '203.0.113.9', as: { number: 64500 }, geo: { country_iso_code: 'DE' } },
        ip_type: 'VPN',
      },
    ],
    [
      'ECS, of the source',
      { ...login, source: { as: { number: 64500 }, geo: { country_iso_code: 'de' } }, client_network: 'vpn' },
    ],
    ['plain names', { ...login, client_asn: 'AS64500', client_country: 'DE', clientNetwork: 'anonymizer' }],
    ['a CDN', { ...login, asn: '64500', 'cf-ipcountry': 'DE', ip_usage_type: 'VPN' }],
    [
      'a gateway',
      {
        start_time: '2026-11-02T09:14:22Z',
        response_code: 200,
        client_asn: 64500,
        client_country: 'de',
        client_network: 'VPN',
      },
    ],
    [
      'our own event',
      {
        kind: 'authn',
        at: '2026-11-02T09:14:22Z',
        outcome: 'allowed',
        clientAsn: '64500',
        clientCountry: 'de',
        clientNetwork: 'vpn',
      },
    ],
  ])('is the same from %s', (_, record) => {
    expect(openLineDecoder()(JSON.stringify(record)).events).toMatchObject([expected])
  })

  it('that nobody knows is kept as it was written', () => {
    const record = { start_time: '2026-11-02T09:14:22Z', response_code: 200, client_country: 'XX', client_asn: '-' }
    expect(openLineDecoder()(JSON.stringify(record)).events).toMatchObject([
      { clientCountry: '', clientAsn: '', attributes: '{"client_country":"XX"}' },
    ])
  })
})
