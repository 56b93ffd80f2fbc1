// The URL of an endpoint, read once: what it may contain, and whether it names an address that is refused from the start.

import { type AddressRules, allowsAddress, classifyAddress, refusal } from './address-rules.ts'

export type EndpointUrl =
  | { readonly ok: true; readonly url: URL; readonly host: string; readonly isLiteral: boolean }
  | { readonly ok: false; readonly message: string }

/** `settingsPath` names the channel's settings in messages, `alerts.channels.ops`; empty where the reader knows which. */
export function readEndpointUrl(text: string, rules: AddressRules, settingsPath: string): EndpointUrl {
  const refuse = (message: string): EndpointUrl => ({ ok: false, message })
  if (/[\s\\]/.test(text))
    return refuse('a URL without spaces and backslashes is needed, such as https://hooks.example/alerts')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) return refuse('no URL; write one such as https://hooks.example/alerts')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse(`"${url.protocol}" is not spoken; use https:// or http://`)
  if (url.username !== '' || url.password !== '')
    return refuse('a URL must not carry a user or password; receivers know us by the signature')
  if (url.hash !== '') return refuse('a URL must not carry a fragment; remove what follows "#"')
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  // The URL parser has already turned decimal, octal, hex and full-width spellings into four decimal parts.
  const isLiteral = classifyAddress(host) !== 'unreadable'
  if (isLiteral && !allowsAddress(host, rules)) return refuse(refusal(host, host, settingsPath))
  return { ok: true, url, host, isLiteral }
}

/** What may be shown of a URL: paths and queries of hooks are often secrets. */
export function shownUrl(url: URL): string {
  return url.origin
}
