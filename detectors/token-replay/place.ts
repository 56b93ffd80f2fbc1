// Where and on what a token was used, as one bounded text: network, agent, TLS fingerprint, device, kind of network.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import { hash32 } from '../engine/stable-hash.ts'
import { addressFamily, networkOf } from './network.ts'
import { isVerified } from './origin.ts'
import type { TokenReplaySettings } from './settings.ts'
import { lineOf } from './stretch.ts'
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

const maxRemembered = 65_536
const maxTextChars = 200

class Memory {
  readonly byAddress = new Map<string, Map<string, Map<string, string>>>()
  places = 0
}

// Contexts repeat: the same few texts give the same text, found without making it anew.
const memories = new WeakMap<TokenReplaySettings, Memory>()

/** The same text for the same place. */
export function placeTextOf(event: SecurityEvent, behind: boolean, settings: TokenReplaySettings): string {
  const caller = behind ? '' : event.caller
  // A workload that comes in with a certificate is one place, however many replicas it has.
  if (caller !== '' && isVerified(event.callerFrom)) return `${plain(caller)}|||||g`
  const { clientAsn, clientNetwork, tlsFingerprint, device } = event
  const memory = memoryOf(settings)
  const isPlain = clientAsn === '' && clientNetwork === '' && device === '' && !behind
  if (!isPlain) return placeText(event, behind, settings)
  const { clientIp, userAgent } = event
  const known = memory.byAddress.get(clientIp)?.get(userAgent)?.get(tlsFingerprint)
  if (known !== undefined) return known
  const text = placeText(event, behind, settings)
  remember(memory, clientIp, userAgent, tlsFingerprint, text)
  return text
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

function placeText(event: SecurityEvent, behind: boolean, settings: TokenReplaySettings): string {
  const { clientIp, clientAsn, clientCountry, clientNetwork, userAgent, tlsFingerprint, device } = event
  const shared = settings.sharedNetworks.some((word) => word === clientNetwork)
  const network = shared ? '' : networkOf(clientIp, clientAsn, clientCountry)
  const kind = clientNetwork === 'hosting' || clientNetwork === 'vpn' ? clientNetwork : ''
  const parts = [
    plain(network),
    agentOf(userAgent),
    hashed(tlsFingerprint),
    hashed(device),
    `${kind}${shared ? '*' : ''}`,
  ]
  return `${parts.join('|')}|${behind ? 'b' : 'g'}`
}

/** One line without the separator. */
function plain(text: string): string {
  return lineOf(text, maxTextChars).replaceAll('|', ' ')
}

function hashed(text: string): string {
  return text === '' ? '' : hash32(text).toString(36)
}

function memoryOf(settings: TokenReplaySettings): Memory {
  const known = memories.get(settings)
  if (known !== undefined) return known
  const memory = new Memory()
  memories.set(settings, memory)
  return memory
}

function remember(memory: Memory, clientIp: string, userAgent: string, tlsFingerprint: string, text: string): void {
  if (memory.places >= maxRemembered) {
    memory.byAddress.clear()
    memory.places = 0
  }
  memory.places += 1
  const byAgent = memory.byAddress.get(clientIp) ?? new Map<string, Map<string, string>>()
  memory.byAddress.set(clientIp, byAgent)
  const byFingerprint = byAgent.get(userAgent) ?? new Map<string, string>()
  byAgent.set(userAgent, byFingerprint.set(tlsFingerprint, text))
}
