// The formats that we tell operators to set use the keys that the decoder reads, and give each key what it is for.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { openLineDecoder } from '../../../test/support/decode-lines.ts'
import { accessFieldNames } from './fields.ts'

const read = (name: string): string => readFileSync(new URL(`../../../deploy/mesh/${name}`, import.meta.url), 'utf8')
const formats: readonly (readonly [string, Record<string, string>])[] = [
  [
    'istio-mesh-config.yaml',
    parse(read('istio-mesh-config.yaml')).meshConfig.extensionProviders[0].envoyFileAccessLog.logFormat.labels,
  ],
  ['envoy-access-log.yaml', parse(read('envoy-access-log.yaml')).access_log[0].typed_config.log_format.json_format],
]

describe.each(formats)('%s', (_, format) => {
  it('has no key that is not read', () => {
    const keys = Object.keys(format)
    expect(keys.length).toBeGreaterThan(40)
    expect(keys.filter((key) => !accessFieldNames.some((name) => name === key))).toEqual([])
  })

  it('names the caller, the destination, the claims and the request', () => {
    expect(Object.keys(format)).toEqual(
      expect.arrayContaining([
        'source_principal',
        'destination_principal',
        'jwt_sub',
        'jwt_jti',
        'jwt_exp',
        'request_id',
        'attempt',
      ]),
    )
  })

  it('never logs a credential', () => {
    for (const value of Object.values(format)) expect(value).not.toMatch(/authorization|cookie/i)
  })

  it('gives a line that is read even where the proxy knows nothing else', () => {
    const line = Object.fromEntries(
      Object.keys(format).map((key) => [key, key === 'start_time' ? '2026-11-02T09:14:22.318Z' : null]),
    )
    const { events, quarantine } = openLineDecoder()(JSON.stringify({ ...line, response_code: 200 }))
    expect(quarantine).toEqual([])
    expect(events[0]).toMatchObject({ format: 'istio-json', outcome: 'allowed', attributes: '' })
  })
})

it('the two of Istio name one provider', () => {
  const config = parse(read('istio-mesh-config.yaml')).meshConfig.extensionProviders[0].name
  expect(parse(read('istio-telemetry.yaml')).spec.accessLogging[0].providers[0].name).toBe(config)
})
