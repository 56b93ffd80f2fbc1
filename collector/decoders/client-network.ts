// Where a client's address belongs, in one spelling each: autonomous system, country, kind of network.

import type { ClientNetwork } from '../../schemas/events/token-words.ts'

const asNumber = /^(?:ASN?[ :_-]?)?(\d{1,10})(?![\d.])/i
const mostAsNumber = 4_294_967_295

/** `AS64500` from a number, `AS64500` or `as64500 Example Net`; `''` where the text is none. */
export function asnName(text: string): string {
  const number = Number(asNumber.exec(text.trim())?.[1] ?? 0)
  return number > 0 && number <= mostAsNumber ? `AS${number}` : ''
}

/** Codes that stand for "not known", or for networks without a country (`T1`: Tor, at Cloudflare). */
const noCountry = new Set(['XX', 'ZZ', 'A1', 'A2', 'AP', 'T1'])

/** ISO 3166-1 alpha-2 in capitals; `''` for names and other codes. */
export function countryCode(text: string): string {
  const code = text.trim().toUpperCase()
  return /^[A-Z]{2}$/.test(code) && !noCountry.has(code) ? code : ''
}

/** The words of address data bases and gateways for the kinds of networks. */
const networkWords: Readonly<Record<Exclude<ClientNetwork, ''>, string>> = {
  hosting: 'hosting hostingprovider datacenter datacentre dch cloud server colocation cdn',
  vpn: 'vpn anonymizer anonymousvpn anonymizingvpn',
  relay: 'relay privacyrelay icloudrelay proxy publicproxy tor torexit torexitnode',
  mobile: 'mobile cellular mob wireless carrier lte',
  residential: 'residential isp broadband consumer cable cabledsl dsl fixedline home',
  business: 'business corporate enterprise com company organization education government',
}
const networkOf: ReadonlyMap<string, ClientNetwork> = new Map(
  Object.entries(networkWords).flatMap(
    ([network, words]) => words.split(' ').map((word) => [word, network as ClientNetwork] as const), // keys of the table are networks
  ),
)

/** Our word for a kind of network; `''` for words that we do not know. */
export function networkKind(text: string): ClientNetwork {
  return text.length > 40 ? '' : (networkOf.get(text.toLowerCase().replace(/[\s_/-]+/g, '')) ?? '')
}
