// Proves that one thumbprint is one text, whoever wrote it.

import { describe, expect, it } from 'vitest'
import { openLineDecoder } from '../../test/support/decode-lines.ts'
import { bindingOf, certificateBinding, keyBinding } from './token-binding.ts'

const hex = '6f070ad1eb1cdc0082dc3076639fe5112b1713ca3d96d734e4ef3d8dd37e760d'
const base64 = Buffer.from(hex, 'hex').toString('base64url')
const colons = hex.toUpperCase().replace(/..(?=.)/g, '$&:')
const certificate = `x5t:${hex}`
const key = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'

describe('a thumbprint whose kind only its form tells', () => {
  it.each([
    [hex, certificate],
    [hex.toUpperCase(), certificate],
    [colons, certificate],
    [`x5t:${colons}`, certificate],
    [`x5t#S256:${base64}`, certificate],
    [`sha256:${hex}`, certificate],
    [key, `jkt:${key}`],
    [`${key}=`, `jkt:${key}`],
    [`jkt:${key}`, `jkt:${key}`],
    [` ${key} `, `jkt:${key}`],
    ['device-7', 'device-7'],
    ['', ''],
  ])('%s is %s', (text, binding) => {
    expect(bindingOf(text)).toBe(binding)
  })

  it('stays what it is when it is read again', () => {
    for (const text of [certificate, `jkt:${key}`]) expect(bindingOf(bindingOf(text))).toBe(text)
    expect(certificateBinding(certificate)).toBe(certificate)
    expect(keyBinding(`jkt:${key}=`)).toBe(`jkt:${key}`)
  })
})

describe('a binding in every format', () => {
  const stamp = '2026-11-02T09:14:22.318Z'
  const mesh = { start_time: stamp, response_code: 200, downstream_remote_address: '10.20.3.7:51834' }
  const login = { time: stamp, event: 'login', user_id: 'U', jti: 'j-1' }
  const own = { schema: 'eastwest.event/v1', kind: 'authn', at: stamp, outcome: 'allowed', subject: 'U' }

  it.each<readonly [string, object]>([
    ['a mesh line with hex', { ...mesh, jwt_jti: 'j-1', jwt_cnf_x5t: base64, client_cert_sha256: colons }],
    ['an application log with names that tell', { ...login, cnf: { 'x5t#S256': base64 }, client_cert_sha256: hex }],
    ['an application log with bare thumbprints', { ...login, token_binding: hex, presenter_binding: colons }],
    ['an eastwest event', { ...own, tokenBinding: hex, presenterBinding: `x5t:${hex.toUpperCase()}` }],
  ])('of a certificate is the same from %s', (_, record) => {
    expect(openLineDecoder()(JSON.stringify(record)).events).toMatchObject([
      { tokenBinding: certificate, presenterBinding: certificate },
    ])
  })

  it.each<readonly [string, object]>([
    ['a mesh line', { ...mesh, jwt_jti: 'j-1', jwt_cnf_jkt: `${key}=` }],
    ['an application log', { ...login, cnf: { jkt: key } }],
    ['an application log, bare', { ...login, token_binding: key }],
    ['an eastwest event, bare', { ...own, tokenBinding: key }],
    ['an eastwest event', { ...own, tokenBinding: `jkt:${key}` }],
  ])('of a key is the same from %s', (_, record) => {
    expect(openLineDecoder()(JSON.stringify(record)).events).toMatchObject([{ tokenBinding: `jkt:${key}` }])
  })
})
