// Settings of one webhook channel.

import { z } from 'zod'
import { isBlock } from './address-rules.ts'
import { readEndpointUrl } from './endpoint-url.ts'
import { secretKey } from './signature.ts'

const secret = z.string().refine((text) => secretKey(text) !== undefined, {
  error:
    'a secret is "whsec_" and the base64 of 24 to 64 random bytes; make one with: echo "whsec_$(openssl rand -base64 32)"',
})

const block = z.string().refine(isBlock, {
  error: 'an address or a block of addresses is needed, such as 10.1.2.3, 10.1.0.0/16 or fd00::/8',
})

export const webhookSettings = z
  .strictObject({
    type: z.literal('webhook').describe('A signed POST for each notification (Standard Webhooks).'),
    url: z.string().describe('Where to post, http:// or https://.'),
    secrets: z
      .array(secret)
      .min(1, {
        error: 'a webhook needs a secret to sign with; make one with: echo "whsec_$(openssl rand -base64 32)"',
      })
      .max(2, { error: 'at most two secrets are active at once: the new one and the one it replaces' })
      .describe('Signing secrets, `whsec_…`. While one is rotated, two: each request then carries both signatures.'),
    drills: z.boolean().default(false).describe('Also hears of exercises. Other channels never do.'),
    allowPrivateAddresses: z
      .boolean()
      .default(false)
      .describe('May be sent to loopback, private, unique-local and shared addresses, such as localhost.'),
    allowAddresses: z
      .array(block)
      .max(100)
      .default([])
      .describe('Further addresses and CIDR blocks it may be sent to, by name: `10.1.0.0/16`.'),
    certificateAuthority: z
      .string()
      .refine((text) => text === '' || text.includes('-----BEGIN CERTIFICATE-----'), {
        error: 'PEM text is needed, as `${file:ca.pem}` reads it',
      })
      .default('')
      .describe('PEM certificates to trust for this endpoint in place of the system’s. Empty: the system’s.'),
    concurrency: z.int().min(1).max(4).default(2).describe('Requests to the endpoint at once.'),
    timeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(15_000)
      .describe('Longest time one attempt may take. Unit: milliseconds.'),
  })
  .superRefine((settings, context) => {
    const endpoint = readEndpointUrl(settings.url, settings, '')
    if (!endpoint.ok) context.addIssue({ code: 'custom', path: ['url'], message: endpoint.message })
  })

export type WebhookSettings = z.infer<typeof webhookSettings>
