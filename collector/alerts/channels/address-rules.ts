// Which addresses a channel may be sent to: public ones, and others only where its settings say so.

import ipaddr from 'ipaddr.js'

export interface AddressRules {
  /** Also loopback, private, unique-local and shared (CGNAT) addresses. Never link-local: that is where cloud metadata is. */
  readonly allowPrivateAddresses: boolean
  /** Blocks in CIDR notation that are allowed by name, link-local and reserved ones too. */
  readonly allowAddresses: readonly string[]
}

export const addressClasses = [
  'public',
  'loopback',
  'private',
  'shared',
  'link-local',
  'cloud-platform',
  'unspecified',
  'multicast',
  'reserved',
  'tunnel',
  'unreadable',
] as const
export type AddressClass = (typeof addressClasses)[number]

type Address = ipaddr.IPv4 | ipaddr.IPv6

const v4Blocks: readonly (readonly [string, AddressClass])[] = [
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  // Azure's platform address: routable by number, yet it answers every virtual machine with its host's secrets.
  ['168.63.129.16/32', 'cloud-platform'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'reserved'],
  ['192.31.196.0/24', 'reserved'],
  ['192.52.193.0/24', 'reserved'],
  ['192.88.99.0/24', 'tunnel'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'reserved'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'reserved'],
  ['203.0.113.0/24', 'reserved'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
]

// IANA's special-purpose registry; outside 2000::/3 nothing is global unicast, whatever the table leaves out.
const v6Blocks: readonly (readonly [string, AddressClass])[] = [
  ['::1/128', 'loopback'],
  ['::/128', 'unspecified'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
  ['2001::/32', 'tunnel'],
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'reserved'],
  ['2002::/16', 'tunnel'],
  ['2620:4f:8000::/48', 'reserved'],
  ['3fff::/20', 'reserved'],
]

const parsedV4 = v4Blocks.map(([block, kind]) => [ipaddr.IPv4.parseCIDR(block), kind] as const)
const parsedV6 = v6Blocks.map(([block, kind]) => [ipaddr.IPv6.parseCIDR(block), kind] as const)
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
const mappedV4 = ipaddr.IPv6.parseCIDR('::ffff:0:0/96')
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/** Class of one address in its usual spelling. An IPv4 address carried inside (mapped, NAT64) is judged as itself. */
export function classifyAddress(text: string): AddressClass {
  const address = readAddress(text)
  return address === undefined ? 'unreadable' : classOf(address)
}

const classesByPermission: ReadonlySet<AddressClass> = new Set(['loopback', 'private', 'shared'])
const neverAllowed: ReadonlySet<AddressClass> = new Set(['unspecified', 'multicast', 'unreadable'])

export function allowsAddress(text: string, rules: AddressRules): boolean {
  const address = readAddress(text)
  if (address === undefined) return false
  const kind = classOf(address)
  if (kind === 'public') return true
  if (neverAllowed.has(kind)) return false
  if (rules.allowPrivateAddresses && classesByPermission.has(kind)) return true
  return rules.allowAddresses.some((block) => isInBlock(address, block))
}

/** True when both spell one address; a mapped spelling is the address it maps. */
export function isSameAddress(a: string, b: string): boolean {
  const [one, other] = [readAddress(a), readAddress(b)]
  return one !== undefined && other !== undefined && one.toNormalizedString() === other.toNormalizedString()
}

/** True for a block that `allowAddresses` can hold: `10.1.0.0/16`, `fd00::/8`, or a single address. */
export function isBlock(text: string): boolean {
  return parseBlock(text) !== undefined
}

/**
 * Why it is refused and which setting would change that, for `host` resolved to `address` (the same when literal).
 * `settingsPath` is where the channel's settings stand, `alerts.channels.ops`, or empty in a message that says so itself.
 */
export function refusal(host: string, address: string, settingsPath: string): string {
  const kind = classifyAddress(address)
  const what = host === address ? `"${host}"` : `"${host}" resolves to ${address}, which`
  if (neverAllowed.has(kind)) return `${what} is ${spoken[kind]} and can be no receiver`
  const prefix = settingsPath === '' ? '' : `${settingsPath}.`
  const hint = classesByPermission.has(kind)
    ? `set "${prefix}allowPrivateAddresses: true" or add "${address}" to "${prefix}allowAddresses"`
    : `add "${address}" to "${prefix}allowAddresses" if that is meant`
  return `${what} is ${spoken[kind]}, not a public address: ${hint}`
}

const spoken: Readonly<Record<AddressClass, string>> = {
  public: 'a public address',
  loopback: 'a loopback address',
  private: 'a private address',
  shared: 'a shared (CGNAT) address',
  'link-local': 'a link-local address, where cloud metadata is served',
  'cloud-platform': 'an address of the cloud platform itself',
  unspecified: 'the unspecified address',
  multicast: 'a multicast address',
  reserved: 'a reserved address',
  tunnel: 'a tunnel address that may lead anywhere',
  unreadable: 'no address',
}

/** IPv4 in four decimal parts, or IPv6; other spellings are the URL parser's business and none of a resolver's. */
function readAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.IPv6.parse(text)
  const carried = address.match(mappedV4) || address.match(nat64)
  return carried ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

function classOf(address: Address): AddressClass {
  if (address instanceof ipaddr.IPv4) return parsedV4.find(([block]) => address.match(block))?.[1] ?? 'public'
  const special = parsedV6.find(([block]) => address.match(block))?.[1]
  return special ?? (address.match(globalUnicast) ? 'public' : 'reserved')
}

function isInBlock(address: Address, text: string): boolean {
  const block = parseBlock(text)
  return block !== undefined && block[0].kind() === address.kind() && address.match(block)
}

function parseBlock(text: string): [Address, number] | undefined {
  const slash = text.indexOf('/')
  const address = readAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === undefined) return undefined
  const bits = address.kind() === 'ipv4' ? 32 : 128
  if (slash < 0) return [address, bits]
  const length = text.slice(slash + 1)
  return /^\d{1,3}$/.test(length) && Number(length) <= bits ? [address, Number(length)] : undefined
}
