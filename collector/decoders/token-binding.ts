// Thumbprints in one spelling, so that the one a token is bound to and the one that presented it can be compared.

const hexThumbprint = /^[0-9a-fA-F]{64}$/
const base64Thumbprint = /^[A-Za-z0-9_-]{43}=?$/

/**
 * SHA-256 of a certificate as `x5t:` and 64 lower-case hex digits, from hex (with or without colons, as proxies print it)
 * or base64url (`x5t#S256` of RFC 8705); other spellings stay as they are; `''` of nothing.
 */
export function certificateBinding(thumbprint: string): string {
  if (thumbprint === '') return ''
  const hex = thumbprint.replaceAll(':', '')
  if (hexThumbprint.test(hex)) return `x5t:${hex.toLowerCase()}`
  if (base64Thumbprint.test(thumbprint)) return `x5t:${Buffer.from(thumbprint, 'base64url').toString('hex')}`
  return `x5t:${thumbprint}`
}

/** JWK thumbprint of a proof-of-possession key (`jkt` of RFC 9449); `''` of nothing. */
export function keyBinding(thumbprint: string): string {
  return thumbprint === '' ? '' : `jkt:${thumbprint}`
}
