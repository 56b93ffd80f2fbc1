// Signatures verify with the reference library, also while a secret is rotated.

import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { secretKey, signedHeaders } from './signature.ts'

const secretOf = (fill: number, bytes = 32) => `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`
const keyOf = (secret: string): Buffer => {
  const key = secretKey(secret)
  if (key === undefined) throw new Error('no key')
  return key
}

describe('signedHeaders', () => {
  it('verify with the reference library, whatever the body and key', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.uint8Array({ minLength: 24, maxLength: 64 }), (value, bytes) => {
        const secret = `whsec_${Buffer.from(bytes).toString('base64')}`
        const body = JSON.stringify(value)
        const headers = signedHeaders('abc', Date.now(), body, [keyOf(secret)])
        expect(new Webhook(secret).verify(body, { ...headers })).toEqual(JSON.parse(body))
      }),
    )
  })

  it('carry one signature for each secret while one is rotated, and none for a third', () => {
    const [older, newer, other] = [secretOf(1), secretOf(2), secretOf(3)]
    const headers = { ...signedHeaders('abc', Date.now(), '{}', [keyOf(older), keyOf(newer)]) }
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2)
    expect(new Webhook(older).verify('{}', headers)).toEqual({})
    expect(new Webhook(newer).verify('{}', headers)).toEqual({})
    expect(() => new Webhook(other).verify('{}', headers)).toThrow()
    expect(() => new Webhook(older).verify('{"a":1}', headers)).toThrow()
  })

  it('carry the time of the attempt in seconds', () => {
    expect(signedHeaders('abc', 1_793_610_866_999, '{}', [])).toMatchObject({ 'webhook-timestamp': '1793610866' })
  })
})

describe('secretKey', () => {
  it.each([
    ['32 bytes', secretOf(1), true],
    ['24 bytes', secretOf(1, 24), true],
    ['64 bytes', secretOf(1, 64), true],
    ['23 bytes', secretOf(1, 23), false],
    ['65 bytes', secretOf(1, 65), false],
    ['no prefix', Buffer.alloc(32).toString('base64'), false],
    ['another prefix', `whsk_${Buffer.alloc(32).toString('base64')}`, false],
    ['what is not base64', `whsec_${'!'.repeat(44)}`, false],
    ['base64 with a broken end', `${secretOf(1).slice(0, -2)}`, false],
    ['nothing', '', false],
  ])('of %s: %j', (_, secret, valid) => {
    expect(secretKey(secret) !== undefined).toBe(valid)
  })
})
