// Where and on what a token was used, as one bounded text: network, agent, TLS fingerprint, device, kind of network.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { hash32 } from '../engine/stable-hash.ts'
import { addressFamily, networkOf } from './network.ts'
import { isVerified } from './origin.ts'
import type { TokenReplaySettings } from './settings.ts'
import { partEnd as endOfPart, lineOf } from './stretch.ts'
import { agentOf } from './user-agent.ts'

/** Parts are `''` where unknown. Fingerprint and device are hashes: only whether they differ is asked. */
export interface Place {
  readonly network: string
  readonly agent: string
  readonly fingerprint: string
  readonly device: string
  /** `hosting`, `vpn`, or `''` for networks of people and unknown ones. */
  readonly class: string
  /** Its addresses are shared by many and tell no place. */
  readonly shared: boolean
  /** Told by the workload behind an ingress whose own record was not seen. */
  readonly behind: boolean
}

export type Feature = 'network' | 'agent' | 'fingerprint' | 'device' | 'class'

const maxTextChars = 200

/** The parts of a place's text. One object, filled anew for each event: what is kept of it is the text. */
interface Parts {
  network: string
  agent: string
  fingerprint: string
  device: string
  class: string
  vantage: 'g' | 'b'
}

const parts: Parts = { network: '', agent: '', fingerprint: '', device: '', class: '', vantage: 'g' }

/** Reads an event's place; `placeText` and `isOfPlace` speak of the last one read. */
export function readPlace(event: SecurityEvent, behind: boolean, settings: TokenReplaySettings): void {
  parts.vantage = behind ? 'b' : 'g'
  // A workload that comes in with a certificate is one place, however many replicas it has.
  if (!behind && isVerified(event.callerFrom) && event.caller !== '') {
    parts.network = plain(event.caller)
    parts.agent = parts.fingerprint = parts.device = parts.class = ''
    return
  }
  const { clientAsn, clientNetwork } = event
  const shared = clientNetwork !== '' && settings.sharedNetworks.some((word) => word === clientNetwork)
  const kind = clientNetwork === 'hosting' || clientNetwork === 'vpn' ? clientNetwork : ''
  parts.class = shared ? `${kind}*` : kind
  if (shared) parts.network = ''
  else if (clientAsn === '') parts.network = networks.of(event.clientIp)
  else parts.network = plain(networkOf(event.clientIp, clientAsn, event.clientCountry))
  parts.agent = agents.of(event.userAgent)
  parts.fingerprint = hashes.of(event.tlsFingerprint)
  const { device } = event
  parts.device = device === '' ? '' : hashed(device)
}

export function placeText(): string {
  return `${parts.network}|${parts.agent}|${parts.fingerprint}|${parts.device}|${parts.class}|${parts.vantage}`
}

/** Whether the place last read stands in `text` from `from` to the end of the line. Makes no text of it. */
export function isOfPlace(text: string, from: number): boolean {
  const agent = partEnd(text, from, parts.network)
  const fingerprint = agent < 0 ? -1 : partEnd(text, agent, parts.agent)
  const device = fingerprint < 0 ? -1 : partEnd(text, fingerprint, parts.fingerprint)
  const kind = device < 0 ? -1 : partEnd(text, device, parts.device)
  const vantage = kind < 0 ? -1 : partEnd(text, kind, parts.class)
  return (
    vantage >= 0 &&
    text.charCodeAt(vantage) === parts.vantage.charCodeAt(0) &&
    text.charCodeAt(vantage + 1) === endOfPart
  )
}

/** Where the next part begins; −1: another one stands there. */
function partEnd(text: string, from: number, part: string): number {
  const end = from + part.length
  return text.startsWith(part, from) && text.charCodeAt(end) === 124 ? end + 1 : -1
}

export function placeOf(text: string): Place {
  const [network = '', agent = '', fingerprint = '', device = '', kind = '', vantage = ''] = text.split('|')
  return {
    network,
    agent,
    fingerprint,
    device,
    class: kind.replace('*', ''),
    shared: kind.endsWith('*'),
    behind: vantage === 'b',
  }
}

export function isBehind(text: string): boolean {
  return text.endsWith('|b')
}

/** Features known of both, and those that differ; the network of a shared kind is not known. */
export function compare(
  a: Place,
  b: Place,
): { readonly known: readonly Feature[]; readonly differing: readonly Feature[] } {
  const known: Feature[] = []
  const differing: Feature[] = []
  for (const feature of ['network', 'agent', 'fingerprint', 'device'] as const) {
    if (a[feature] === '' || b[feature] === '') continue
    known.push(feature)
    if (a[feature] !== b[feature]) differing.push(feature)
  }
  if (a.class !== '' || b.class !== '') {
    known.push('class')
    if (a.class !== b.class) differing.push('class')
  }
  return { known, differing }
}

/** One has an IPv4 and the other an IPv6 network, and nothing else differs. */
export function areTwoStacks(a: Place, b: Place): boolean {
  const [one, other] = [addressFamily(a.network), addressFamily(b.network)]
  return (
    one !== '' && other !== '' && one !== other && compare(a, b).differing.every((feature) => feature === 'network')
  )
}

/** Remembers what was made of the texts that come again and again. */
class Memory {
  private readonly known = new Map<string, string>()
  private readonly make: (text: string) => string

  constructor(make: (text: string) => string) {
    this.make = make
  }

  of(text: string): string {
    if (text === '') return ''
    const found = this.known.get(text)
    if (found !== undefined) return found
    if (this.known.size >= maxRemembered) this.known.clear()
    const made = this.make(text)
    this.known.set(text, made)
    return made
  }
}

const maxRemembered = 16_384
const networks = new Memory((address) => plain(networkOf(address, '', '')))
const agents = new Memory(agentOf)
const hashes = new Memory(hashed)

/** One line without the separator. */
function plain(text: string): string {
  return lineOf(text, maxTextChars).replaceAll('|', ' ')
}

function hashed(text: string): string {
  return hash32(text).toString(36)
}
