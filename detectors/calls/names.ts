// Identities as a person would name them: short, bounded, and fit to show.

import { shownText } from '../engine/bounded-text.ts'

const linkerdName = /^([^.]+)\.[^.]+\.serviceaccount\.identity\./
const serviceName = /^([^.:]+)\.[^.:]+(?:\.svc(?:\.[^:]*)?)?(?::\d+)?$/

// The same few identities are named over and over.
const shortNames = new Map<string, string>()
const maxNames = 4_096

/** `spiffe://…/sa/cart`, `cart.shop.serviceaccount.identity.…` and `cart.shop.svc.cluster.local:8080` are `cart`. */
export function shortName(identity: string): string {
  const known = shortNames.get(identity)
  if (known !== undefined) return known
  const path = identity.startsWith('spiffe://') ? identity.slice(identity.lastIndexOf('/') + 1) : ''
  const name = path || (linkerdName.exec(identity) ?? serviceName.exec(identity))?.[1] || identity
  if (shortNames.size >= maxNames) shortNames.clear()
  const short = shownText(name, 48)
  shortNames.set(identity, short)
  return short
}

export interface Operation {
  readonly method: string
  readonly route: string
  readonly port: number
}

/** `POST /v1/refunds`, `a connection to port 5432`. */
export function operationName({ method, route, port }: Operation): string {
  const request = [method, route].filter((part) => part !== '').join(' ')
  if (request !== '') return shownText(request, 80)
  return port > 0 ? `a connection to port ${port}` : 'a connection'
}

/** `1 call`, `3 calls`. */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}
