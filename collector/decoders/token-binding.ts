// Thumbprints in one spelling, so that the one a token is bound to and the one that presented it can be compared.

const hexThumbprint = /^[0-9a-fA-F]{64}$/
const base64Thumbprint = /^[A-Za-z0-9_-]{43}=?$/
const certificatePrefix = /^(?:x5t(?:#s256)?|sha-?256)[:=]/i
const keyPrefix = /^jkt[:=]/i

/**
 * SHA-256 of a certificate as `x5t:` and 64 lower-case hex digits, from hex (with or without colons, as proxies print it)
 * or base64url (`x5t#S256` of RFC 8705); other spellings stay as they are; `''` of nothing.
 */
export function certificateBinding(thumbprint: string): string {
  if (thumbprint === '') return ''
  const bare = thumbprint.replace(certificatePrefix, '')
  const hex = bare.replaceAll(':', '')
  if (hexThumbprint.test(hex)) return `x5t:${hex.toLowerCase()}`
  if (base64Thumbprint.test(bare)) return `x5t:${Buffer.from(bare, 'base64url').toString('hex')}`
  return `x5t:${bare}`
}

/** JWK thumbprint of a proof-of-possession key (`jkt` of RFC 9449), without padding; `''` of nothing. */
export function keyBinding(thumbprint: string): string {
  return thumbprint === '' ? '' : `jkt:${thumbprint.replace(keyPrefix, '').replace(/=$/, '')}`
}

/**
 * A thumbprint of which only its own form tells what it is of: by its prefix; else hex is a certificate's, as proxies
 * print it, and base64url a key's, as RFC 7638 writes it. Anything else stays as it is.
 */
export function bindingOf(thumbprint: string): string {
  const text = thumbprint.trim()
  if (keyPrefix.test(text)) return keyBinding(text)
  if (certificatePrefix.test(text) || hexThumbprint.test(text.replaceAll(':', ''))) return certificateBinding(text)
  return base64Thumbprint.test(text) ? keyBinding(text) : text
}
