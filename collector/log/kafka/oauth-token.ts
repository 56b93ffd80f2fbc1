// A token of an authorization server, by which the collector signs in at brokers: RFC 6749, 4.4 (client credentials).

import { z } from 'zod'
import type { KafkaTokenSettings } from '../../../schemas/kafka-connection.ts'

const answer = z.object({ access_token: z.string().min(1) })
const timeoutMs = 10_000
const shownChars = 200

/**
 * Asks for a new one; each connection to a broker signs in with its own.
 * @throws Error that tells the server's answer, of which nothing is secret
 */
export async function fetchToken({ tokenUrl, clientId, clientSecret, scope }: KafkaTokenSettings): Promise<string> {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${basic(clientId, clientSecret)}`, accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope === '' ? {} : { scope }) }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await response.text()
  const parsed = response.ok ? answer.safeParse(parsedJson(text)) : undefined
  if (parsed?.success !== true)
    throw new Error(
      `${tokenUrl} gives no token: ${response.status} ${response.ok ? '' : text.slice(0, shownChars)}`.trim(),
    )
  return parsed.data.access_token
}

/** Both are encoded as in forms before they are joined (RFC 6749, 2.3.1). */
function basic(clientId: string, clientSecret: string): string {
  const formed = (text: string): string => new URLSearchParams({ text }).toString().slice('text='.length)
  return Buffer.from(`${formed(clientId)}:${formed(clientSecret)}`).toString('base64')
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
