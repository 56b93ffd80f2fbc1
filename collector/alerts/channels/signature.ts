// Standard Webhooks signatures (v1, HMAC-SHA-256) over `id.timestamp.body`.

import { createHmac } from 'node:crypto'

const prefix = 'whsec_'

/** Key bytes of a `whsec_…` secret, or `undefined` when it is none: base64 of 24 to 64 bytes. */
export function secretKey(secret: string): Buffer | undefined {
  if (!secret.startsWith(prefix)) return undefined
  const text = secret.slice(prefix.length)
  const key = Buffer.from(text, 'base64')
  return key.toString('base64') === text && key.length >= 24 && key.length <= 64 ? key : undefined
}

export interface SignedHeaders {
  readonly 'webhook-id': string
  /** Unix seconds of the attempt, not of the alert: receivers refuse what is minutes old. */
  readonly 'webhook-timestamp': string
  /** One signature for each key, separated by spaces: while a secret is rotated, either one verifies. */
  readonly 'webhook-signature': string
}

export function signedHeaders(id: string, atMs: number, body: string, keys: readonly Buffer[]): SignedHeaders {
  const timestamp = String(Math.floor(atMs / 1000))
  const signatures = keys.map((key) => {
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}
