// Finds JSON Web Tokens (RFC 7515 and 7516, compact form) in a text.

export interface Jwt {
  readonly end: number
  /** Three parts of a signed token (two when it was cut short), five of an encrypted one; padding left out. */
  readonly parts: readonly string[]
}

/** A token, or from where on another may begin. */
export type JwtLook = { readonly jwt: Jwt } | { readonly jwt?: never; readonly resume: number }

/** Base64 of `{"`, and of a brace with a blank or a line break behind it, as pretty-printed headers have it. */
const jsonStart = /eyJ|ew[0o][KgJ]|eyA[ igK]/g
const urlSafeRun = /[A-Za-z0-9_-]*/y
const anyRun = /[A-Za-z0-9_+/-]*/y
const jsonBegins = /^e[wy][0oJA]/
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const shortestPart = 8
const shortSignature = 16
/** Lengths in base64 characters of HS, ES, PS, RS and EdDSA signatures. */
const signatureLengths = new Set([43, 64, 86, 128, 171, 176, 342, 512, 683])

/** Looks at a text that begins a JSON object in base64 at `at`. Each character is read a bounded number of times. */
export function jwtAt(text: string, at: number): JwtLook {
  const headerEnd = runEnd(urlSafeRun, text, at)
  const payloadStart = partAfter(text, headerEnd)
  if (payloadStart === -1) return { resume: headerEnd }
  if (headerEnd - at < shortestPart) return { resume: payloadStart }
  const payloadEnd = runEnd(anyRun, text, payloadStart)
  const header = text.slice(at, headerEnd)
  const payload = text.slice(payloadStart, payloadEnd)
  const isObject = jsonBegins.test(payload) && payload.length >= shortestPart
  const signatureStart = partAfter(text, payloadEnd)
  if (signatureStart === -1) {
    return isObject ? { jwt: { end: payloadEnd, parts: [header, payload] } } : { resume: payloadStart }
  }
  if (!isObject) {
    const encrypted = encryptedAt(text, [header, payload], signatureStart)
    if (encrypted !== undefined) return { jwt: encrypted }
  }
  const signatureEnd = endOfSignature(text, signatureStart, payload.includes('+') || payload.includes('/'))
  const signature = text.slice(signatureStart, signatureEnd)
  const isToken =
    isObject || (payload.length >= shortestPart && signature.length >= shortSignature) || hasAlgorithm(header)
  if (!isToken || payload === '') return { resume: payloadStart }
  return { jwt: { end: skipPadding(text, signatureEnd), parts: [header, payload, signature] } }
}

/** The first token at or after `from`. */
export function findJwt(text: string, from = 0): Jwt | undefined {
  let next = from
  for (;;) {
    jsonStart.lastIndex = next
    const start = jsonStart.exec(text)
    if (start === null) return undefined
    const look = jwtAt(text, start.index)
    if (look.jwt !== undefined) return look.jwt
    next = Math.max(look.resume, start.index + 1)
  }
}

/** The JWT inside a text that is the base64 of one, as Kubernetes keeps them in a Secret. */
export function unwrapJwt(text: string): Jwt | undefined {
  if (!text.startsWith('ZXlK') || runEnd(anyRun, text, 0) < text.replace(/={1,2}$/, '').length) return undefined
  const inner = Buffer.from(text, 'base64').toString('latin1').trim()
  const look = jwtAt(inner, 0)
  return look.jwt?.end === inner.length ? look.jwt : undefined
}

function encryptedAt(text: string, first: readonly string[], start: number): Jwt | undefined {
  const parts = [...first]
  let from = start
  let end = start
  for (let part = 2; part < 5; part++) {
    if (from === -1) return undefined
    end = runEnd(urlSafeRun, text, from)
    parts.push(text.slice(from, end))
    from = partAfter(text, end)
  }
  const [, , nonce = '', cipherText = '', tag = ''] = parts
  return nonce !== '' && cipherText !== '' && tag.length >= shortSignature
    ? { end: skipPadding(text, end), parts }
    : undefined
}

/** The token in base64url, as `credentialOf` compares it: spare bits of a part's last character are cleared. */
export function canonicalParts(jwt: Jwt): readonly string[] {
  return jwt.parts.map((part) => {
    const urlSafe = part.includes('+') || part.includes('/') ? part.replaceAll('+', '-').replaceAll('/', '_') : part
    return withoutSpareBits(urlSafe)
  })
}

/** A reader ignores the spare bits of a part's last character; whoever alters them writes the same token. */
function withoutSpareBits(part: string): string {
  const spare = part.length % 4 === 2 ? 15 : part.length % 4 === 3 ? 3 : 0
  const value = spare === 0 ? 0 : alphabet.indexOf(part.charAt(part.length - 1))
  return (value & spare) === 0 ? part : part.slice(0, -1) + alphabet.charAt(value & ~spare)
}

/** Where the run that begins at `from` ends; a token is long, and a compiled expression is faster than a loop. */
function runEnd(run: RegExp, text: string, from: number): number {
  run.lastIndex = from
  run.test(text)
  return run.lastIndex
}

/** Where the next part begins when a dot follows at `end`, or −1. */
function partAfter(text: string, end: number): number {
  const dot = skipPadding(text, end)
  return text[dot] === '.' ? dot + 1 : -1
}

function skipPadding(text: string, at: number): number {
  let end = at
  while (end < at + 2 && text[end] === '=') end++
  return end
}

/** A `/` or `+` belongs to the signature only where the rest shows standard base64, or the length says so. */
function endOfSignature(text: string, start: number, isStandard: boolean): number {
  const end = runEnd(urlSafeRun, text, start)
  if (text[end] !== '+' && text[end] !== '/') return end
  const longer = runEnd(anyRun, text, start)
  return isStandard || signatureLengths.has(longer - start) ? longer : end
}

function hasAlgorithm(header: string): boolean {
  return header.length <= 4096 && Buffer.from(header, 'base64url').toString('latin1').includes('"alg"')
}
