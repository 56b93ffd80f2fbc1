// The channel `webhook`: one signed POST to one endpoint (Standard Webhooks 1.0.0).

import { Agent, type Dispatcher, errors } from 'undici'
import type { AttemptOutcome, Channel, ChannelMessage, ChannelPorts, FailureReason } from './channel.ts'
import { readEndpointUrl, shownUrl } from './endpoint-url.ts'
import { AddressRefusedError, guardedConnector } from './guarded-connector.ts'
import { readRetryAfter } from './retry-after.ts'
import { secretKey, signedHeaders } from './signature.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/** Of a reply nothing is shown; this much is read so that the connection can be used again. */
const maxReplyBytes = 4096
const maxReplyMs = 1_000
const connectTimeoutMs = 5_000

/** `name` is the channel's in the settings. Throws on settings that `webhookSettings` would have refused. */
export function openWebhook(name: string, settings: WebhookSettings, ports: ChannelPorts): Channel {
  const settingsPath = `alerts.channels.${name}`
  const endpoint = readEndpointUrl(settings.url, settings, settingsPath)
  if (!endpoint.ok) throw new TypeError(`"${settingsPath}.url": ${endpoint.message}`)
  const keys = settings.secrets.map((secret) => {
    const key = secretKey(secret)
    if (key === undefined) throw new TypeError(`"${settingsPath}.secrets" holds what is no whsec_ secret`)
    return key
  })
  const { certificateAuthority } = settings
  const connect = guardedConnector({ ...ports, rules: settings, settingsPath, connectTimeoutMs, certificateAuthority })
  const agent = new Agent({
    connect,
    connections: settings.concurrency,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 16_384,
    keepAliveTimeout: 10_000,
    headersTimeout: settings.timeoutMs,
    bodyTimeout: settings.timeoutMs,
  })

  return {
    destination: shownUrl(endpoint.url),
    async deliver(message, signal) {
      try {
        const reply = await agent.request(requestOf(endpoint.url, message, keys, signal))
        const outcome = outcomeOf(reply.statusCode, reply.headers, message.attemptAt)
        await emptied(reply.body, signal, ports)
        return outcome
      } catch (error) {
        return failureOf(error, signal)
      }
    },
    async close() {
      await agent.destroy()
    },
  }
}

/** The status has decided; the body is only emptied, and a slow one is cut off together with its connection. */
async function emptied(body: Dispatcher.ResponseData['body'], signal: AbortSignal, { schedule }: ChannelPorts) {
  const patience = new AbortController()
  const cancel = schedule(maxReplyMs, () => patience.abort())
  await body.dump({ limit: maxReplyBytes, signal: AbortSignal.any([signal, patience.signal]) }).catch(() => undefined)
  cancel()
}

function requestOf(url: URL, message: ChannelMessage, keys: readonly Buffer[], signal: AbortSignal) {
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'eastwest',
      accept: '*/*',
      ...signedHeaders(message.webhookId, message.attemptAt, message.body, keys),
    },
    body: message.body,
    signal,
  } as const
}

function outcomeOf(status: number, headers: Dispatcher.ResponseData['headers'], now: number): AttemptOutcome {
  const detail = `HTTP ${status}`
  if (status >= 200 && status < 300) return { delivered: true, detail }
  const header = headers['retry-after']
  const retryAfterMs = readRetryAfter(Array.isArray(header) ? header[0] : header, now)
  const failed = (reason: FailureReason, endpointDown: boolean, more = ''): AttemptOutcome => {
    return { delivered: false, reason, detail: `${detail}${more}`, endpointDown, retryAfterMs }
  }
  if (status >= 300 && status < 400) return failed('redirect', false, ': redirects are not followed')
  if (status === 410) return failed('gone', false, ': the endpoint says it is gone for good')
  if (status === 429) return failed('throttled', true)
  if (status >= 400 && status < 500) return failed('client-error', false)
  if (status >= 500 && status < 600) return failed('server-error', true)
  return failed('odd-reply', true)
}

/** Words for what went wrong before a status came. Only codes are shown: messages may quote the other side. */
function failureOf(error: unknown, signal: AbortSignal): AttemptOutcome {
  const failed = (reason: FailureReason, detail: string): AttemptOutcome => {
    return { delivered: false, reason, detail, endpointDown: true, retryAfterMs: undefined }
  }
  if (error instanceof AddressRefusedError) {
    const refused = error.code === 'ERR_CHANNEL_ADDRESS_REFUSED'
    return failed(refused ? 'address-refused' : 'name-unresolved', error.message)
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  if (signal.aborted || timeouts.has(code)) return failed('timeout', 'no complete reply in time')
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/.test(code)) return failed('tls', code)
  if (
    error instanceof errors.HTTPParserError ||
    /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|ERR_ASSERTION)/.test(code)
  )
    return failed('odd-reply', `the reply is no HTTP (${code})`)
  return failed('connection', code)
}

const timeouts: ReadonlySet<string> = new Set(['ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
