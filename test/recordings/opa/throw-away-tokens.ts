// Tokens for recordings, signed with a key that is forgotten at once; what is kept of them are references.

import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { ScrubKey } from '../../../collector/scrub/scrub-key.ts'

/** Under which recordings are scrubbed; it guards nothing, so anybody may know it. */
export const recordingKey: ScrubKey = {
  id: 'recording',
  secret: createHash('sha256').update('eastwest recordings').digest(),
}

export const issuer = 'https://idp.shop.example/realms/shop'
const lifetimeSeconds = 300

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An access token of `u-314`, issued now. */
export function accessToken(nowMs: number, claims: object = {}): string {
  const issuedAt = Math.floor(nowMs / 1000)
  const head = encoded({ alg: 'HS256', typ: 'at+jwt', kid: 'throw-away' })
  const body = encoded({
    iss: issuer,
    sub: 'u-314',
    aud: 'shop',
    azp: 'shop-web',
    jti: 'onrtac:5f6e2d0c-7a3b-4c4d-9e8f-001122334455',
    sid: 'c0ffee00-1111-4222-8333-444455556666',
    scope: 'refunds:write',
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    ...claims,
  })
  const signature = createHmac('sha256', randomBytes(32)).update(`${head}.${body}`).digest('base64url')
  return `${head}.${body}.${signature}`
}

export interface Proof {
  readonly proof: string
  /** What a token that is bound to the proof's key says under `cnf.jkt`. */
  readonly thumbprint: string
}

/** A proof of possession for one request (RFC 9449). */
export function dpopProof(nowMs: number, method: string, address: string): Proof {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
  const head = encoded({ typ: 'dpop+jwt', alg: 'ES256', jwk: { crv, kty, x, y } })
  const body = encoded({ jti: 'proof-1', htm: method, htu: address, iat: Math.floor(nowMs / 1000) })
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return {
    proof: `${head}.${body}.${signature.toString('base64url')}`,
    thumbprint: createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url'),
  }
}
