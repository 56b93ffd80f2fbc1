// A receiver on loopback that takes only what the Standard Webhooks library accepts, and keeps it with the time it came.

import { Webhook } from 'standardwebhooks'
import { openReceiver, type Receiver } from './webhook-receiver.ts'

export interface Told {
  readonly webhookId: string
  readonly type: string
  /** The alert as the notification carries it. */
  readonly data: Readonly<Record<string, unknown>>
  /** `performance.now()` of this process. */
  readonly at: number
}

export interface SignedWebhooks {
  readonly secret: string
  readonly told: readonly Told[]
  /** What came and was not signed as it must be. */
  readonly unsigned: readonly string[]
  readonly receiver: Receiver
  /** Settings of a channel that leads here. */
  readonly channel: Readonly<Record<string, unknown>>
}

export async function openSignedWebhooks(): Promise<SignedWebhooks> {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const verifier = new Webhook(secret)
  const told: Told[] = []
  const unsigned: string[] = []
  const receiver = await openReceiver((response, { headers, body }) => {
    try {
      // What the library returns is the JSON of the body.
      const { type, data } = verifier.verify(body, { ...headers }) as { type: string; data: Record<string, unknown> }
      told.push({ webhookId: headers['webhook-id'] ?? '', type, data, at: performance.now() })
    } catch (cause) {
      unsigned.push(`${String(cause)}: ${body}`)
    }
    response.writeHead(204).end()
  })
  const channel = { type: 'webhook', url: receiver.url, secrets: [secret], allowPrivateAddresses: true }
  return { secret, told, unsigned, receiver, channel }
}
