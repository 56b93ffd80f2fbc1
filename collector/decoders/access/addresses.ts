// IP addresses and ports as proxies write them: `10.20.3.7:51834`, `[2001:db8::1]:443`, `envoy://internal/`.

import { isIP } from 'node:net'

const withPort = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/
const maxPort = 65_535

/** The address alone, in lower case and without brackets; `''` where the text is none. */
export function addressOf(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  return isIP(bare) === 0 ? '' : bare.toLowerCase()
}

/** The port of an address with one, else −1. */
export function portOfAddress(text: string): number {
  const port = Number(withPort.exec(text)?.[3] ?? -1)
  return port <= maxPort ? port : -1
}
