// What an entry cannot say is put aside, what has no column is kept, and a token is only its reference.

import { describe, expect, it } from 'vitest'
import { accessLineWith, accessSaidWith } from '../../../test/support/access-line.ts'
import { openLineDecoder } from '../../../test/support/decode-lines.ts'

const cart = 'spiffe://cluster.local/ns/shop/sa/cart'

describe('what cannot be', () => {
  it.each([
    ['a status', { response_code: 'abc' }, 'invalid-field'],
    ['a status out of range', { response_code: 12345 }, 'invalid-field'],
    ['a time', { start_time: 'yesterday' }, 'invalid-time'],
    ['no time', { start_time: '-' }, 'missing-time'],
    ['a subject that hides what it says', { jwt_sub: 'USR-99\u202e' }, 'invalid-field'],
    ['a subject with half a character', { jwt_sub: 'USR-99\ud800' }, 'invalid-field'],
    ['a principal with a control character', { source_principal: `${cart}\u0000` }, 'invalid-field'],
    ['an endless subject', { jwt_sub: 'x'.repeat(3000) }, 'invalid-field'],
  ])('%s is put aside', (_, changes, reason) => {
    const { events, quarantine } = openLineDecoder()(accessLineWith(changes))
    expect(events).toEqual([])
    expect(quarantine.map((row) => [row.format, row.reason])).toEqual([['istio-json', reason]])
  })

  it('leaves the rest of the record alone', () => {
    const said = accessSaidWith({
      duration: 'soon',
      downstream_remote_address: 'envoy://internal/',
      user_agent: 'x'.repeat(5000),
    })
    expect(said.durationMs).toBeUndefined()
    expect(said.sourceIp).toBeUndefined()
    expect(said.userAgent).toBe('x'.repeat(2048))
    expect(said.attributes).toMatchObject({ duration: 'soon', downstream_remote_address: 'envoy://internal/' })
  })

  it('keeps attributes bounded and says what it left out', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`extra_${at}`, 'x'.repeat(50)]))
    const attributes = accessSaidWith(many).attributes as Record<string, unknown>
    expect(JSON.stringify(attributes).length).toBeLessThan(4400)
    expect(attributes.omitted).toBeGreaterThan(200)
  })
})

describe('a token reference', () => {
  const claims = Buffer.from('"sub":"USR-7","azp":"app","jti":"j1","exp":1793614462').toString('base64url')
  const reference = `ew.ref.v1.k1.${'0a'.repeat(16)}`
  const bare = {
    jwt_iss: null,
    jwt_sub: null,
    jwt_aud: null,
    jwt_azp: null,
    jwt_jti: null,
    jwt_sid: null,
    jwt_scope: null,
    jwt_exp: null,
    jwt_cnf_x5t: null,
  }

  it('names the token, and its claims only assert', () => {
    expect(accessSaidWith({ ...bare, authorization: `Bearer ${reference}.${claims}` })).toMatchObject({
      token: `k1.${'0a'.repeat(16)}`,
      tokenFrom: 'asserted',
      subject: 'USR-7',
      subjectFrom: 'asserted',
      client: 'app',
      clientFrom: 'asserted',
      tokenId: 'j1',
      tokenExpiresAt: 1793614462000,
      callerFrom: 'mtls',
    })
  })

  it('gives way to what the proxy verified', () => {
    expect(accessSaidWith({ authorization: `${reference}.${claims}` })).toMatchObject({
      token: `k1.${'0a'.repeat(16)}`,
      tokenFrom: 'jwt',
      subject: 'USR-99',
      subjectFrom: 'jwt',
      tokenId: '7d0c1b52',
    })
  })
})
