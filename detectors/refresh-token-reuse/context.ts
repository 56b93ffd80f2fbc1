// From where a token is presented, as far as a record tells: network, kind of program, device and TLS fingerprint.

import type { SecurityEvent } from '../../schemas/events/columns.ts'
import type { Confidence } from '../../schemas/findings.ts'
import { boundedText, shownText } from '../engine/bounded-text.ts'

/** Network, agent, device and fingerprint as lines, `''` where unknown; equal contexts are equal texts. `''`: nothing is known. */
export type Context = string

export type Comparison = 'same' | 'differs' | 'unknown'

const separator = '\n'
const trailing = /\n+$/
const maxFeatureLength = 64

export function contextOf(event: SecurityEvent): Context {
  const address = event.clientIp === '' ? event.sourceIp : event.clientIp
  return [networkOf(event, address), agentOf(event.userAgent), event.device, event.tlsFingerprint]
    .map((feature) => boundedText(feature, maxFeatureLength).replaceAll(separator, ' '))
    .join(separator)
    .replace(trailing, '')
}

export function isKnown(context: Context): boolean {
  return context !== ''
}

/** One device is one context wherever it is; else one feature that differs makes contexts differ. */
export function compareContexts(a: Context, b: Context): Comparison {
  const [networkA = '', agentA = '', deviceA = '', tlsA = ''] = a.split(separator)
  const [networkB = '', agentB = '', deviceB = '', tlsB = ''] = b.split(separator)
  if (deviceA !== '' && deviceB !== '') return deviceA === deviceB ? 'same' : 'differs'
  // The v4 and the v6 address of one machine have nothing in common that a record shows.
  const comparable = networkA.includes(':') === networkB.includes(':')
  const pairs = [comparable ? [networkA, networkB] : ['', ''], [agentA, agentB], [tlsA, tlsB]] as const
  const known = pairs.filter(([one, other]) => one !== '' && other !== '')
  if (known.length === 0) return 'unknown'
  return known.some(([one, other]) => one !== other) ? 'differs' : 'same'
}

/** How much a comparison of the two rests on: an address alone is easily shared and easily changed. */
export function contextConfidence(a: Context, b: Context): Confidence {
  const other = b.split(separator)
  const known = a.split(separator).filter((feature, index) => feature !== '' && (other[index] ?? '') !== '').length
  return known >= 3 ? 'high' : known === 2 ? 'medium' : 'low'
}

/** `203.0.113.0/24, Firefox on Windows`. */
export function contextName(context: Context): string {
  const [network = '', agent = '', device = ''] = context.split(separator)
  const parts = [network, agent, device === '' ? '' : `device ${device}`].filter((part) => part !== '')
  return parts.length === 0 ? 'an unknown place' : shownText(parts.join(', '), 150)
}

function networkOf({ clientAsn, clientCountry }: SecurityEvent, address: string): string {
  if (clientAsn !== '') return `${clientAsn} ${clientCountry}`.trim()
  if (address === '') return ''
  if (!address.includes(':')) {
    const [a, b, c, d] = address.split('.')
    return d === undefined ? address : `${a}.${b}.${c}.0/24`
  }
  return `${firstGroups(address).join(':')}::/48`
}

/** The first three groups of an IPv6 address, without leading zeros. */
function firstGroups(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? groups : [...groups, ...zeros(8 - groups.length - after.length), ...after]
  return whole.slice(0, 3).map((group) => group.replace(/^0+(?=.)/, ''))
}

function zeros(count: number): readonly string[] {
  return Array.from({ length: Math.max(0, Math.min(8, count)) }, () => '0')
}

/** The first that fits: programs name those they descend from as well. */
const programs: readonly (readonly [word: string, name: string])[] = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['Firefox/', 'Firefox'],
  ['FxiOS/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
]
const systems: readonly (readonly [word: string, name: string])[] = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['CrOS', 'ChromeOS'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
]

/** Without versions: an update is no other place. `Chrome on Android`, `python-requests`. */
function agentOf(userAgent: string): string {
  if (userAgent === '') return ''
  const text = userAgent.slice(0, 512)
  const named = (words: typeof programs): string => words.find(([word]) => text.includes(word))?.[1] ?? ''
  const program = named(programs) || (/^[^/\s(]*/.exec(text)?.[0] ?? '')
  const system = named(systems)
  const mobile = text.includes('Mobile') && system !== 'iOS' ? ' mobile' : ''
  return system === '' ? program : `${program} on ${system}${mobile}`
}
