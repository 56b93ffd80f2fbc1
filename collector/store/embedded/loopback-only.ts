// Refuses what a web page could send to a loopback port: a foreign Host (DNS rebinding) or Origin.

import type { IncomingHttpHeaders } from 'node:http'
import { refusal } from './exception.ts'

const ownHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** @throws ClickHouseException 497 */
export function refuseForeign(headers: IncomingHttpHeaders): void {
  if (!ownHosts.has(hostName(headers.host ?? ''))) {
    throw refusal('ACCESS_DENIED', 'the Host header must name localhost, 127.0.0.1 or [::1]')
  }
  const { origin } = headers
  if (origin !== undefined && !ownHosts.has(originHost(origin))) {
    throw refusal('ACCESS_DENIED', 'requests of web pages from elsewhere are refused')
  }
  const site = headers['sec-fetch-site']
  if (site === 'cross-site') throw refusal('ACCESS_DENIED', 'requests of web pages from elsewhere are refused')
}

function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '').toLowerCase()
}

function originHost(origin: string): string {
  try {
    return new URL(origin).hostname
  } catch {
    return ''
  }
}
