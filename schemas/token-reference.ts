// The reference that stands where a credential stood: its form, and how to read it back.

/** What a JWT says about itself that is no secret. Names as in RFC 7519, 7800, 8693 and 9449. */
export interface TokenClaims {
  readonly typ?: string
  readonly alg?: string
  readonly kid?: string
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  readonly azp?: string
  readonly client_id?: string
  readonly jti?: string
  readonly sid?: string
  readonly scope?: string
  /** Epoch seconds, as issuers write them. */
  readonly iat?: number
  readonly exp?: number
  readonly nbf?: number
  /** Thumbprints of the key that the token is bound to: `cnf.jkt` and `cnf["x5t#S256"]`. */
  readonly cnf?: { readonly jkt?: string; readonly 'x5t#S256'?: string }
  /** Of a DPoP proof: the thumbprint of its key (RFC 7638), the method and the address without its query. */
  readonly jkt?: string
  readonly htm?: string
  readonly htu?: string
}

export interface TokenReference {
  /** Which of the deployment's keys made the hash. */
  readonly keyId: string
  /** The first 128 bits of HMAC-SHA-256 over the credential, as 32 lower-case hex digits. */
  readonly hash: string
  readonly claims?: TokenClaims
}

export const referencePrefix = 'ew.ref.v1.'
/** Longest encoded form of the claims; what does not fit is left out, claim by claim. */
export const maxClaimsChars = 1024
export const keyIdForm = /^[A-Za-z0-9]{1,16}$/

const start = /ew\.ref\.v1\.([A-Za-z0-9]{1,16})\.([0-9a-f]{32})(?![0-9A-Za-z])/y
const encoded = /\.([A-Za-z0-9_-]{1,1024})(?![A-Za-z0-9_-])/y
const texts = ['typ', 'alg', 'kid', 'iss', 'sub', 'azp', 'client_id', 'jti', 'sid', 'scope', 'jkt', 'htm', 'htu']
const instants = ['iat', 'exp', 'nbf']
const bindings = ['jkt', 'x5t#S256']

/**
 * `ew.ref.v1.<key id>.<hash>[.<claims>]`: letters, digits, `.`, `_` and `-` only, so that no JSON, URL or text reader
 * ever rewrites it. Claims are compact JSON without the outer braces, so that the form never begins as a JWT does.
 */
export function formatReference(reference: TokenReference): string {
  return joinReference(reference.keyId, reference.hash, encodeClaims(JSON.stringify(reference.claims ?? {})))
}

/** The same, of claims that are encoded already; `''` for none. */
export function joinReference(keyId: string, hash: string, claims: string): string {
  const bare = `${referencePrefix}${keyId}.${hash}`
  return claims === '' ? bare : `${bare}.${claims}`
}

/** Claims, given as JSON, as a reference carries them; `''` when there are none or they are too long. */
export function encodeClaims(json: string): string {
  if (json === '{}') return ''
  const text = Buffer.from(json.slice(1, -1)).toString('base64url')
  return text.length > maxClaimsChars ? '' : text
}

/** Reads a text that is one reference and nothing else. */
export function parseReference(text: string): TokenReference | undefined {
  const found = referenceAt(text, 0)
  return found !== undefined && found.end === text.length ? found.reference : undefined
}

/** Reads the reference that starts at `at`; `end` is where it stops. Text behind it that is no claims is not part of it. */
export function referenceAt(text: string, at: number): { reference: TokenReference; end: number } | undefined {
  start.lastIndex = at
  const head = start.exec(text)
  if (head === null) return undefined
  const [, keyId = '', hash = ''] = head
  const end = start.lastIndex
  encoded.lastIndex = end
  const tail = encoded.exec(text)
  const claims = tail === null ? undefined : decodeClaims(tail[1] ?? '')
  if (claims === undefined) return { reference: { keyId, hash }, end }
  return { reference: { keyId, hash, claims }, end: encoded.lastIndex }
}

function decodeClaims(text: string): TokenClaims | undefined {
  let value: unknown
  try {
    value = JSON.parse(`{${Buffer.from(text, 'base64url').toString('utf8')}}`)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  for (const [name, claim] of Object.entries(value)) if (!isClaim(name, claim)) return undefined
  // Every member was just checked to be one of the names of TokenClaims with its type.
  return value as TokenClaims
}

function isClaim(name: string, value: unknown): boolean {
  if (texts.includes(name)) return typeof value === 'string'
  if (instants.includes(name)) return typeof value === 'number'
  if (name === 'aud') return typeof value === 'string' || (Array.isArray(value) && value.every(isText))
  if (name !== 'cnf' || !isRecord(value)) return false
  return Object.entries(value).every(([key, member]) => bindings.includes(key) && isText(member))
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
