// Who may call at all: the token where one is set, and on loopback no web page, whatever name it resolves to us.

import { timingSafeEqual } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Refusal } from './refusal.ts'

export interface GuardSettings {
  readonly host: string
  readonly token?: string | undefined
  readonly decisionToken?: string | undefined
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

/** What is known of a request before its body: HTTP's own, or the same of a gRPC call. */
export interface GuardedRequest {
  /** Left out by what only takes records. */
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: {
    readonly host?: string | undefined
    readonly origin?: string | undefined
    readonly authorization?: string | undefined
  }
}

/** Paths that may be asked without token: for a probe, and the page that asks people for it. They tell nothing. */
const openPaths = new Set(['/livez', '/'])
const openFolder = '/console/'

function isOpen(request: GuardedRequest): boolean {
  const path = pathOf(request)
  return openPaths.has(path) || path.startsWith(openFolder)
}

/** What only reads, and what takes records: everything else decides something. */
function decides({ method = 'GET', url = '' }: GuardedRequest): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method) && !url.startsWith('/v1/')
}

/** True for names and addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost') return true
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback'
}

/** Why the collector must not start on this address, or undefined. */
export function refuseToListen(settings: GuardSettings): string | undefined {
  if (isLoopback(settings.host) || settings.token !== undefined) return undefined
  return (
    `will not listen on "${settings.host}" without a token: anyone who reaches it could post and read. ` +
    'set receivers.http.token (for example "${EASTWEST_TOKEN}"), or keep receivers.http.host at 127.0.0.1'
  )
}

/** Checks one request; undefined lets it pass. */
export function openGuard(settings: GuardSettings): (request: GuardedRequest) => Refusal | undefined {
  const hosts = new Set(
    ['localhost', '127.0.0.1', '[::1]', bracketed(settings.host), ...settings.allowedHosts].map((host) =>
      host.toLowerCase(),
    ),
  )
  const origins = new Set(settings.allowedOrigins)
  const everyHost = settings.token !== undefined && !isLoopback(settings.host)
  return (request) => {
    const host = hostName(request.headers.host ?? '')
    if (!everyHost && !hosts.has(host)) {
      return {
        status: 421,
        code: 'foreign-host',
        message: `the request names host "${host.slice(0, 100)}", which this collector is not`,
        hint: 'call it as localhost or 127.0.0.1, or allow the name',
        setting: 'receivers.http.allowedHosts',
      }
    }
    const origin = request.headers.origin
    if (origin !== undefined && !origins.has(origin) && !isOwnOrigin(origin, request.headers.host ?? '')) {
      return {
        status: 403,
        code: 'foreign-origin',
        message: `a page of "${origin.slice(0, 100)}" may not call this collector`,
        hint: 'allow the origin if the page is yours',
        setting: 'receivers.http.allowedOrigins',
      }
    }
    const { token, decisionToken } = settings
    const isDecider = decisionToken !== undefined && bearsToken(request, decisionToken)
    if (decisionToken !== undefined && !isDecider && decides(request)) {
      return {
        status: 401,
        code: 'decision-token-required',
        message: 'the request decides something and does not carry the token of those who may',
        hint: 'send the header "Authorization: Bearer …" with the value of receivers.http.decisionToken',
        setting: 'receivers.http.decisionToken',
      }
    }
    if (token !== undefined && !isOpen(request) && !isDecider && !bearsToken(request, token)) {
      return {
        status: 401,
        code: 'token-required',
        message: 'the request carries no valid bearer token',
        hint: 'send the header "Authorization: Bearer …" with the value of receivers.http.token',
        setting: 'receivers.http.token',
      }
    }
    return undefined
  }
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

function hostName(header: string): string {
  return header.toLowerCase().replace(/:\d+$/, '')
}

function pathOf(request: GuardedRequest): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

function isOwnOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}

function bearsToken(request: GuardedRequest, token: string): boolean {
  const match = /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')
  const given = Buffer.from(match?.[1] ?? '', 'utf8')
  const wanted = Buffer.from(token, 'utf8')
  // Compare equal lengths always, so that the time tells nothing of where they differ.
  const padded = Buffer.alloc(wanted.length)
  given.copy(padded, 0, 0, wanted.length)
  return timingSafeEqual(padded, wanted) && given.length === wanted.length
}
